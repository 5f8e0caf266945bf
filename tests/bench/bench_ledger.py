"""The ledger's post against the same rows written by hand, one at a time and a thousand at a time."""

import multiprocessing
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from uuid import UUID

import psycopg
from sqlmodel import Session

from service import ledger
from service.core.context import Context
from service.core.database import transact
from service.core.units import Points, ReductionMg
from service.ledger.domain.accounts import WALLET_COLUMNS
from tests.bench.database import BenchDatabase, bench_database, open_context
from tests.bench.figures import Figure

CITIZENS = 100_000
BATCH = 1_000
PROCESSES, THREADS = 2, 4
SOURCE = UUID("00000000-0000-7000-8000-000000000001")

EARN_BY_HAND = f"""
\\set owner random(1, {CITIZENS})
\\set points random(1, 5000)
BEGIN;
INSERT INTO wallet (owner_id, {", ".join(WALLET_COLUMNS)})
VALUES (:owner, :points, :points, 0, 0, 0, :points * 1000, 0)
ON CONFLICT (owner_id) DO UPDATE SET active_points = wallet.active_points + excluded.active_points,
    earned_points = wallet.earned_points + excluded.earned_points,
    provisional_mg = wallet.provisional_mg + excluded.provisional_mg;
INSERT INTO lot (owner_id, expires_on, funder_id, remaining_points) VALUES (:owner, '2028-11-30', -1, :points)
ON CONFLICT (owner_id, expires_on, funder_id)
DO UPDATE SET remaining_points = lot.remaining_points + excluded.remaining_points;
INSERT INTO transfer (
    owner_id, transfer_id, movement_id, kind, unit, from_account, to_account, amount,
    lot_expires_on, lot_funder_id, counterparty_id, source_kind, source_id, recorded_on, booked_on, recorded_at
) VALUES
(:owner, gen_random_uuid(), '{SOURCE}', 'earn_reduction', 'mg', 'reductions', 'provisional', :points * 1000,
    NULL, NULL, NULL, 'bench', '{SOURCE}', '2026-11-20', '2026-11-20', now()),
(:owner, gen_random_uuid(), '{SOURCE}', 'earn_points', 'points', 'issued', 'active', :points,
    '2028-11-30', -1, NULL, 'bench', '{SOURCE}', '2026-11-20', '2026-11-20', now());
COMMIT;
"""
"""What an earning comes to, as plain statements."""


def run(quick: bool) -> Iterator[Figure]:  # noqa: FBT001 - the signature of every benchmark
    """Measure single posts and batches."""
    with bench_database() as database:
        _fill(database)
        yield _single(database, seconds=3 if quick else 15, rounds=1 if quick else 3)
        yield _batch(database, batches=10 if quick else 40, rounds=3)


def _fill(database: BenchDatabase) -> None:
    """Give every citizen a wallet and a lot, so that both sides change rows that exist."""
    with psycopg.connect(database.owner_url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO wallet SELECT n, 0, 0, 0, 0, 0, 0, 0 FROM generate_series(1, %s) n", (CITIZENS,)
        )
        connection.execute(
            "INSERT INTO lot SELECT n, '2028-11-30', -1, 0 FROM generate_series(1, %s) n", (CITIZENS,)
        )
        connection.execute("VACUUM ANALYZE")


def _moment(context: Context) -> ledger.Moment:
    now = context.now()
    return ledger.Moment.of(now, now.date())


def _earning(context: Context, owner_id: int) -> list[ledger.Transfer]:
    points = 1 + owner_id % 5_000
    one = ledger.Earning(owner_id, SOURCE, ReductionMg(points * 1_000), "provisional", Points(points), -1)
    return ledger.earnings(_moment(context), "bench", [one], context.new_id)


def _single(database: BenchDatabase, *, seconds: int, rounds: int) -> Figure:
    ratios, rates = [], []
    for _ in range(rounds):
        floor = database.pgbench(EARN_BY_HAND, seconds=seconds, clients=PROCESSES * THREADS)
        ours = _posts_per_second(database, seconds)
        ratios.append(ours / floor)
        rates.append((ours, floor))
    ours, floor = rates[ratios.index(statistics.median_low(ratios))]
    note = f"earnings one at a time, 8 clients: {ours:,.0f}/s; pgbench {floor:,.0f}/s"
    return Figure("ledger_post_single", statistics.median_low(ratios), 0.6, note)


def _posts_per_second(database: BenchDatabase, seconds: int) -> float:
    """Return how many earnings the processes and threads of one server book."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, mp_context=spawn) as pool:
        counts = pool.map(partial(_post_for, database.app_url, seconds), range(PROCESSES))
        return sum(counts)


def _post_for(app_url: str, seconds: int, number: int) -> float:
    """Book earnings with a few threads; returns how many a second."""
    context = open_context(app_url, THREADS)
    _post_until(context, time.perf_counter() + 0.5, number)

    start = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as pool:
        lanes = range(number * THREADS, (number + 1) * THREADS)
        counts = list(pool.map(lambda lane: _post_until(context, start + seconds, lane), lanes))
    rate = sum(counts) / (time.perf_counter() - start)
    context.engine.dispose()
    return rate


def _post_until(context: Context, deadline: float, lane: int) -> int:
    done = 0
    owner_id = lane + 1
    while time.perf_counter() < deadline:
        owner_id = 1 + (owner_id * 48_271 + lane) % CITIZENS
        transact(context, partial(_book, context, owner_id))
        done += 1
    return done


def _book(context: Context, owner_id: int, session: Session) -> None:
    ledger.post(session, _moment(context), _earning(context, owner_id))


WALLETS_BY_HAND = f"""
INSERT INTO wallet (owner_id, {", ".join(WALLET_COLUMNS)})
SELECT owner_id, points, points, 0, 0, 0, mg, 0 FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[])
    AS change (owner_id, points, mg)
