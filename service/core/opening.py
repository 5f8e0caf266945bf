"""What commands and sweeps are handed: the doors, opened only when they are first needed."""

from collections.abc import Callable
from dataclasses import dataclass

from service.core.checks import NamedCheck
from service.core.context import Context


@dataclass(frozen=True, slots=True)
class Opening:
    """Opens the service for one command; `tanhui --help` needs no database."""

    context: Callable[[], Context]
    checks: tuple[NamedCheck, ...]


@dataclass(frozen=True, slots=True)
class Sweep:
    """Work that a state in our own tables asks for; the worker runs every sweep again and again.

    ``run`` does one bounded piece and tells whether it found any, so that a lost hint loses nothing.
    """

    name: str
    run: Callable[[Context], bool]
