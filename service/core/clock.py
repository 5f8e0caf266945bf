"""Instants are UTC inside, RFC 3339 with +08:00 on the wire; business days are Asia/Shanghai."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

Clock = Callable[[], datetime]
"""Answers the present instant, aware and in UTC."""


def system_clock(offset_s: int = 0) -> Clock:
    """Return the machine's clock, shifted by ``offset_s`` (development only)."""
    shift = timedelta(seconds=offset_s)

    def now() -> datetime:
        return datetime.now(UTC) + shift  # noqa: TID251 - the one place that reads the clock

    return now


def business_day(instant: datetime) -> date:
    """Return the day ``instant`` lies on in Kunming."""
    return instant.astimezone(SHANGHAI).date()


def start_of_day(day: date) -> datetime:
    """Return the instant (UTC) at which the business day begins."""
    return datetime.combine(day, time.min, tzinfo=SHANGHAI).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """Return the first instant after the business day."""
    return start_of_day(day + timedelta(days=1))


def rfc3339(instant: datetime) -> str:
    """Return ``instant`` as the wire writes it, in Kunming's offset."""
    return instant.astimezone(SHANGHAI).isoformat()
