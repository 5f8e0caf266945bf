"""Citizens and their phones."""

from datetime import datetime

from sqlmodel import Session

from service.core.database import execute, fetch_one
from service.core.keyring import Keyring
from service.identity.domain.citizens import Citizen
from service.identity.phones import mask_phone, open_phone, phone_hash, seal_phone

_NEXT_ID = "SELECT nextval('citizen_id_seq')"
_FIND_PHONE = "SELECT citizen_id FROM citizen_phone WHERE phone_hash = %s"
_INSERT_PHONE = "INSERT INTO citizen_phone (phone_hash, citizen_id) VALUES (%s, %s)"
_INSERT = "INSERT INTO citizen (citizen_id, phone_sealed, created_at) VALUES (%s, %s, %s)"
_GET = "SELECT phone_sealed, created_at FROM citizen WHERE citizen_id = %s"
_LOCK = "SELECT citizen_id FROM citizen WHERE citizen_id = %s FOR UPDATE"


def find_by_phone(session: Session, keyring: Keyring, phone: str) -> int | None:
    """Return who signs in with ``phone``."""
    found = fetch_one(session, _FIND_PHONE, (phone_hash(keyring, phone),))
    return None if found is None else int(found[0])


def insert_citizen(session: Session, keyring: Keyring, phone: str, now: datetime) -> int:
    """Add a citizen and return their id; the caller holds the lock of the phone's code."""
    numbered = fetch_one(session, _NEXT_ID)
    if numbered is None:
        message = "the sequence of citizens gave no number"
        raise LookupError(message)
    citizen_id = int(numbered[0])
    execute(session, _INSERT_PHONE, (phone_hash(keyring, phone), citizen_id))
    execute(session, _INSERT, (citizen_id, seal_phone(keyring, phone), now))
    return citizen_id


def get_citizen(session: Session, keyring: Keyring, citizen_id: int) -> Citizen:
    """Return a citizen who is known to exist, with their phone masked.

    Raises:
        LookupError: There is no such citizen, so a token of ours names nobody.
    """
    found = fetch_one(session, _GET, (citizen_id,))
    if found is None:
        message = f"no citizen {citizen_id}"
        raise LookupError(message)
    return Citizen(citizen_id, mask_phone(open_phone(keyring, bytes(found[0]))), found[1])


def lock_citizen(session: Session, citizen_id: int) -> None:
    """Make everything else that locks this citizen wait until we end."""
    fetch_one(session, _LOCK, (citizen_id,))


def holder_mask(session: Session, keyring: Keyring, citizen_id: int) -> str:
    """Return what a till may show of a citizen: ``138****5678``."""
    return get_citizen(session, keyring, citizen_id).phone_mask
