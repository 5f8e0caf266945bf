"""Prove the books."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice

from sqlmodel import Session

from service.core.checks import Finding, NamedCheck
from service.core.context import Context
from service.core.database import execute, transact
from service.core.texts import Text

_NO_TIME_LIMIT = "SET LOCAL statement_timeout = 0"


@dataclass(frozen=True, slots=True)
class Proof:
    """What one check found."""

    check: str
    proves: Text
    findings: tuple[Finding, ...]
    more: bool
    """There are more findings than were asked for."""

    @property
    def holds(self) -> bool:
        """Tell whether the books agree."""
        return not self.findings


def prove_books(context: Context, checks: Sequence[NamedCheck], limit: int) -> list[Proof]:
    """Run every check and keep the first ``limit`` findings of each; each check is a transaction of its own."""
    return [transact(context, partial(_prove, check, limit)) for check in checks]


def _prove(check: NamedCheck, limit: int, session: Session) -> Proof:
    execute(session, _NO_TIME_LIMIT)
    found = tuple(islice(check.run(session), limit + 1))
    return Proof(check.name, check.proves, found[:limit], more=len(found) > limit)
