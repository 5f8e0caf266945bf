import threading
from datetime import UTC, date, datetime

import pytest
from sqlmodel import Session

from service.core import calendar
from service.core.clock import business_day
from service.core.context import Context
from service.core.database import transact
from service.core.refusals import DayClosed, DayNotOver

TODAY = date(2026, 11, 20)
MIDNIGHT = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
"""The first instant of 2026-11-21 in Kunming."""


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 11, 20, 15, 59, 59, 999_999, UTC), date(2026, 11, 20)),
        (datetime(2026, 11, 20, 16, 0, tzinfo=UTC), date(2026, 11, 21)),
        (datetime(2026, 11, 19, 16, 0, tzinfo=UTC), date(2026, 11, 20)),
    ],
)
def test_a_day_turns_at_kunmings_midnight(instant: datetime, day: date) -> None:
    assert business_day(instant) == day


def test_a_day_that_is_not_over_cannot_be_closed(context: Context, session: Session) -> None:
    with pytest.raises(DayNotOver):
        calendar.close_day(session, TODAY, context.now())

    assert calendar.day_state(session, TODAY) == "open"


def test_a_day_is_closed_once(session: Session) -> None:
    calendar.close_day(session, TODAY, MIDNIGHT)

    with pytest.raises(DayClosed):
        calendar.close_day(session, TODAY, MIDNIGHT)
    assert calendar.day_state(session, TODAY) == "closed"


def test_what_arrives_after_the_close_is_booked_on_the_next_open_day(context: Context, session: Session) -> None:
    assert calendar.hold_open_day(session, context.now()) == TODAY

    calendar.close_day(session, TODAY, MIDNIGHT)

    assert calendar.hold_open_day(session, context.now()) == date(2026, 11, 21)


def test_a_close_waits_for_those_who_hold_the_day_open(committed: Context) -> None:
    held = threading.Event()
    let_go = threading.Event()
    order: list[str] = []
    # The day's row is there before: else its uncommitted insert would make the close wait, and not the share lock.
    transact(committed, lambda session: calendar.hold_open_day(session, committed.now()))

    def book(session: Session) -> None:
        calendar.hold_open_day(session, committed.now())
        held.set()
        let_go.wait(10)
        order.append("booked")

    def close(session: Session) -> None:
        calendar.close_day(session, TODAY, MIDNIGHT)
        order.append("closed")

    booking = threading.Thread(target=transact, args=(committed, book))
    booking.start()
    held.wait(10)
    closing = threading.Thread(target=transact, args=(committed, close))
    closing.start()
    closing.join(0.3)
    assert order == []
    let_go.set()
    booking.join()
    closing.join()

    assert order == ["booked", "closed"]
