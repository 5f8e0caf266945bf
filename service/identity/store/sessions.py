"""Sessions of citizens: one row per signed-in device."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from service.core.database import execute, fetch_one
from service.identity.domain.citizens import CitizenSession

_INSERT = """
INSERT INTO citizen_session (citizen_id, session_id, generation, started_at, expires_at)
VALUES (%s, %s, %s, %s, %s)
"""
# Two uses of one refresh token queue here; the second one sees the next generation.
_LOCK = """
SELECT generation, expires_at, ended_at FROM citizen_session
WHERE citizen_id = %s AND session_id = %s FOR UPDATE
"""
_ADVANCE = """
UPDATE citizen_session SET generation = %s, expires_at = %s WHERE citizen_id = %s AND session_id = %s
"""
_END = "UPDATE citizen_session SET ended_at = %s WHERE citizen_id = %s AND session_id = %s"


def insert_session(session: Session, opened: CitizenSession, now: datetime) -> None:
    """Begin a session."""
    place = (opened.citizen_id, opened.session_id)
    execute(session, _INSERT, (*place, opened.generation, now, opened.expires_at))


def lock_session(session: Session, citizen_id: int, session_id: UUID) -> CitizenSession | None:
    """Return a session and keep others from refreshing it until we end."""
    found = fetch_one(session, _LOCK, (citizen_id, session_id))
    return None if found is None else CitizenSession(citizen_id, session_id, found[0], found[1], found[2])


def set_generation(session: Session, advanced: CitizenSession) -> None:
    """Write the next generation of a locked session."""
    place = (advanced.citizen_id, advanced.session_id)
    execute(session, _ADVANCE, (advanced.generation, advanced.expires_at, *place))


def end_session(session: Session, citizen_id: int, session_id: UUID, now: datetime) -> None:
    """End a locked session; no generation of it refreshes any more."""
    execute(session, _END, (now, citizen_id, session_id))
