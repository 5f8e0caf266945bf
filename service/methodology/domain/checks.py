"""Which activities a method takes: declared bounds and plausibility limits, for one activity and for columns."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from service.core.texts import Text
from service.methodology.domain.figures import Basis, EvidenceTier, Input
from service.methodology.domain.integers import Columns

LimitCode = Literal["TOO_NEAR", "TOO_FAR", "TOO_SHORT", "TOO_LONG", "TOO_SLOW", "TOO_FAST"]

SENTENCES: dict[LimitCode, Text] = {
    "TOO_NEAR": Text("距离低于方法学下限 {bound}。", "The distance is below the method's minimum of {bound}."),
    "TOO_FAR": Text("距离超过方法学上限 {bound}。", "The distance is above the method's maximum of {bound}."),
    "TOO_SHORT": Text("时长低于方法学下限 {bound}。", "The duration is below the method's minimum of {bound}."),
    "TOO_LONG": Text("时长超过方法学上限 {bound}。", "The duration is above the method's maximum of {bound}."),
    "TOO_SLOW": Text(
        "平均速度低于方法学下限 {bound}。", "The mean speed is below the method's minimum of {bound}."
    ),
    "TOO_FAST": Text(
        "平均速度超过方法学上限 {bound}。", "The mean speed is above the method's maximum of {bound}."
    ),
}
OUT_OF_RANGE = Text("须为 {low} 至 {high} 的整数。", "The value must be a whole number from {low} to {high}.")
NOT_ACCEPTED = Text("该方法学不接受此证据类型。", "The method does not accept this kind of evidence.")


@dataclass(frozen=True, slots=True)
class Violation:
    """Why a method does not take an activity: a stable code, the field that says so, and a sentence."""

    code: str
    field: str
    detail: Text


@dataclass(frozen=True, slots=True)
class Limit:
    """A plausibility limit on an input, or on one input per another (a mean speed).

    ``bound`` is exact, in whole units of the measure (per unit of ``per``), so comparing needs no division.
    """

    code: LimitCode
    measure: str
    per: str | None
    at_least: bool
    bound: Fraction
    written: str
    basis: Basis

    def violation(self) -> Violation:
        """Return what is said of an activity beyond the limit."""
        sentence = SENTENCES[self.code]
        detail = Text(sentence.say("zh-CN", bound=self.written), sentence.say("en", bound=self.written))
        return Violation(self.code, self.measure, detail)

    def rows_beyond(self, columns: Columns) -> Iterator[int]:
        """Yield the rows that are beyond the limit."""
        measured, top, bottom = columns[self.measure], self.bound.numerator, self.bound.denominator
        per = columns[self.per] if self.per is not None else [1] * len(measured)
        pairs = enumerate(zip(measured, per, strict=True))
        if self.at_least:
            return (row for row, (value, unit) in pairs if value * bottom < top * unit)
        return (row for row, (value, unit) in pairs if value * bottom > top * unit)


@dataclass(frozen=True, slots=True)
class Checks:
    """Everything a method asks of an activity before it is quantified; the first violation is the one named."""

    inputs: tuple[Input, ...]
    limits: tuple[Limit, ...]
    tiers: tuple[EvidenceTier, ...]

    def violation(self, inputs: Mapping[str, int], evidence: str) -> Violation | None:
        """Return the first violation of one activity, or ``None``."""
        columns = {each.name: [inputs[each.name]] for each in self.inputs}
        return self.violations_many(columns, [evidence])[0]

    def violations_many(self, columns: Columns, evidence: Sequence[str]) -> list[Violation | None]:
        """Return the first violation of each activity, or ``None`` where there is none."""
        found: list[Violation | None] = [None] * len(evidence)
        # Later writes win, so the rules run from the last to the first.
        for limit in reversed(self.limits):
            said = limit.violation()
            for row in limit.rows_beyond(columns):
                found[row] = said
        self._mark_evidence(evidence, found)
        for each in reversed(self.inputs):
            self._mark_bounds(each, columns[each.name], found)
        return found

    def _mark_evidence(self, evidence: Sequence[str], found: list[Violation | None]) -> None:
        accepted = {tier.kind for tier in self.tiers}
        if set(evidence) <= accepted:
            return
        said = Violation("EVIDENCE_NOT_ACCEPTED", "evidence", NOT_ACCEPTED)
        for row, kind in enumerate(evidence):
            if kind not in accepted:
                found[row] = said

    @staticmethod
    def _mark_bounds(declared: Input, column: Sequence[int], found: list[Violation | None]) -> None:
        low, high = declared.low, declared.high
        if not column or low <= min(column) <= max(column) <= high:
            return
        detail = Text(OUT_OF_RANGE.say("zh-CN", low=low, high=high), OUT_OF_RANGE.say("en", low=low, high=high))
        said = Violation("OUT_OF_RANGE", declared.name, detail)
        for row, value in enumerate(column):
            if not low <= value <= high:
                found[row] = said
