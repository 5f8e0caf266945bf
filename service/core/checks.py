"""Book checks: each context proves its own figures; `tanhui check-ledger` runs them all."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlmodel import Session


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where two figures that must agree do not."""

    check: str
    subject: str
    expected: int
    found: int


BookCheck = Callable[[Session], Iterator[Finding]]
"""Streams what it finds wrong, in bounded memory; yields nothing when the books agree."""


@dataclass(frozen=True, slots=True)
class NamedCheck:
    """A check with the sentence it proves."""

    name: str
    proves: str
    run: BookCheck
