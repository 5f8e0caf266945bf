"""The keys that access tokens are signed with, sealed; made when first needed."""

from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg.types.json import Jsonb
from sqlmodel import Session

from service.core.context import Context
from service.core.database import execute, fetch_all, fetch_one
from service.core.key_pairs import (
    PrivateKey,
    PublicKey,
    key_id_of,
    public_jwk,
    read_private_key,
    read_public_jwk,
    write_private_key,
)

_SEALED_FOR = "signing_key"
_SEED_BYTES = 32
_FIRST_GENERATION = 1

_NEWEST = "SELECT private_sealed FROM signing_key ORDER BY generation DESC LIMIT 1"
_INSERT = """
INSERT INTO signing_key (generation, key_id, public_jwk, private_sealed, created_at)
VALUES (%s, %s, %s, %s, %s)
ON CONFLICT DO NOTHING
"""
_FIND = "SELECT public_jwk FROM signing_key WHERE key_id = %s"
_LIST = "SELECT key_id, public_jwk FROM signing_key ORDER BY generation DESC"


@dataclass(frozen=True, slots=True)
class PublishedKey:
    """A key as the world may see it."""

    key_id: str
    jwk: dict[str, str]


def current_private_key(session: Session, context: Context, now: datetime) -> PrivateKey:
    """Return the newest signing key, and make the first one if there is none.

    Of two that make it at once the second waits at its INSERT, changes nothing, and reads the first one's key.
    """
    found = fetch_one(session, _NEWEST)
    if found is None:
        made = Ed25519PrivateKey.from_private_bytes(context.random_bytes(_SEED_BYTES))
        public = made.public_key()
        sealed = context.keyring.seal(_SEALED_FOR, write_private_key(made))
        execute(session, _INSERT, (_FIRST_GENERATION, key_id_of(public), Jsonb(public_jwk(public)), sealed, now))
        found = fetch_one(session, _NEWEST)
    if found is None:
        message = "a signing key was made and is not there"
        raise LookupError(message)
    return read_private_key(context.keyring.open(_SEALED_FOR, bytes(found[0])))


def find_public_key(session: Session, key_id: str) -> PublicKey | None:
    """Return the key that tokens named ``key_id`` are verified with."""
    found = fetch_one(session, _FIND, (key_id,))
    return None if found is None else read_public_jwk(found[0])


def list_public_keys(session: Session) -> list[PublishedKey]:
    """Return every key that a token in use may have been signed with, newest first."""
    return [PublishedKey(key_id, jwk) for key_id, jwk in fetch_all(session, _LIST)]
