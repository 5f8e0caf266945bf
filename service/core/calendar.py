"""The business calendar: a day is open until it is closed; what is closed never changes again."""

from datetime import date, datetime, timedelta

from sqlmodel import Session

from service.core.clock import business_day, end_of_day
from service.core.database import execute, fetch_one
from service.core.refusals import DayClosed, DayNotOver

_OPEN = "INSERT INTO business_day (day, state) VALUES (%s, 'open') ON CONFLICT (day) DO NOTHING"
_HOLD = "SELECT state FROM business_day WHERE day = %s FOR SHARE"
_LOCK = "SELECT state FROM business_day WHERE day = %s FOR UPDATE"
_CLOSE = "UPDATE business_day SET state = 'closed', closed_at = %s WHERE day = %s AND state = 'open'"
_STATE = "SELECT state FROM business_day WHERE day = %s"


def hold_open_day(session: Session, instant: datetime) -> date:
    """Return the business day that money moved at ``instant`` is booked on, and keep it open until we commit.

    The share lock makes a close wait for us, so a closed day's statement never misses a row. An instant whose own
    day is closed already (a request that crossed midnight on its way) is booked on the next open day.
    """
    day = business_day(instant)
    while True:
        found = fetch_one(session, _HOLD, (day,))
        if found is None:
            execute(session, _OPEN, (day,))
        elif found[0] == "open":
            return day
        else:
            day += timedelta(days=1)


def close_day(session: Session, day: date, now: datetime) -> None:
    """Close ``day``; waits for every transaction that holds it open.

    Raises:
        DayNotOver: It has not ended in Kunming yet.
        DayClosed: It was closed before.
    """
    if now < end_of_day(day):
        raise DayNotOver(day=day)
    execute(session, _OPEN, (day,))
    fetch_one(session, _LOCK, (day,))
    if execute(session, _CLOSE, (now, day)) != 1:
        raise DayClosed(day=day)


def day_state(session: Session, day: date) -> str:
    """Return ``open`` or ``closed``; a day nobody has used yet is open."""
    found = fetch_one(session, _STATE, (day,))
    return "open" if found is None else str(found[0])
