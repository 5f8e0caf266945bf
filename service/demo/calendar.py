"""When the demonstration takes place: one working week, credited on its Friday evening."""

from datetime import date, datetime, time, timedelta

from service.core.clock import SHANGHAI

DEMO_DAY = date(2026, 11, 20)
"""The business day that everything is booked on, a Friday."""

RIDE_DAYS = tuple(DEMO_DAY - timedelta(days=back) for back in (4, 3, 2, 1, 0))
"""Monday to Friday: each partner sends one file for each."""

EVENING = datetime.combine(DEMO_DAY, time(20), tzinfo=SHANGHAI)
"""The clock of the service when the demonstration begins."""

AFTER_MIDNIGHT = datetime.combine(DEMO_DAY + timedelta(days=1), time(0, 10), tzinfo=SHANGHAI)
"""The clock of the service when the operator closes the day."""


def at(day: date, minute_of_day: int, second: int = 0) -> datetime:
    """Return an instant of ``day`` in Kunming."""
    return datetime.combine(day, time(tzinfo=SHANGHAI)) + timedelta(minutes=minute_of_day, seconds=second)
