"""Find who is signed in with a cookie."""

from sqlmodel import Session

from service.core.context import Context
from service.core.database import transact
from service.identity.domain.operators import OperatorSession
from service.identity.operator_tokens import hash_session_token
from service.identity.store import operators


def find_operator_session(context: Context, token: str) -> OperatorSession | None:
    """Return the session of a cookie, ended or not; ``None`` if there is none."""

    def find(session: Session) -> OperatorSession | None:
        return operators.find_session(session, hash_session_token(context.keyring, token))

    return transact(context, find)
