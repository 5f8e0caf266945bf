"""Operators and their sessions."""

from datetime import datetime

from sqlmodel import Session

from service.core.database import execute, fetch_one
from service.identity.domain.operators import Operator, OperatorSession

_ANY = "SELECT 1 FROM operator LIMIT 1"
_INSERT = """
INSERT INTO operator (operator_id, login, role, password_hash, created_at) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT DO NOTHING
"""
_FIND = "SELECT operator_id, login, role, password_hash FROM operator WHERE login = %s"
_INSERT_SESSION = "INSERT INTO operator_session (token_hash, operator_id, expires_at) VALUES (%s, %s, %s)"
_FIND_SESSION = """
SELECT o.operator_id, o.login, o.role, s.expires_at
FROM operator_session s JOIN operator o ON o.operator_id = s.operator_id
WHERE s.token_hash = %s
"""
_DELETE_SESSION = "DELETE FROM operator_session WHERE token_hash = %s"


def any_operator(session: Session) -> bool:
    """Tell whether there is an operator."""
    return fetch_one(session, _ANY) is not None


def insert_operator(session: Session, operator: Operator, password_hash: str, now: datetime) -> bool:
    """Add an operator; ``False`` if the id or the login is taken."""
    values = (operator.operator_id, operator.login, operator.role, password_hash, now)
    return execute(session, _INSERT, values) == 1


def find_operator(session: Session, login: str) -> tuple[Operator, str] | None:
    """Return an operator and the hash of their password."""
    found = fetch_one(session, _FIND, (login,))
    return None if found is None else (Operator(found[0], found[1], found[2]), found[3])


def insert_session(session: Session, token_hash: bytes, operator_id: int, expires_at: datetime) -> None:
    """Begin a session."""
    execute(session, _INSERT_SESSION, (token_hash, operator_id, expires_at))


def find_session(session: Session, token_hash: bytes) -> OperatorSession | None:
    """Return who is signed in with this token."""
    found = fetch_one(session, _FIND_SESSION, (token_hash,))
    return None if found is None else OperatorSession(Operator(found[0], found[1], found[2]), found[3])


def delete_session(session: Session, token_hash: bytes) -> None:
    """End a session."""
    execute(session, _DELETE_SESSION, (token_hash,))
