"""Give a signed-in device its next tokens."""

from dataclasses import replace

from sqlmodel import Session

from service.core.context import Context
from service.core.database import transact
from service.core.refusals import Refusal
from service.identity.domain.citizens import SESSION_LIFETIME, Tokens
from service.identity.refresh_tokens import RefreshToken, read_refresh_token
from service.identity.refusals import RefreshTokenInvalid, RefreshTokenReused
from service.identity.store import sessions
from service.identity.token_refusals import TokenExpired
from service.identity.tokens import issue_tokens


def refresh_session(context: Context, refresh_token: str) -> Tokens:
    """Spend a refresh token for the next one.

    A token that was spent before tells that two hold copies of it. Nobody can say which is the thief, so the
    session ends for both; that is committed before the refusal is raised.

    Raises:
        RefreshTokenInvalid: It is not ours, or its session has ended.
        RefreshTokenReused: It was spent before.
        TokenExpired: Nobody refreshed the session in time.
    """
    named = read_refresh_token(context.keyring, refresh_token)
    if named is None:
        raise RefreshTokenInvalid
    decided = transact(context, lambda session: _decide(session, context, named))
    if isinstance(decided, Refusal):
        raise decided
    return decided


def _decide(session: Session, context: Context, named: RefreshToken) -> Tokens | Refusal:
    now = context.now()
    found = sessions.lock_session(session, named.citizen_id, named.session_id)
    if found is None or found.ended_at is not None:
        return RefreshTokenInvalid()
    if named.generation != found.generation:
        sessions.end_session(session, named.citizen_id, named.session_id, now)
        return RefreshTokenReused()
    if now >= found.expires_at:
        return TokenExpired()
    advanced = replace(found, generation=found.generation + 1, expires_at=now + SESSION_LIFETIME)
    sessions.set_generation(session, advanced)
    return issue_tokens(session, context, advanced)
