"""Book checks: each context proves its own figures; `tanhui check-ledger` runs them all."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast

from sqlmodel import Session

from service.core.database import driver
from service.core.texts import Text

FETCHED_ROWS = 500


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
    proves: Text
    run: BookCheck


def proof_by_sql(name: str, proves: Text, sql: str) -> NamedCheck:
    """Return the check that streams what ``sql`` finds wrong: subject, expected, found.

    One statement sees one instant of the books while others keep posting; a server-side cursor needs the same
    memory whatever their size.
    """

    def run(session: Session) -> Iterator[Finding]:
        with driver(session).cursor(name=f"check_{name}") as cursor:
            cursor.itersize = FETCHED_ROWS
            cursor.execute(sql)
            for subject, expected, found in cast("Iterator[tuple[Any, Any, Any]]", cursor):
                yield Finding(name, subject, int(expected), int(found))

    return NamedCheck(name, proves, run)
