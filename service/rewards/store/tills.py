"""SQL of what happens at a till: holders' codes, the typing lock, sessions."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from service.core.database import execute, fetch_one
from service.rewards.domain.tills import TillSession, Typing

_INSERT_CODE = """
INSERT INTO holder_code (code_hash, citizen_id, expires_at) VALUES (%s, %s, %s) ON CONFLICT (code_hash) DO NOTHING
"""
_SPEND_CODE = """
UPDATE holder_code SET spent_at = %s WHERE code_hash = %s AND spent_at IS NULL AND expires_at > %s
RETURNING citizen_id
"""
_KNOWN_CODE = "SELECT FROM holder_code WHERE code_hash = %s"
_DROP_CODES = "DELETE FROM holder_code WHERE expires_at <= %s"

_LOCK_TYPING = "SELECT wrong_codes, window_ends_at FROM terminal_typing WHERE terminal_id = %s FOR NO KEY UPDATE"
_SET_TYPING = "UPDATE terminal_typing SET wrong_codes = %s, window_ends_at = %s WHERE terminal_id = %s"

_INSERT_SESSION = """
INSERT INTO till_session (terminal_id, session_id, citizen_id, expires_at) VALUES (%s, %s, %s, %s)
"""
_FIND_SESSION = """
SELECT terminal_id, session_id, citizen_id, expires_at FROM till_session
WHERE terminal_id = %s AND session_id = %s AND expires_at > %s
"""
_DROP_SESSIONS = "DELETE FROM till_session WHERE expires_at <= %s"


def insert_code(session: Session, code_hash: bytes, citizen_id: int, expires_at: datetime) -> bool:
    """Add a holder's code; ``False`` in the rare case that another citizen shows the same digits."""
    return execute(session, _INSERT_CODE, (code_hash, citizen_id, expires_at)) == 1


def spend_code(session: Session, code_hash: bytes, now: datetime) -> int | None:
    """Spend a code that is unspent and in its time, and return whose it is; of two tills one gets it."""
    found = fetch_one(session, _SPEND_CODE, (now, code_hash, now))
    return None if found is None else int(found[0])


def is_known_code(session: Session, code_hash: bytes) -> bool:
    """Tell whether the code was ours lately."""
    return fetch_one(session, _KNOWN_CODE, (code_hash,)) is not None


def lock_typing(session: Session, terminal_id: int) -> Typing:
    """Lock and return the count of wrong codes, so that parallel guesses stand in line.

    Raises:
        LookupError: The terminal has no typing lock.
    """
    found = fetch_one(session, _LOCK_TYPING, (terminal_id,))
    if found is None:
        message = f"no typing lock for terminal {terminal_id}"
        raise LookupError(message)
    return Typing(*found)


def set_typing(session: Session, terminal_id: int, typing: Typing) -> None:
    """Write the count that was locked."""
    execute(session, _SET_TYPING, (typing.wrong_codes, typing.window_ends_at, terminal_id))


def insert_till_session(session: Session, till: TillSession) -> None:
    """Add a session."""
    execute(session, _INSERT_SESSION, (till.terminal_id, till.session_id, till.citizen_id, till.expires_at))


def find_till_session(session: Session, terminal_id: int, session_id: UUID, now: datetime) -> TillSession | None:
    """Return the terminal's own session while it lasts."""
    found = fetch_one(session, _FIND_SESSION, (terminal_id, session_id, now))
    return None if found is None else TillSession(*found)


def drop_spent(session: Session, before: datetime) -> int:
    """Delete codes and sessions that ended before then; returns how many."""
    return execute(session, _DROP_CODES, (before,)) + execute(session, _DROP_SESSIONS, (before,))
