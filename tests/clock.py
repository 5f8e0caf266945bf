"""A clock that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta

TEN_O_CLOCK = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
"""2026-11-20 10:00 in Kunming, a Friday."""


class MovingClock:
    """Answers one instant; tests move it forward or set it."""

    def __init__(self, instant: datetime = TEN_O_CLOCK) -> None:
        self.instant = instant

    def __call__(self) -> datetime:
        return self.instant

    def advance(self, **by: float) -> None:
        """Move forward by ``timedelta(**by)``."""
        self.instant += timedelta(**by)

    def set(self, instant: datetime) -> None:
        self.instant = instant.astimezone(UTC)
