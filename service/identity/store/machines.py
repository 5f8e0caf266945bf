"""Keys of partners and terminals, and the one-time ids of what they signed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlmodel import Session

from service.core.database import execute, fetch_one
from service.core.key_pairs import KeyUnusable, PublicKey, key_id_of, public_jwk, read_public_jwk
from service.core.refusals import FieldProblem
from service.core.signing import SignedOnce
from service.identity.callers import MachineCaller, MachineKind
from service.identity.refusals import KeyAlreadyRegistered, KeyNotUsable
from service.identity.token_refusals import RequestReplayed, TokenExpired

_INSERT = """
INSERT INTO machine_key (key_id, kind, machine_id, public_jwk, registered_at) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (key_id) DO NOTHING
"""
_FIND = "SELECT kind, machine_id, public_jwk FROM machine_key WHERE key_id = %s"
# A row is touched when the id is new, or when it is our own second try of the same arrival.
_SPEND = """
INSERT INTO spent_proof (key_id, one_time_id, received_id, expires_at) VALUES (%s, %s, %s, %s)
ON CONFLICT (key_id, one_time_id) DO UPDATE SET received_id = excluded.received_id
WHERE spent_proof.received_id = excluded.received_id
"""


@dataclass(frozen=True, slots=True)
class MachineKey:
    """A registered public key and whose it is; never changes."""

    key_id: str
    kind: MachineKind
    machine_id: int
    public_key: PublicKey


def register_machine(
    session: Session, kind: MachineKind, machine_id: int, public_key_jwk: Mapping[str, object], now: datetime
) -> str:
    """Register the public key of a partner or a terminal and return its key id.

    Raises:
        KeyNotUsable: It is not an Ed25519 or P-256 public key in JWK form.
        KeyAlreadyRegistered: Some machine has it already.
    """
    try:
        key = read_public_jwk(public_key_jwk)
    except KeyUnusable:
        problem = FieldProblem("#/public_key", KeyNotUsable.code, KeyNotUsable.detail)
        raise KeyNotUsable(errors=[problem]) from None
    key_id = key_id_of(key)
    if execute(session, _INSERT, (key_id, kind, machine_id, Jsonb(public_jwk(key)), now)) == 0:
        problem = FieldProblem("#/public_key", KeyAlreadyRegistered.code, KeyAlreadyRegistered.detail)
        raise KeyAlreadyRegistered(errors=[problem])
    return key_id


def find_machine_key(session: Session, key_id: str) -> MachineKey | None:
    """Return the key of this name and its machine."""
    found = fetch_one(session, _FIND, (key_id,))
    if found is None:
        return None
    return MachineKey(key_id, cast("MachineKind", found[0]), found[1], read_public_jwk(found[2]))


def spend_proof(session: Session, caller: MachineCaller, now: datetime) -> None:
    """Spend the one-time id of a machine's request in the transaction that does what it asks.

    Raises:
        RequestReplayed: The id was spent before.
        TokenExpired: Its time ran out while the request waited; the id may be forgotten already.
    """
    proof = caller.proof
    if now >= proof.expires_at:
        raise TokenExpired
    values = (caller.key_id, UUID(proof.request_id), proof.received_id, proof.expires_at)
    if execute(session, _SPEND, values) == 0:
        raise RequestReplayed


def spend_once(session: Session, key_id: str, once: SignedOnce) -> bool:
    """Spend the one-time id of anything else a key signed; ``False`` if it was spent before."""
    return execute(session, _SPEND, (key_id, once.one_time_id, None, once.expires_at)) == 1
