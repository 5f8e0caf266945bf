"""PostgreSQL arrays written as text.

psycopg looks at every element of a list to choose its type, which for one transfer costs more than the statement
itself. The types are known here (the statements cast every parameter), so the columns are simply joined.
"""

from collections.abc import Iterable
from datetime import date
from uuid import UUID


def of_numbers(values: Iterable[int | None]) -> str:
    """Return a ``bigint[]``."""
    return f"{{{','.join(['NULL' if value is None else str(value) for value in values])}}}"


def of_days(values: Iterable[date | None]) -> str:
    """Return a ``date[]``."""
    return f"{{{','.join(['NULL' if value is None else value.isoformat() for value in values])}}}"


def of_ids(values: Iterable[UUID]) -> str:
    """Return a ``uuid[]``."""
    return f"{{{','.join([value.hex for value in values])}}}"


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
