"""Counts attempts in PostgreSQL, so a limit holds across every process."""

from datetime import datetime, timedelta
from math import ceil

import structlog
from sqlmodel import Session

from service.core.context import Context
from service.core.database import execute, fetch_one
from service.identity.domain.limits import Limit, address_group, is_exempt

log = structlog.get_logger("tanhui.identity")

# The row's lock makes attempts of one subject queue up, so no burst slips past the count.
_COUNT = """
INSERT INTO attempt_count (subject_hash, purpose, attempts, window_ends_at)
VALUES (%(subject)s, %(purpose)s, 1, %(ends)s)
ON CONFLICT (subject_hash, purpose) DO UPDATE SET
  attempts = CASE WHEN attempt_count.window_ends_at <= %(now)s THEN 1 ELSE attempt_count.attempts + 1 END,
  window_ends_at = CASE WHEN attempt_count.window_ends_at <= %(now)s
    THEN excluded.window_ends_at ELSE attempt_count.window_ends_at END
RETURNING attempts, window_ends_at
"""
_FORGET = "DELETE FROM attempt_count WHERE subject_hash = %s AND purpose = %s"


def count_attempt(session: Session, subject_hash: bytes, limit: Limit, now: datetime) -> int:
    """Count one attempt and return 0 if it is allowed, otherwise after how many seconds to try again."""
    values = {
        "subject": subject_hash,
        "purpose": limit.purpose,
        "ends": now + timedelta(seconds=limit.window_s),
        "now": now,
    }
    found = fetch_one(session, _COUNT, values)
    if found is None or found[0] <= limit.attempts_max:
        return 0
    left: timedelta = found[1] - now
    return max(1, ceil(left.total_seconds()))


def count_address(session: Session, context: Context, limit: Limit, address: str) -> int:
    """Count one attempt from a network address, unless it is exempt; answers as :func:`count_attempt`."""
    if is_exempt(address, development=context.development):
        log.info("address_limit_exempt", purpose=limit.purpose, reason="loopback in development mode")
        return 0
    return count_attempt(session, address_hash(context, address), limit, context.now())


def address_hash(context: Context, address: str) -> bytes:
    """Return the keyed hash under which a network address is counted."""
    return context.keyring.hash("attempts", f"address:{address_group(address)}")


def forget_attempts(session: Session, subject_hash: bytes, limit: Limit) -> None:
    """Start counting anew, after a success."""
    execute(session, _FORGET, (subject_hash, limit.purpose))
