"""The compiled method: one form that quantifies one activity, a million, or explains a figure step by step."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from service.core.texts import Text
from service.core.units import ReductionMg
from service.methodology.domain.compiling import Rounding
from service.methodology.domain.expressions import NAME
from service.methodology.domain.figures import EvidenceTier, FigureStatus, Input, Parameter
from service.methodology.domain.integers import Columns, Node, Row
from service.methodology.domain.refusals import EvidenceNotAccepted, MethodInputMissing, MethodInputOutOfBounds

REDUCTION = "reduction"
REDUCTION_UNIT = "mgCO2e"
CREDITED = "credited"
CREDITED_TITLE = Text("按证据等级计入的减排量", "Reduction credited for the evidence")
CREDITED_FORMULA = f"max(0, {REDUCTION}) * evidence_share"
EVIDENCE_SHARE_TITLE = Text("证据等级系数：{tier}", "Share for the evidence: {tier}")


@dataclass(frozen=True, slots=True)
class CompiledStep:
    """A declared step: its text for people and its node for the machine."""

    name: str
    title: Text
    formula: str
    unit: str
    rounding: Rounding
    names: tuple[str, ...]
    node: Node


@dataclass(frozen=True, slots=True)
class StepValue:
    """A value that went into a step; figures carry their basis, activity data and earlier steps do not."""

    name: str
    title: Text
    amount: str
    unit: str
    status: FigureStatus | None = None
    year: int | None = None
    source: Text | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an explanation: anyone can put the values into the formula and round as said."""

    name: str
    title: Text
    formula: str
    substituted: str
    values: tuple[StepValue, ...]
    result: int
    unit: str
    rounding: Rounding

    @property
    def sources(self) -> tuple[Text, ...]:
        """The distinct sources of the step's figures, in order."""
        return tuple(dict.fromkeys(value.source for value in self.values if value.source is not None))


