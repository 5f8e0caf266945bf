"""Deletes what has ended, a bounded piece at a time."""

from datetime import datetime, timedelta

from sqlmodel import Session

from service.core.database import execute

ROWS_MAX = 5_000
"""So that no single statement runs long, however much was left lying."""

CODES_KEPT = timedelta(days=1)
"""For a day, who types an old code is told that it is old."""

_NOTHING = timedelta(0)
_TABLES = (
    ("sign_in_code", "phone_hash", "expires_at", CODES_KEPT),
    ("attempt_count", "subject_hash, purpose", "window_ends_at", _NOTHING),
    ("citizen_session", "citizen_id, session_id", "expires_at", _NOTHING),
    ("operator_session", "token_hash", "expires_at", _NOTHING),
    ("spent_proof", "key_id, one_time_id", "expires_at", _NOTHING),
    ("development_sms", "sms_id", "expires_at", _NOTHING),
)
_STATEMENTS = tuple(
    (
        f"""
DELETE FROM {table} WHERE ({key}) IN (
  SELECT {key} FROM {table} WHERE {ends} <= %s ORDER BY {ends} LIMIT {ROWS_MAX}
)
""",
        kept,
    )
    for table, key, ends, kept in _TABLES
)


def delete_ended(session: Session, now: datetime) -> list[int]:
    """Delete from each table what ended before ``now`` and return how many rows went from each."""
    return [execute(session, sql, (now - kept,)) for sql, kept in _STATEMENTS]
