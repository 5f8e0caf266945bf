"""What a device gets when it signs in or refreshes."""

from sqlmodel import Session

from service.core.context import Context
from service.identity.access_tokens import make_access_token
from service.identity.domain.citizens import ACCESS_TOKEN_LIFETIME_S, CitizenSession, Tokens
from service.identity.refresh_tokens import write_refresh_token
from service.identity.store import signing_keys


def issue_tokens(session: Session, context: Context, opened: CitizenSession) -> Tokens:
    """Return the tokens of a session's present generation."""
    now = context.now()
    key = signing_keys.current_private_key(session, context, now)
    access_token = make_access_token(key, opened.citizen_id, issuer=context.public_url, now=now)
    return Tokens(access_token, write_refresh_token(context.keyring, opened), ACCESS_TOKEN_LIFETIME_S)
