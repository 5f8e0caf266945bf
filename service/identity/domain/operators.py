"""Operators: logins, passwords, roles."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

LOGIN = re.compile(r"[a-z0-9._-]{3,32}", re.ASCII)
PASSWORD_CHARACTERS_MIN = 12
PASSWORD_CHARACTERS_MAX = 128
SESSION_LIFETIME = timedelta(hours=8)
FIRST_OPERATOR_ID = 1
"""The first operator always gets this id, so of two that are made at once only one can be."""


@dataclass(frozen=True, slots=True)
class Operator:
    """Somebody who runs the platform."""

    operator_id: int
    login: str
    role: str


@dataclass(frozen=True, slots=True)
class OperatorSession:
    """A signed-in browser."""

    operator: Operator
    expires_at: datetime


def is_strong(password: str, login: str) -> bool:
    """Tell whether a password may be used."""
    fits = PASSWORD_CHARACTERS_MIN <= len(password) <= PASSWORD_CHARACTERS_MAX
    return fits and login not in password.lower()
