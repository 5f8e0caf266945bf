"""The doors to the outside, handed to every operation: database, clock, ids, randomness, keys."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session

from service.core.clock import Clock
from service.core.keyring import Keyring


@dataclass(frozen=True, slots=True)
class Context:
    """Everything that is not a rule; frozen, so that a test can hand in its own."""

    engine: Engine
    open_session: Callable[[], Session]
    now: Clock
    new_id: Callable[[], UUID]
    random_bytes: Callable[[int], bytes]
    keyring: Keyring
    development: bool
    public_url: str
