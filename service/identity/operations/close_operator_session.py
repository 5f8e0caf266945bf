"""Sign an operator out."""

from sqlmodel import Session

from service.core.context import Context
from service.core.database import transact
from service.identity.operator_tokens import hash_session_token
from service.identity.store import operators


def close_operator_session(context: Context, token: str) -> None:
    """End the session of a cookie; ending it twice is no harm."""

    def close(session: Session) -> None:
        operators.delete_session(session, hash_session_token(context.keyring, token))

    transact(context, close)
