"""Cursor paging: the cursor is the last row's key, so a page never skips or repeats when rows are added."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from service.core.refusals import FieldProblem, InvalidRequest
from service.core.texts import Text

LIMIT_DEFAULT = 50


@dataclass(frozen=True, slots=True)
class Page:
    """What part of a list is asked for."""

    after: str | None = None
    limit: int = LIMIT_DEFAULT

    def key(self, length: int) -> list[str] | None:
        """Return the parts of the cursor, or ``None`` for the first page.

        Raises:
            InvalidRequest: The cursor is not one of ours for this list.
        """
        return None if self.after is None else decode_cursor(self.after, length)


def encode_cursor(parts: Sequence[object]) -> str:
    """Return an opaque cursor made of the key's parts."""
    return base64.urlsafe_b64encode(orjson.dumps([str(part) for part in parts])).rstrip(b"=").decode()


def decode_cursor(cursor: str, length: int) -> list[str]:
    """Return the parts that :func:`encode_cursor` was given.

    Raises:
        InvalidRequest: The cursor is not one of ours for this list.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        parts = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, binascii.Error):
        parts = None
    if not isinstance(parts, list) or len(parts) != length or not all(isinstance(p, str) for p in parts):
        raise bad_cursor()
    return parts


def bad_cursor() -> InvalidRequest:
    """Return the refusal of a cursor that is not ours."""
    detail = Text("游标无效，请使用上一页返回的 after。", "Use the after that the previous page gave.")
    return InvalidRequest(errors=[FieldProblem("#/after", "BAD_CURSOR", detail)])
