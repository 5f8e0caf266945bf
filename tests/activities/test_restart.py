"""A batch is processed once: whatever happens to a worker, and however many there are."""

import threading
from collections.abc import Callable
from datetime import date
from functools import partial

import pytest
from flask import Flask

from service import activities, identity, methodology
from service.activities.domain.batches import LEASE_S, LeaseLost
from service.activities.domain.checks import Frame
from service.activities.domain.deciding import keyed_hash
from service.activities.domain.judging import BODY_PURPOSE, Doors, Judged, judge
from service.activities.domain.place import Area
from service.activities.domain.programme import Programme
from service.activities.domain.reading import read_ndjson
from service.activities.operations.book_chunk import book_chunk
from service.activities.operations.confirm_batch import confirm_batch
from service.activities.operations.keep_lease import keep_lease
from service.activities.operations.lease_batch import lease_batch
from service.core.context import Context
from service.core.texts import Text
from tests.activities.intake import EMPTY_BOOKS, TYPES, Partner, books, delivery, ndjson_file, ride, undone
from tests.clock import MovingClock
from tests.identity import world
from tests.identity.world import CitizenClient

RIDES = [ride(n, subject_token=f"rider-{n % 3}") for n in range(1, 41)] + [ride(n) for n in range(1, 6)]
WAIT_S = 60


class Killed(Exception):  # noqa: N818 - what happens to a worker
    """The worker died here."""


def dying_after(context: Context, steps: int) -> Context:
    """Return doors whose ids run out after some steps, which stops a worker wherever it happens to be."""
    left = iter(range(steps))

    def new_id() -> object:
        if next(left, None) is None:
            raise Killed
        return context.new_id()

    return Context(
        engine=context.engine,
        open_session=context.open_session,
        now=context.now,
        new_id=new_id,  # type: ignore[arg-type]  # answers ids until it dies
        random_bytes=context.random_bytes,
        keyring=context.keyring,
        development=context.development,
        public_url=context.public_url,
    )


@pytest.mark.parametrize("steps", [0, 1, 2, 4, 9, 14, 18, 22, 26])
def test_a_worker_that_dies_anywhere_leaves_a_batch_that_the_next_one_ends_the_same(
    steps: int, partner: Partner, rider: CitizenClient, context: Context, clock: MovingClock
) -> None:
    start = partner.seq, partner.prev_digest
    with undone(context):
        partner.deliver("B-1", RIDES, 4)
        undisturbed = books(context), partner.results("B-1"), partner.batch("B-1")["counts"]
        partner.seq, partner.prev_digest = start
    partner.upload("B-1", delivery(RIDES))

    with pytest.raises(Killed):
        activities.process_batch(dying_after(context, steps), partner.catalogue, chunk_lines=4)
    clock.advance(seconds=LEASE_S + 1)
    partner.process(7)

    assert (books(context), partner.results("B-1"), partner.batch("B-1")["counts"]) == undisturbed
    assert partner.batch("B-1")["state"] == "done"


def test_a_batch_belongs_to_one_worker_until_its_lease_runs_out(
    partner: Partner, rider: CitizenClient, context: Context, clock: MovingClock
) -> None:
    partner.upload("B-1", delivery(RIDES))
    first = lease_batch(context)
    assert first is not None

    held = lease_batch(context)
    clock.advance(seconds=LEASE_S - 1)
    keep_lease(context, first)
    clock.advance(seconds=LEASE_S - 1)
    kept = lease_batch(context)
    clock.advance(seconds=2)
    second = lease_batch(context)

    assert (held, kept) == (None, None)
    assert second is not None
    assert second.lease_id != first.lease_id


