"""Entrustments and bindings."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from service.core import arrays
from service.core.database import execute, fetch_all, fetch_one
from service.core.keyring import Keyring
from service.core.paging import Page, bad_cursor
from service.identity.domain.consent import Binding, Bound, Entrustment

HISTORY_ROWS_MAX = 100

_IN_FORCE = """
SELECT version, given_at, withdrawn_at FROM entrustment WHERE citizen_id = %s AND withdrawn_at IS NULL
"""
_HISTORY = """
SELECT version, given_at, withdrawn_at FROM entrustment WHERE citizen_id = %s
ORDER BY given_at DESC, entrustment_id DESC LIMIT %s
"""
_GIVE = "INSERT INTO entrustment (citizen_id, entrustment_id, version, given_at) VALUES (%s, %s, %s, %s)"
_WITHDRAW = "UPDATE entrustment SET withdrawn_at = %s WHERE citizen_id = %s AND withdrawn_at IS NULL"

_TAKE_SUBJECT = """
INSERT INTO bound_subject (subject_hash, partner_id, citizen_id, binding_id, bound_at)
VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (subject_hash) DO NOTHING
"""
_FIND_SUBJECT = "SELECT citizen_id, binding_id FROM bound_subject WHERE subject_hash = %s"
_FREE_SUBJECT = "DELETE FROM bound_subject WHERE subject_hash = %s AND binding_id = %s"
_INSERT_BINDING = """
INSERT INTO binding (citizen_id, binding_id, partner_id, subject_hash, bound_at) VALUES (%s, %s, %s, %s, %s)
"""
_GET_BINDING = """
SELECT binding_id, partner_id, bound_at, ended_at FROM binding WHERE citizen_id = %s AND binding_id = %s
"""
_END_BINDING = """
UPDATE binding SET ended_at = %s WHERE citizen_id = %s AND binding_id = %s AND ended_at IS NULL
RETURNING subject_hash
"""
_LIST_BINDINGS = """
SELECT binding_id, partner_id, bound_at, ended_at FROM binding
WHERE citizen_id = %s AND ended_at IS NULL AND binding_id > %s
ORDER BY binding_id LIMIT %s
"""
_FIND_BOUND = """
SELECT subject_hash, citizen_id, bound_at FROM bound_subject
WHERE subject_hash = ANY(%s::bytea[]) AND partner_id = %s
"""
_ENTRUSTED = "SELECT citizen_id FROM entrustment WHERE citizen_id = ANY(%s::bigint[]) AND withdrawn_at IS NULL"


def find_entrustment(session: Session, citizen_id: int) -> Entrustment | None:
    """Return the entrustment in force."""
    found = fetch_one(session, _IN_FORCE, (citizen_id,))
    return None if found is None else Entrustment(*found)


def list_entrustments(session: Session, citizen_id: int) -> list[Entrustment]:
    """Return what the citizen gave and withdrew, newest first."""
    return [Entrustment(*row) for row in fetch_all(session, _HISTORY, (citizen_id, HISTORY_ROWS_MAX))]


def insert_entrustment(
    session: Session, citizen_id: int, entrustment_id: UUID, version: str, now: datetime
) -> None:
    """Begin an entrustment; none may be in force."""
    execute(session, _GIVE, (citizen_id, entrustment_id, version, now))


def withdraw_entrustment(session: Session, citizen_id: int, now: datetime) -> bool:
    """End the entrustment in force, if there is one."""
    return execute(session, _WITHDRAW, (now, citizen_id)) == 1


def subject_hash(keyring: Keyring, partner_id: int, subject_token: str) -> bytes:
    """Return the keyed hash under which a partner's subject is found."""
    return keyring.hash("binding.subject", f"{partner_id}:{subject_token}")


def take_subject(session: Session, citizen_id: int, binding: Binding, subject: bytes) -> bool:
    """Bind a subject; ``False`` if it is bound. Waits for whoever is just doing the same."""
    values = (subject, binding.partner_id, citizen_id, binding.binding_id, binding.bound_at)
    if execute(session, _TAKE_SUBJECT, values) == 0:
        return False
    place = (citizen_id, binding.binding_id)
    execute(session, _INSERT_BINDING, (*place, binding.partner_id, subject, binding.bound_at))
    return True


def find_subject(session: Session, subject: bytes) -> tuple[int, UUID] | None:
    """Return who holds a subject, by which binding."""
    found = fetch_one(session, _FIND_SUBJECT, (subject,))
    return None if found is None else (found[0], found[1])


def find_binding(session: Session, citizen_id: int, binding_id: UUID) -> Binding | None:
    """Return one binding of a citizen, live or ended."""
    found = fetch_one(session, _GET_BINDING, (citizen_id, binding_id))
    return None if found is None else Binding(*found)


def end_binding(session: Session, citizen_id: int, binding_id: UUID, now: datetime) -> None:
    """End a live binding and free its subject; an ended one stays as it is."""
    found = fetch_one(session, _END_BINDING, (now, citizen_id, binding_id))
    if found is not None:
        execute(session, _FREE_SUBJECT, (bytes(found[0]), binding_id))


def list_bindings(session: Session, citizen_id: int, page: Page) -> list[Binding]:
    """Return the live bindings, oldest first, one more than asked for."""
    key = page.key(1)
    try:
        after = UUID(int=0) if key is None else UUID(key[0])
    except ValueError:
        raise bad_cursor() from None
    return [Binding(*row) for row in fetch_all(session, _LIST_BINDINGS, (citizen_id, after, page.limit + 1))]


def find_bound(session: Session, partner_id: int, token_hashes: Sequence[bytes]) -> dict[bytes, Bound]:
    """Return whom each subject of a partner is bound to; two statements, however many are asked for."""
    rows = fetch_all(session, _FIND_BOUND, (arrays.of_bytes(token_hashes), partner_id))
    citizen_ids = sorted({row[1] for row in rows})
    entrusted = {row[0] for row in fetch_all(session, _ENTRUSTED, (arrays.of_numbers(citizen_ids),))}
    return {bytes(row[0]): Bound(row[1], row[1] in entrusted, row[2]) for row in rows}
