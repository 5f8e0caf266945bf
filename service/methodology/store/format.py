"""The format of a method file, as a strict schema. Messages are stable codes; sentences are added on report."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from schemas.fields import (
    COMMON_MESSAGES,
    Choice,
    Day,
    Items,
    Part,
    Pattern,
    PlainText,
    WholeNumber,
    Wire,
    refuse,
)
from service.core.units import BIGINT_MAX

NAME = r"[a-z][a-z0-9_]{0,39}"
EVIDENCE_KINDS = ("fare_gate", "meter", "operator_order", "gps", "photo", "self")
SECTORS = ("clothing", "food", "housing", "travel", "goods", "office", "digital")
STATUSES = ("found", "derived", "placeholder")
LIMIT_CODES = ("TOO_NEAR", "TOO_FAR", "TOO_SHORT", "TOO_LONG", "TOO_SLOW", "TOO_FAST")
KEY_FIELDS = ("citizen_id", "started_at", "vehicle_no")

SENTENCES = {
    "MISSING_FIELD": "this field is required",
    "UNKNOWN_FIELD": "this field is not known",
    "NULL_NOT_ALLOWED": "this field cannot be empty",
    "WRONG_TYPE": "the value is of another type",
    "NOT_AN_INTEGER": "the value must be a whole number",
    "NOT_A_DECIMAL": "the value must be a plain decimal number",
    "NEGATIVE": "the value cannot be negative",
    "OUT_OF_RANGE": "the value is out of range",
    "WRONG_FORM": "the value is not of the declared form",
    "NOT_A_CHOICE": "the value is not one of those allowed",
    "BAD_DAY": "the value must be a day, YYYY-MM-DD",
    "WRONG_COUNT": "there are too few or too many items",
    "FILED_WITHOUT_NUMBER": "a filed method names its number and authority",
    "LOW_ABOVE_HIGH": "low is above high",
    "ENDS_BEFORE_START": "effective_until is before effective_from",
    "ONE_BOUND": "give exactly one of at_least and at_most",
}


class Figure(fields.Field[Decimal]):
    """An exact figure that is not negative: a whole or plain decimal number."""

    default_error_messages = COMMON_MESSAGES

    def _deserialize(
        self,
        value: Any,  # noqa: ANN401 - marshmallow's signature
        attr: str | None,  # noqa: ARG002 - the same
        data: Mapping[str, Any] | None,  # noqa: ARG002 - the same
        **kwargs: Any,  # noqa: ANN401, ARG002 - the same
    ) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            code = "NOT_A_DECIMAL"
            raise refuse(code)
        if value < 0:
            code = "NEGATIVE"
            raise refuse(code)
        return Decimal(value)


class TextPart(Wire):
    """A sentence in both languages."""

    zh = PlainText(max_length=600, required=True)
    en = PlainText(max_length=600, required=True)


class FilingPart(Wire):
    """Whether an authority has filed the method."""

    state = Choice("none", "draft", "filed", required=True)
    number = PlainText(max_length=80, load_default=None)
    authority = Part(TextPart, load_default=None)

    @validates_schema
    def _filed_names_its_number(self, data: dict[str, Any], **_: object) -> None:
        if data.get("state") == "filed" and not (data.get("number") and data.get("authority")):
            code = "FILED_WITHOUT_NUMBER"
            raise ValidationError(code, "state")


class BasisPart(Wire):
    """What every figure says of its origin."""

    status = Choice(*STATUSES, required=True)
    source = Part(TextPart, required=True)
    year = WholeNumber(low=1990, high=2100, load_default=None)
    region = Part(TextPart, load_default=None)
    reference = PlainText(max_length=300, load_default=None)


class InputPart(Wire):
    """A quantity an activity must bring."""

    name = Pattern(NAME, required=True)
    title = Part(TextPart, required=True)
    unit = PlainText(max_length=40, required=True)
    low = WholeNumber(low=0, high=BIGINT_MAX, required=True)
    high = WholeNumber(low=0, high=BIGINT_MAX, required=True)

    @validates_schema
    def _in_order(self, data: dict[str, Any], **_: object) -> None:
        if "low" in data and "high" in data and data["low"] > data["high"]:
            code = "LOW_ABOVE_HIGH"
            raise ValidationError(code, "low")


class ParameterPart(BasisPart):
    """A figure of the method."""

    name = Pattern(NAME, required=True)
    title = Part(TextPart, required=True)
    value = Figure(required=True)
    unit = PlainText(max_length=40, required=True)


class StepPart(Wire):
    """A named step with one rounding."""

    name = Pattern(NAME, required=True)
    title = Part(TextPart, required=True)
    formula = PlainText(max_length=400, required=True)
    unit = PlainText(max_length=40, required=True)
    rounding = Choice("down", "up", required=True)


class TierPart(BasisPart):
    """A kind of evidence and the share it is worth."""

    kind = Choice(*EVIDENCE_KINDS, required=True)
    title = Part(TextPart, required=True)
    share = Figure(required=True)

    @validates_schema
    def _at_most_all(self, data: dict[str, Any], **_: object) -> None:
        if "share" in data and data["share"] > 1:
            code = "OUT_OF_RANGE"
            raise ValidationError(code, "share")


class BoundPart(Wire):
    """A limit's value with its unit."""

    value = Figure(required=True)
    unit = PlainText(max_length=40, required=True)