@dataclass(frozen=True, slots=True)
class Plan:
    """Inputs, figures, steps and evidence tiers of a method, ready to be evaluated."""

    inputs: tuple[Input, ...]
    parameters: tuple[Parameter, ...]
    steps: tuple[CompiledStep, ...]
    tiers: tuple[EvidenceTier, ...]

    def quantified_inputs(self) -> tuple[Input, ...]:
        """Return the inputs that the formulas use; the others serve the checks only."""
        used = {name for step in self.steps for name in step.names}
        return tuple(each for each in self.inputs if each.name in used)

    def results(self, inputs: Row) -> dict[str, int]:
        """Return the whole-number result of every step, in order.

        Raises:
            MethodInputMissing: An input that a formula uses is not there.
            MethodInputOutOfBounds: An input is no whole number within its bounds.
        """
        env: dict[str, int] = {}
        for each in self.quantified_inputs():
            if each.name not in inputs:
                raise MethodInputMissing(field=each.name)
            env[each.name] = _within(each, [inputs[each.name]])[0]
        found: dict[str, int] = {}
        for step in self.steps:
            env[step.name] = found[step.name] = step.node.one(env)
        return found

    def quantify(self, inputs: Row, evidence: str) -> ReductionMg:
        """Return the reduction of one activity in mg, floored at zero and rounded down."""
        tier = self.tier(evidence)
        reduction = self.results(inputs)[REDUCTION]
        return ReductionMg(max(0, reduction) * tier.share.numerator // tier.share.denominator)

    def quantify_many(self, columns: Columns, evidence: Sequence[str]) -> list[int]:
        """Return the reductions of many activities in mg: the same integers as one by one."""
        rows = len(evidence)
        numerators, denominator = self._shares(evidence)
        env: dict[str, Sequence[int]] = {}
        for each in self.quantified_inputs():
            if each.name not in columns:
                raise MethodInputMissing(field=each.name)
            env[each.name] = _within(each, columns[each.name])
            if len(env[each.name]) != rows:
                msg = f"{each.name} has {len(env[each.name])} rows, evidence has {rows}"
                raise ValueError(msg)
        for step in self.steps:
            env[step.name] = step.node.many(env, rows)
        reductions = env[REDUCTION]
        if set(numerators) <= {denominator}:
            return [value if value > 0 else 0 for value in reductions]  # noqa: FURB136 - max() is 4x slower
        pairs = zip(reductions, numerators, strict=True)
        return [value * share // denominator if value > 0 else 0 for value, share in pairs]

    def explain(self, inputs: Row, evidence: str) -> tuple[Step, ...]:
        """Return every step with formula, values, sources and result; the last result is the figure credited."""
        tier = self.tier(evidence)
        results = self.results(inputs)
        known = dict(self._values(inputs, results))
        steps = [_explained(step, known, results[step.name]) for step in self.steps]
        credited = max(0, results[REDUCTION]) * tier.share.numerator // tier.share.denominator
        return (*steps, _credited(tier, known[REDUCTION], credited))

    def tier(self, evidence: str) -> EvidenceTier:
        """Return the tier of a kind of evidence.

        Raises:
            EvidenceNotAccepted: The method gives nothing for it.
        """
        for tier in self.tiers:
            if tier.kind == evidence:
                return tier
        raise EvidenceNotAccepted(evidence=evidence)

    def _shares(self, evidence: Sequence[str]) -> tuple[list[int], int]:
        """Return each activity's share as a numerator over one common denominator."""
        denominator = math.lcm(*(tier.share.denominator for tier in self.tiers))
        kinds = {kind: self.tier(kind).share for kind in set(evidence)}
        numerators = {kind: int(share * denominator) for kind, share in kinds.items()}
        return [numerators[kind] for kind in evidence], denominator

    def _values(self, inputs: Row, results: Mapping[str, int]) -> Iterator[tuple[str, StepValue]]:
        for given in self.quantified_inputs():
            amount = str(inputs[given.name])
            yield given.name, StepValue(given.name, given.title, amount, given.unit.symbol)
        for figure in self.parameters:
            basis = figure.basis
            value = StepValue(
                name=figure.name,
                title=figure.title,
                amount=figure.written,
                unit=figure.unit.symbol,
                status=basis.status,
                year=basis.year,
                source=basis.source,
                reference=basis.reference,
            )
            yield figure.name, value
        for step in self.steps:
            yield step.name, StepValue(step.name, step.title, str(results[step.name]), step.unit)


def _within(declared: Input, column: Sequence[int]) -> Sequence[int]:
    """Return the column when every value is a whole number within the declared bounds."""
    whole = set(map(type, column)) <= {int}
    if not whole or (column and not declared.low <= min(column) <= max(column) <= declared.high):
        raise MethodInputOutOfBounds(field=declared.name, low=declared.low, high=declared.high)
    return column


def _explained(step: CompiledStep, known: Mapping[str, StepValue], result: int) -> Step:
    return Step(
        name=step.name,
        title=step.title,
        formula=step.formula,
        substituted=_substituted(step.formula, known),
        values=tuple(known[name] for name in dict.fromkeys(step.names)),
        result=result,
        unit=step.unit,
        rounding=step.rounding,
    )


def _credited(tier: EvidenceTier, reduction: StepValue, result: int) -> Step:
    title = Text(
        EVIDENCE_SHARE_TITLE.say("zh-CN", tier=tier.title.zh), EVIDENCE_SHARE_TITLE.say("en", tier=tier.title.en)
    )
    basis = tier.basis
    share = StepValue(
        name="evidence_share",
        title=title,
        amount=tier.written,
        unit="",
        status=basis.status,
        year=basis.year,
        source=basis.source,
        reference=basis.reference,
    )
    known = {REDUCTION: reduction, share.name: share}
    return Step(
        name=CREDITED,
        title=CREDITED_TITLE,
        formula=CREDITED_FORMULA,
        substituted=_substituted(CREDITED_FORMULA, known),
        values=(reduction, share),
        result=result,
        unit=REDUCTION_UNIT,
        rounding="down",
    )


def _substituted(formula: str, known: Mapping[str, StepValue]) -> str:
    """Return the formula with every name replaced by its amount and unit."""

    def spoken(found: re.Match[str]) -> str:
        value = known.get(found[0])
        return found[0] if value is None else f"{value.amount} {value.unit}".rstrip()

    return NAME.sub(spoken, formula)