def test_a_worker_that_was_thought_dead_books_nothing_more(
    partner: Partner, rider: CitizenClient, context: Context, clock: MovingClock, judged: Callable[[], Judged]
) -> None:
    partner.upload("B-1", delivery([ride(1)]))
    first = lease_batch(context)
    assert first is not None
    confirm_batch(context, first)
    clock.advance(seconds=LEASE_S + 1)
    second = lease_batch(context)
    assert second is not None

    with pytest.raises(LeaseLost):
        book_chunk(context, first, 1, judged())
    with pytest.raises(LeaseLost):
        keep_lease(context, first)
    with pytest.raises(LeaseLost):
        confirm_batch(context, first)
    assert books(context) == EMPTY_BOOKS
    book_chunk(context, second, 1, judged())
    with pytest.raises(LeaseLost):
        book_chunk(context, second, 1, judged())
    assert books(context)["activities"][0] == 1


def test_a_chunk_is_not_booked_before_the_whole_file_was_checked(
    partner: Partner, rider: CitizenClient, context: Context, judged: Callable[[], Judged]
) -> None:
    partner.upload("B-1", delivery([ride(1)]))
    job = lease_batch(context)
    assert job is not None

    with pytest.raises(LeaseLost):
        book_chunk(context, job, 1, judged())

    assert books(context) == EMPTY_BOOKS


@pytest.fixture
def judged(partner: Partner, context: Context, catalogue: methodology.Catalogue) -> Callable[[], Judged]:
    """Reads the chunk that ``ride(1)`` makes, anew each time it is asked for."""
    everywhere = Area(((-(10**9), -(10**9)), (10**9, -(10**9)), (0, 10**9)))
    programme = Programme("any", Text("任意", "Any"), everywhere, date(2026, 1, 1), date(2027, 1, 1), 30)
    frame = Frame(TYPES, programme, context.now())
    doors = Doors(
        method_for=catalogue.method_for,
        body_hash=keyed_hash(context.keyring.key(BODY_PURPOSE)),
        subject_hash=partial(identity.subject_hash, context.keyring, partner.partner_id),
    )
    return lambda: judge(read_ndjson(ndjson_file([ride(1)]).splitlines()), frame, doors)


def together(works: list[Callable[[], object]]) -> None:
    """Run all at once, each in a thread of its own."""
    faults: list[BaseException] = []
    gate = threading.Barrier(len(works))

    def run(work: Callable[[], object]) -> None:
        gate.wait(WAIT_S)
        try:
            work()
        except BaseException as fault:  # noqa: BLE001 - shown by the assertion below
            faults.append(fault)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT_S)
    assert faults == []


def committed_partners(
    app: Flask, context: Context, catalogue: methodology.Catalogue, count: int
) -> list[Partner]:
    operator = world.operator(app, context)
    partners = [Partner(app, context, catalogue).register(operator, f"partner-{n}") for n in range(count)]
    for n in range(3):
        citizen = world.citizen(app, context, n + 1)
        for partner in partners:
            world.bind(citizen, partner.client, f"rider-{n}")
    return partners


def test_four_workers_process_one_batch_once(
    committed: Context, committed_app: Flask, catalogue: methodology.Catalogue
) -> None:
    (partner,) = committed_partners(committed_app, committed, catalogue, 1)
    partner.upload("B-1", delivery(RIDES))

    together([lambda: partner.process(3)] * 4)

    repeated = {"EVENT_NO_REUSED": 3, "SAME_EVENT": 2}
    assert partner.outcome("B-1") == {"state": "done", "refusal": None, "accepted": 40, **repeated}
    assert books(committed)["wallets"] == (40 * 185_400, 40 * 185)


def test_three_partners_that_report_the_same_acts_at_once_are_credited_once(
    committed: Context, committed_app: Flask, catalogue: methodology.Catalogue
) -> None:
    partners = committed_partners(committed_app, committed, catalogue, 3)
    rides = RIDES[:40]
    for n, partner in enumerate(partners):
        partner.upload("B-1", delivery(rides if n % 2 else rides[::-1]))

    together([partial(partner.process, 5) for partner in partners])

    outcomes = [partner.outcome("B-1") for partner in partners]
    assert [outcome["state"] for outcome in outcomes] == ["done"] * 3
    assert sum(outcome["accepted"] for outcome in outcomes) == 40
    assert sum(outcome.get("SAME_ACT_ALREADY_CREDITED", 0) for outcome in outcomes) == 80
    assert books(committed)["wallets"] == (40 * 185_400, 40 * 185)