class LimitPart(BasisPart):
    """A plausibility limit."""

    code = Choice(*LIMIT_CODES, required=True)
    measure = Pattern(NAME, required=True)
    per = Pattern(NAME, load_default=None)
    at_least = Part(BoundPart, load_default=None)
    at_most = Part(BoundPart, load_default=None)

    @validates_schema
    def _one_bound(self, data: dict[str, Any], **_: object) -> None:
        if (data.get("at_least") is None) == (data.get("at_most") is None):
            code = "ONE_BOUND"
            raise ValidationError(code, "code")


class NaturalKeyPart(Wire):
    """The recipe of the natural key."""

    fields_ = Items(Choice(*KEY_FIELDS), low=1, high=len(KEY_FIELDS), required=True, data_key="fields")
    bucket_s = WholeNumber(low=1, high=86_400, required=True)


class GoldenPart(Wire):
    """A worked example."""

    inputs = fields.Dict(keys=Pattern(NAME), values=WholeNumber(low=0, high=BIGINT_MAX), required=True)
    evidence = Choice(*EVIDENCE_KINDS, required=True)
    steps = fields.Dict(keys=Pattern(NAME), values=WholeNumber(low=-BIGINT_MAX, high=BIGINT_MAX), required=True)
    reduction_mg = WholeNumber(low=0, high=BIGINT_MAX, required=True)
    note = Part(TextPart, required=True)


class MethodFile(Wire):
    """One version of a method."""

    format = WholeNumber(low=1, high=1, required=True)
    method_id = Pattern(NAME, required=True)
    version = WholeNumber(low=1, high=9_999, required=True)
    title = Part(TextPart, required=True)
    summary = Part(TextPart, required=True)
    scope = Part(TextPart, required=True)
    activity_type = Pattern(NAME, required=True)
    sector = Choice(*SECTORS, required=True)
    klass = Choice("creditable", "incentive", required=True, data_key="class")
    filing = Part(FilingPart, required=True)
    effective_from = Day(required=True)
    effective_until = Day(load_default=None, allow_none=True)
    inputs = Items(Part(InputPart), low=1, high=20, required=True)
    parameters = Items(Part(ParameterPart), low=1, high=60, required=True)
    steps = Items(Part(StepPart), low=1, high=30, required=True)
    evidence = Items(Part(TierPart), low=1, high=len(EVIDENCE_KINDS), required=True)
    checks = Items(Part(LimitPart), low=0, high=20, required=True)
    natural_key = Part(NaturalKeyPart, required=True)
    golden = Items(Part(GoldenPart), low=1, high=50, required=True)

    @validates_schema
    def _in_order(self, data: dict[str, Any], **_: object) -> None:
        until = data.get("effective_until")
        if until is not None and "effective_from" in data and until < data["effective_from"]:
            code = "ENDS_BEFORE_START"
            raise ValidationError(code, "effective_until")