ON CONFLICT (owner_id) DO UPDATE SET active_points = wallet.active_points + excluded.active_points,
    earned_points = wallet.earned_points + excluded.earned_points,
    provisional_mg = wallet.provisional_mg + excluded.provisional_mg
"""
LOTS_BY_HAND = """
INSERT INTO lot (owner_id, expires_on, funder_id, remaining_points)
SELECT owner_id, '2028-11-30', -1, points FROM unnest(%s::bigint[], %s::bigint[]) AS change (owner_id, points)
ON CONFLICT (owner_id, expires_on, funder_id)
DO UPDATE SET remaining_points = lot.remaining_points + excluded.remaining_points
"""
TRANSFERS_BY_HAND = """
INSERT INTO transfer (
    owner_id, transfer_id, movement_id, kind, unit, from_account, to_account, amount,
    lot_expires_on, lot_funder_id, counterparty_id, source_kind, source_id, recorded_on, booked_on, recorded_at
)
SELECT rows.*, %s::date, %s::date, %s::timestamptz
FROM unnest(
    %s::bigint[], %s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::bigint[],
    %s::date[], %s::bigint[], %s::bigint[], %s::text[], %s::uuid[]
) AS rows
"""


def _batch(database: BenchDatabase, *, batches: int, rounds: int) -> Figure:
    """Compare post with three array statements whose arrays somebody has already laid out."""
    context = database.context()
    ratios, rates = [], []
    with psycopg.connect(database.app_url, prepare_threshold=2) as connection:
        for turn in range(rounds):
            prepared = [_transfers(context, turn * batches + number) for number in range(2 * batches)]
            by_hand = [_columns(context, transfers) for transfers in prepared[batches:]]
            ours = _rows_per_second([partial(_post_batch, context, transfers) for transfers in prepared[:batches]])
            floor = _rows_per_second([partial(_write, connection, columns) for columns in by_hand])
            ratios.append(ours / floor)
            rates.append((ours, floor))
    context.engine.dispose()
    ours, floor = rates[ratios.index(statistics.median_low(ratios))]
    note = f"transfers in batches of {BATCH:,}: {ours:,.0f}/s; by hand {floor:,.0f}/s"
    return Figure("ledger_post_1000", statistics.median_low(ratios), 0.6, note)


def _transfers(context: Context, number: int) -> list[ledger.Transfer]:
    """Return the transfers of as many citizens as fill one batch, each citizen once."""
    people = BATCH // 2
    owners = sorted(1 + (number * people + place) * 7_919 % CITIZENS for place in range(people))
    return [transfer for owner_id in owners for transfer in _earning(context, owner_id)]


def _rows_per_second(batches: list[Callable[[], None]]) -> float:
    for warm in batches[:3]:
        warm()
    start = time.perf_counter()
    for batch in batches[3:]:
        batch()
    return BATCH * (len(batches) - 3) / (time.perf_counter() - start)


def _post_batch(context: Context, transfers: list[ledger.Transfer]) -> None:
    transact(context, lambda session: ledger.post(session, _moment(context), transfers))


Columns = tuple[tuple[str, str, str], tuple[object, ...]]


def _columns(context: Context, transfers: list[ledger.Transfer]) -> Columns:
    """Lay out every array as the text PostgreSQL reads: the floor pays for sending and booking only."""
    moment = _moment(context)
    people = [one for one in transfers if one.unit == "points"]
    names = ("owner_id", "transfer_id", "movement_id", "kind", "unit", "from_account", "to_account", "amount")
    rows = (
        moment.recorded_on,
        moment.booked_on,
        moment.recorded_at,
        *(_array(getattr(one, name) for one in transfers) for name in names),
        _array(one.lot and one.lot.expires_on for one in transfers),
        _array(one.lot and one.lot.funder_id for one in transfers),
        *(
            _array(getattr(one, name) for one in transfers)
            for name in ("counterparty_id", "source_kind", "source_id")
        ),
    )
    owners, points = _array(one.owner_id for one in people), _array(one.amount for one in people)
    return (owners, points, _array(one.amount * 1_000 for one in people)), rows


def _array(values: Iterable[object]) -> str:
    return "{" + ",".join("NULL" if value is None else str(value) for value in values) + "}"


def _write(connection: psycopg.Connection, columns: Columns) -> None:
    (owners, points, mg), rows = columns
    connection.execute(WALLETS_BY_HAND, (owners, points, mg))
    connection.execute(LOTS_BY_HAND, (owners, points))
    connection.execute(TRANSFERS_BY_HAND, rows)
    connection.commit()
