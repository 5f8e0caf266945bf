"""Find the public key that an access token was signed with."""

from sqlmodel import Session

from service.core.context import Context
from service.core.database import transact
from service.core.key_pairs import PublicKey
from service.identity.store import signing_keys


def find_signing_key(context: Context, key_id: str) -> PublicKey | None:
    """Return one of our own public keys."""

    def find(session: Session) -> PublicKey | None:
        return signing_keys.find_public_key(session, key_id)

    return transact(context, find)
