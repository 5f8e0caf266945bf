"""What happens at a till before a voucher is taken: the typing lock and the session."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

WRONG_CODES_MAX = 5
LOCK_WINDOW = timedelta(seconds=60)
SESSION_LIFETIME = timedelta(minutes=5)
SHOWN_VOUCHERS_MAX = 50
EXPIRED_SHOWN_FOR = timedelta(days=7)
"""So long a cashier is told that the holder's voucher has expired, rather than not shown it."""


@dataclass(frozen=True, slots=True)
class Typing:
    """How often wrong codes were typed at one terminal in the running window."""

    wrong_codes: int
    window_ends_at: datetime | None

    def locked_until(self, now: datetime) -> datetime | None:
        """Return when the lock ends, or ``None`` when typing works."""
        if self.wrong_codes < WRONG_CODES_MAX or self.window_ends_at is None or now >= self.window_ends_at:
            return None
        return self.window_ends_at

    def after_wrong(self, now: datetime) -> "Typing":
        """Return the count after one more wrong code; the one that locks starts the minute anew."""
        if self.window_ends_at is None or now >= self.window_ends_at:
            return Typing(1, now + LOCK_WINDOW)
        counted = replace(self, wrong_codes=self.wrong_codes + 1)
        if counted.wrong_codes >= WRONG_CODES_MAX:
            return replace(counted, window_ends_at=now + LOCK_WINDOW)
        return counted


@dataclass(frozen=True, slots=True)
class TillSession:
    """A holder standing at one terminal; opened by the holder's code, over after a few minutes."""

    terminal_id: int
    session_id: UUID
    citizen_id: int
    expires_at: datetime
