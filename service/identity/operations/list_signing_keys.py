"""Publish the keys that access tokens are verified with."""

from sqlmodel import Session

from service.core.context import Context
from service.core.database import transact
from service.identity.store import signing_keys
from service.identity.store.signing_keys import PublishedKey


def list_signing_keys(context: Context) -> list[PublishedKey]:
    """Return our public keys, newest first; makes the first one, so that the list is never empty."""

    def publish(session: Session) -> list[PublishedKey]:
        signing_keys.current_private_key(session, context, context.now())
        return signing_keys.list_public_keys(session)

    return transact(context, publish)
