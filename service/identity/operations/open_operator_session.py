"""Sign an operator in."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from service.core.context import Context
from service.core.database import transact
from service.core.refusals import Refusal, TooManyRequests
from service.identity.domain.limits import OPERATOR_PER_ADDRESS, OPERATOR_PER_LOGIN
from service.identity.domain.operators import SESSION_LIFETIME, Operator
from service.identity.operator_tokens import (
    TOKEN_BYTES,
    csrf_token,
    hash_session_token,
    write_session_token,
)
from service.identity.passwords import NOBODY, is_password
from service.identity.refusals import SignInFailed
from service.identity.store import attempts, operators


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A browser that has just signed in."""

    operator: Operator
    token: str
    csrf_token: str
    expires_at: datetime


def open_operator_session(context: Context, login: str, password: str, address: str) -> OpenedSession:
    """Check login and password and open a session.

    Attempts are counted before the password is looked at, and the count is committed whatever comes of it; the
    count's row makes attempts on one login queue up, so no burst of them slips through.

    Raises:
        SignInFailed: Login and password do not belong together.
        TooManyRequests: The login or the address failed too often.
    """
    counted_as = context.keyring.hash("attempts", f"login:{login}")

    def decide(session: Session) -> OpenedSession | Refusal:
        wait_s = attempts.count_attempt(
            session, counted_as, OPERATOR_PER_LOGIN, context.now()
        ) or attempts.count_address(session, context, OPERATOR_PER_ADDRESS, address)
        if wait_s:
            return TooManyRequests(retry_after_s=wait_s)
        found = operators.find_operator(session, login)
        right = is_password(password, NOBODY if found is None else found[1])
        if found is None or not right:
            return SignInFailed()
        attempts.forget_attempts(session, counted_as, OPERATOR_PER_LOGIN)
        return _open(session, context, found[0])

    decided = transact(context, decide)
    if isinstance(decided, Refusal):
        raise decided
    return decided


def _open(session: Session, context: Context, operator: Operator) -> OpenedSession:
    token = write_session_token(context.random_bytes(TOKEN_BYTES))
    expires_at = context.now() + SESSION_LIFETIME
    operators.insert_session(session, hash_session_token(context.keyring, token), operator.operator_id, expires_at)
    return OpenedSession(operator, token, csrf_token(context.keyring, token), expires_at)
