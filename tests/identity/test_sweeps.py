from uuid import uuid4

from flask import Flask
from sqlmodel import Session

from service import identity
from service.core.context import Context
from service.core.database import execute, fetch_all
from service.identity.operations.forget_ended import forget_ended
from service.identity.store import ended
from tests.clock import MovingClock
from tests.identity import world

TABLES = ("sign_in_code", "attempt_count", "citizen_session", "operator_session", "spent_proof", "development_sms")


def counts(session: Session) -> dict[str, int]:
    return {table: fetch_all(session, f"SELECT count(*) FROM {table}")[0][0] for table in TABLES}


def test_what_has_ended_is_forgotten_and_nothing_else(
    door: Flask, context: Context, session: Session, clock: MovingClock
) -> None:
    partner = world.registered_machine(door, context, "partner", 7)
    world.citizen(door, context)
    world.operator(door, context)
    partner.get("/partner")
    full = counts(session)

    seen = [full]
    for ended_by in ({"seconds": 119}, {"seconds": 181}, {"hours": 8}, {"days": 1}, {"days": 30}):
        clock.advance(**ended_by)
        forget_ended(context)
        seen.append(counts(session))

    everything = dict.fromkeys(TABLES, 1) | {"attempt_count": 3}
    assert seen == [
        everything,
        everything | {"attempt_count": 2},
        everything | {"attempt_count": 2, "spent_proof": 0, "development_sms": 0},
        everything | {"attempt_count": 1, "spent_proof": 0, "development_sms": 0, "operator_session": 0},
        dict.fromkeys(TABLES, 0) | {"citizen_session": 1},
        dict.fromkeys(TABLES, 0),
    ]


def test_much_is_forgotten_in_bounded_pieces(context: Context, session: Session, clock: MovingClock) -> None:
    rows = [uuid4() for _ in range(ended.ROWS_MAX + 1)]
    execute(
        session,
        "INSERT INTO spent_proof (key_id, one_time_id, expires_at) SELECT 'k', unnest(%s::uuid[]), %s",
        (rows, context.now()),
    )
    session.commit()

    more = [forget_ended(context), forget_ended(context)]

    assert more == [True, False]
    assert counts(session)["spent_proof"] == 0


def test_the_sweep_looks_once_a_minute(context: Context, session: Session, clock: MovingClock) -> None:
    (sweep,) = identity.sweeps()

    def plant() -> None:
        execute(
            session,
            "INSERT INTO spent_proof (key_id, one_time_id, expires_at) VALUES ('k', %s, %s)",
            (uuid4(), context.now()),
        )
        session.commit()

    left = []
    for wait_s in (0, 59, 1):
        clock.advance(seconds=wait_s)
        plant()
        assert not sweep.run(context)
        left.append(counts(session)["spent_proof"])

    assert left == [0, 1, 0]
