"""Who is calling. A route gets exactly one of these as its first argument."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from service.core.numbers import NumberKey

MachineKind = Literal["partner", "terminal"]


@dataclass(frozen=True, slots=True)
class Proof:
    """The one-time id of a signed request, to be spent in the transaction that does what it asks.

    ``received_id`` names the arrival of this very request, so that our own second try after a broken connection
    is told from a replay by somebody else.
    """

    request_id: str
    expires_at: datetime
    received_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody without credentials, on a route that is open to everybody."""

    address: str


@dataclass(frozen=True, slots=True)
class CitizenCaller:
    """A signed-in citizen."""

    citizen_id: int

    def number_key(self, verb: str, number: str) -> NumberKey:
        """Return the key of this caller's business number."""
        return NumberKey("citizen", self.citizen_id, verb, number)


@dataclass(frozen=True, slots=True)
class OperatorCaller:
    """A signed-in operator."""

    operator_id: int
    login: str
    role: str

    def number_key(self, verb: str, number: str) -> NumberKey:
        """Return the key of this caller's business number."""
        return NumberKey("operator", self.operator_id, verb, number)


@dataclass(frozen=True, slots=True)
class MachineCaller:
    """A partner's or a terminal's signed request."""

    kind: MachineKind
    machine_id: int
    key_id: str
    proof: Proof

    def number_key(self, verb: str, number: str) -> NumberKey:
        """Return the key of this caller's business number."""
        return NumberKey(self.kind, self.machine_id, verb, number)


Caller = Visitor | CitizenCaller | OperatorCaller | MachineCaller


def kind_of(caller: Caller) -> str:
    """Return the word under which the permission table knows ``caller``."""
    if isinstance(caller, Visitor):
        return "anyone"
    if isinstance(caller, CitizenCaller):
        return "citizen"
    if isinstance(caller, OperatorCaller):
        return f"operator:{caller.role}"
    return caller.kind
