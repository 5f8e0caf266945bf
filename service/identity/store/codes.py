"""Sign-in codes: one live code per phone, kept as a keyed hash."""

from datetime import datetime

from sqlmodel import Session

from service.core.database import execute, fetch_one
from service.identity.domain.citizens import SentCode

_PUT = """
INSERT INTO sign_in_code (phone_hash, code_hash, wrong_attempts, expires_at, spent_at)
VALUES (%s, %s, 0, %s, NULL)
ON CONFLICT (phone_hash) DO UPDATE SET
  code_hash = excluded.code_hash, wrong_attempts = 0, expires_at = excluded.expires_at, spent_at = NULL
"""
# Two sign-ins with one code queue here; the second one sees that it was spent.
_LOCK = """
SELECT code_hash, wrong_attempts, expires_at, spent_at FROM sign_in_code WHERE phone_hash = %s FOR UPDATE
"""
_WRONG = "UPDATE sign_in_code SET wrong_attempts = wrong_attempts + 1 WHERE phone_hash = %s"
_SPEND = "UPDATE sign_in_code SET spent_at = %s WHERE phone_hash = %s"


def put_code(session: Session, phone_hash: bytes, code_hash: bytes, expires_at: datetime) -> None:
    """Keep the code that is about to be sent; whatever was sent before no longer counts."""
    execute(session, _PUT, (phone_hash, code_hash, expires_at))


def lock_code(session: Session, phone_hash: bytes) -> SentCode | None:
    """Return the code that was sent last and keep others from trying it until we end."""
    found = fetch_one(session, _LOCK, (phone_hash,))
    return None if found is None else SentCode(bytes(found[0]), found[1], found[2], found[3])


def count_wrong(session: Session, phone_hash: bytes) -> None:
    """Count a wrong code."""
    execute(session, _WRONG, (phone_hash,))


def spend_code(session: Session, phone_hash: bytes, now: datetime) -> None:
    """Mark the code as used."""
    execute(session, _SPEND, (now, phone_hash))
