"""Citizens, the codes they sign in with, and the sessions that follow."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from uuid import UUID

CODE_DIGITS = 6
CODE_LIFETIME_S = 300
WRONG_ATTEMPTS_MAX = 5
ACCESS_TOKEN_LIFETIME_S = 900
SESSION_LIFETIME = timedelta(days=30)
"""Counted anew at each refresh."""


@dataclass(frozen=True, slots=True)
class Citizen:
    """A person who signed in at least once."""

    citizen_id: int
    phone_mask: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SentCode:
    """The last code that was sent to a phone."""

    code_hash: bytes
    wrong_attempts: int
    expires_at: datetime
    spent_at: datetime | None


class Verdict(Enum):
    """What becomes of a code that is presented."""

    RIGHT = auto()
    WRONG = auto()
    EXPIRED = auto()
    EXHAUSTED = auto()


def judge_code(sent: SentCode | None, presented_hash: bytes, now: datetime) -> Verdict:
    """Decide on a presented code.

    Only who knows the code learns that it has expired; a code that was used is as wrong as any other.
    """
    if sent is None:
        return Verdict.WRONG
    if sent.wrong_attempts >= WRONG_ATTEMPTS_MAX:
        return Verdict.EXHAUSTED
    if not hmac.compare_digest(sent.code_hash, presented_hash) or sent.spent_at is not None:
        return Verdict.WRONG
    return Verdict.EXPIRED if now >= sent.expires_at else Verdict.RIGHT


def code_from(random: bytes) -> str:
    """Return a code of six digits; eight random bytes leave a bias below one in 10^13."""
    return str(int.from_bytes(random, "big") % 10**CODE_DIGITS).zfill(CODE_DIGITS)


@dataclass(frozen=True, slots=True)
class CitizenSession:
    """A device that stays signed in: each refresh makes the next generation, the one before is spent."""

    citizen_id: int
    session_id: UUID
    generation: int
    expires_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a signed-in device holds."""

    access_token: str
    refresh_token: str
    expires_in_s: int


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A sign-in that succeeded; ``new`` when it made the account."""

    citizen: Citizen
    new: bool
    tokens: Tokens


@dataclass(frozen=True, slots=True)
class CodeSent:
    """A code is on its way. The answer is the same whether the phone is known or not."""

    expires_in_s: int
    resend_after_s: int
    address_limit: str
