"""PostgreSQL arrays written as text, for statements that take thousands of values at once.

psycopg looks at every element of a list to choose its type and to escape it, which for a chunk of a batch costs
more than the statement itself. The types are known here (statements cast every parameter), so columns are joined.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

_SAFE = re.compile(r"[A-Za-z0-9._-]*")


def of_numbers(values: Iterable[int]) -> str:
    """Return a ``bigint[]``."""
    return f"{{{','.join(map(str, values))}}}"


def of_optional_numbers(values: Iterable[int | None]) -> str:
    """Return a ``bigint[]`` that may hold nulls."""
    return f"{{{','.join(['NULL' if value is None else str(value) for value in values])}}}"


def of_optional_days(values: Iterable[date | None]) -> str:
    """Return a ``date[]`` that may hold nulls."""
    return f"{{{','.join(['NULL' if value is None else value.isoformat() for value in values])}}}"


def of_ids(values: Iterable[UUID]) -> str:
    """Return a ``uuid[]``."""
    return f"{{{','.join([value.hex for value in values])}}}"


def of_bytes(values: Iterable[bytes]) -> str:
    """Return a ``bytea[]``, each in the hex form."""
    inner = '","\\\\x'.join([value.hex() for value in values])
    return f'{{"\\\\x{inner}"}}' if inner else "{}"


def of_business_numbers(values: Sequence[str]) -> str:
    """Return a ``text[]`` of business numbers, which need no escaping.

    Raises:
        ValueError: One has a character that no business number has.
    """
    if not _SAFE.fullmatch("".join(values)):
        message = "not business numbers"
        raise ValueError(message)
    inner = '","'.join(values)
    return f'{{"{inner}"}}' if values else "{}"


def of_words(values: Iterable[str]) -> str:
    """Return a ``text[]`` of plain words.

    Raises:
        ValueError: One is more than letters, digits and underscores, and would have to be quoted.
    """
    words = list(values)
    for word in set(words):
        if not word.isidentifier() or word.upper() == "NULL":
            message = f"not a plain word: {word!r}"
            raise ValueError(message)
    return f"{{{','.join(words)}}}"
