"""Business numbers: written first, looked up before anything else, remembered for ever.

A number belongs to its caller. Its digest covers what is asked, never how the asking is proved, so a client may
sign the same request anew and still get the first answer. Only what was done is remembered: a refusal rolls the
number back with everything else, and it may be tried again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import orjson
from psycopg.types.json import Json
from sqlmodel import Session

from service.core.database import execute, fetch_one
from service.core.refusals import NumberReused


@dataclass(frozen=True, slots=True)
class NumberKey:
    """Whose number it is, for what verb, and the number itself."""

    caller_kind: str
    caller_id: int
    verb: str
    number: str


_CLAIM = """
INSERT INTO business_number (caller_id, caller_kind, verb, number, digest, created_at)
VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (caller_id, caller_kind, verb, number) DO NOTHING
"""

_FIRST = """
SELECT digest, answer FROM business_number
WHERE caller_id = %s AND caller_kind = %s AND verb = %s AND number = %s
"""

_REMEMBER = """
UPDATE business_number SET answer = %s
WHERE caller_id = %s AND caller_kind = %s AND verb = %s AND number = %s AND answer IS NULL
"""


def digest_of(asked: Mapping[str, object]) -> bytes:
    """Return the SHA-256 of what is asked, written as canonical JSON (sorted keys)."""
    return sha256(orjson.dumps(asked, option=orjson.OPT_SORT_KEYS, default=str)).digest()


def claim(session: Session, key: NumberKey, asked: Mapping[str, object], now: datetime) -> dict[str, Any] | None:
    """Write the number, or find what it stands for.

    A concurrent request with the same number waits here until the first one has ended, so exactly one does the
    work.

    Returns:
        ``None`` when the number is new and the work is to be done; otherwise the first answer.

    Raises:
        NumberReused: The number stands for a request with other content.
    """
    digest = digest_of(asked)
    place = (key.caller_id, key.caller_kind, key.verb, key.number)
    while execute(session, _CLAIM, (*place, digest, now)) == 0:
        first = fetch_one(session, _FIRST, place)
        if first is None:
            # The one we waited for rolled back between our two statements: the number is free again.
            continue
        if bytes(first[0]) != digest:
            raise NumberReused(number=key.number)
        return dict(first[1])
    return None


def remember(session: Session, key: NumberKey, answer: Mapping[str, object]) -> None:
    """Keep the first answer with its number, in the transaction that did the work."""
    place = (key.caller_id, key.caller_kind, key.verb, key.number)
    if execute(session, _REMEMBER, (Json(dict(answer), dumps=_dumps), *place)) != 1:
        message = f"number {key.number!r} was not claimed in this transaction"
        raise LookupError(message)


def _dumps(value: Any) -> bytes:  # noqa: ANN401 - any JSON value
    return orjson.dumps(value, default=str)
