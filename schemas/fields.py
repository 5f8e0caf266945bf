"""Fields that refuse what marshmallow quietly accepts.

marshmallow's own ``Integer`` takes ``"12"`` and cuts ``12.9``; its ``Boolean`` takes ``"yes"``; its ``DateTime``
takes times without an offset. On this wire a value is of the declared type or is refused, and every refusal is a
stable code (the message of each error is the code; the sentence is added where the language is known).
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from marshmallow import RAISE, Schema, ValidationError, fields

SHANGHAI = ZoneInfo("Asia/Shanghai")
JSON_INTEGER_MAX = 2**53 - 1

_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_BUSINESS_NO = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)

COMMON_MESSAGES: dict[str, Any] = {
    "required": "MISSING_FIELD",
    "null": "NULL_NOT_ALLOWED",
    "validator_failed": "INVALID_VALUE",
    "invalid": "WRONG_TYPE",
}


class Wire(Schema):
    """A body or a query in which unknown fields are refused."""

    error_messages = {
        "type": "WRONG_TYPE",
        "unknown": "UNKNOWN_FIELD",
    }

    class Meta:
        unknown = RAISE


def refuse(code: str) -> ValidationError:
    """Return the error that carries a stable code."""
    return ValidationError(code)


def _metadata(form: Mapping[str, object], more: dict[str, Any]) -> dict[str, object]:
    """Return what OpenAPI says of a field: its form and what its schema adds (taken out of ``more``)."""
    return {**form, **more.pop("metadata", {})}


class _Coded(fields.Field[Any]):
    """A field whose messages are codes."""

    default_error_messages = COMMON_MESSAGES


class WholeNumber(_Coded):
    """A JSON integer within bounds; ``12.9``, ``12.0``, ``"12"`` and ``true`` are refused."""

    def __init__(self, *, low: int = 0, high: int = JSON_INTEGER_MAX, **kwargs: Any) -> None:
        super().__init__(
            metadata=_metadata({"type": "integer", "minimum": low, "maximum": high}, kwargs), **kwargs
        )
        self.low = low
        self.high = high

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> int | None:
        return None if value is None else int(value)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            code = "NOT_AN_INTEGER" if isinstance(value, float) else "WRONG_TYPE"
            raise refuse(code)
        if not self.low <= value <= self.high:
            raise refuse("OUT_OF_RANGE")
        return value


class QueryNumber(WholeNumber):
    """A whole number in a query string, written in plain decimal digits."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        if not re.fullmatch(r"-?\d{1,16}", str(value), re.ASCII):
            raise refuse("NOT_AN_INTEGER")
        return super()._deserialize(int(value), attr, data, **kwargs)


class PlainText(_Coded):
    """Text for people: normalised to NFC, no control characters, not blank, of bounded length."""

    def __init__(self, *, max_length: int, min_length: int = 1, **kwargs: Any) -> None:
        bounds = {"type": "string", "minLength": min_length, "maxLength": max_length}
        super().__init__(metadata=_metadata(bounds, kwargs), **kwargs)
        self.min_length = min_length
        self.max_length = max_length

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else str(value)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise refuse("WRONG_TYPE")
        text = unicodedata.normalize("NFC", value)
        if any(unicodedata.category(letter) in {"Cc", "Cs", "Co", "Cn"} for letter in text):
            raise refuse("CONTROL_CHARACTER")
        if len(text.strip()) < self.min_length:
            raise refuse("TOO_SHORT")
        if len(text) > self.max_length:
            raise refuse("TOO_LONG")
        return text


class Pattern(_Coded):
    """A string of one exact form."""

    def __init__(self, pattern: str, *, code: str = "WRONG_FORM", **kwargs: Any) -> None:
        super().__init__(metadata=_metadata({"type": "string", "pattern": f"^(?:{pattern})$"}, kwargs), **kwargs)
        self.pattern = re.compile(pattern, re.ASCII)
        self.code = code

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else str(value)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise refuse("WRONG_TYPE")
        if not self.pattern.fullmatch(value):
            raise refuse(self.code)
        return value


class BusinessNo(Pattern):
    """A caller's own business number: 1 to 64 of letters, digits, dot, underscore and hyphen."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(_BUSINESS_NO.pattern, code="BAD_NUMBER", **kwargs)


class Choice(_Coded):
    """One of a few words."""

    def __init__(self, *words: str, **kwargs: Any) -> None:
        super().__init__(metadata=_metadata({"type": "string", "enum": list(words)}, kwargs), **kwargs)
        self.words = words

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else str(value)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise refuse("WRONG_TYPE")
        if value not in self.words:
            raise refuse("NOT_A_CHOICE")
        return value


class Flag(_Coded):
    """``true`` or ``false``, nothing else."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata=_metadata({"type": "boolean"}, kwargs), **kwargs)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> bool | None:
        return None if value is None else bool(value)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise refuse("WRONG_TYPE")
        return value


class Instant(_Coded):
    """An RFC 3339 time with its offset; answered in Kunming's (+08:00)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata=_metadata({"type": "string", "format": "date-time"}, kwargs), **kwargs)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.astimezone(SHANGHAI).isoformat()

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> datetime:
        if not isinstance(value, str):
            raise refuse("WRONG_TYPE")
        form = _INSTANT.fullmatch(value)
        if form is None:
            raise refuse("BAD_TIME")
        if form[2] is None:
            raise refuse("NAIVE_TIME")
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            raise refuse("BAD_TIME") from None


class Day(_Coded):
    """A calendar day, ``YYYY-MM-DD``."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata=_metadata({"type": "string", "format": "date"}, kwargs), **kwargs)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.isoformat()

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> date:
        if not isinstance(value, str):
            raise refuse("WRONG_TYPE")
        if not _DAY.fullmatch(value):
            raise refuse("BAD_DAY")
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise refuse("BAD_DAY") from None


class Uuid(_Coded):
    """A UUID in its lower-case form."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata=_metadata({"type": "string", "format": "uuid"}, kwargs), **kwargs)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else str(value)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> UUID:
        if not isinstance(value, str) or not _UUID.fullmatch(value):
            raise refuse("BAD_UUID")
        return UUID(value)


class Items(fields.List[Any]):
    """A list of bounded length."""

    default_error_messages = COMMON_MESSAGES

    def __init__(self, inner: fields.Field[Any], *, low: int = 0, high: int, **kwargs: Any) -> None:
        super().__init__(inner, metadata=_metadata({"minItems": low, "maxItems": high}, kwargs), **kwargs)
        self.low = low
        self.high = high

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> list[Any]:
        found = super()._deserialize(value, attr, data, **kwargs)
        if not self.low <= len(found) <= self.high:
            raise refuse("WRONG_COUNT")
        return found


class Part(fields.Nested):
    """An object within an object."""

    default_error_messages = {**COMMON_MESSAGES, "type": "WRONG_TYPE"}


class PageQuery(Wire):
    """The query of every list."""

    after = PlainText(max_length=400, load_default=None)
    limit = QueryNumber(low=1, high=500, load_default=50)


class Empty(Wire):
    """A query or a body that takes nothing."""
