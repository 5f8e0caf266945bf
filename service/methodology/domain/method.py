"""A method version: what it says of itself, and the doors to quantify, explain and check."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from service.core.texts import Text
from service.core.units import ReductionMg
from service.methodology.domain.checks import Checks, Limit, Violation
from service.methodology.domain.figures import (
    EvidenceTier,
    Filing,
    GoldenVector,
    Input,
    Klass,
    MgAccount,
    NaturalKey,
    Parameter,
)
from service.methodology.domain.integers import Columns, Row
from service.methodology.domain.plan import Plan, Step


@dataclass(frozen=True, slots=True)
class Method:
    """One version of a method. Once published it never changes; ``digest`` is the SHA-256 of its file."""

    method_id: str
    version: int
    title: Text
    summary: Text
    scope: Text
    activity_type: str
    sector: str
    klass: Klass
    filing: Filing
    effective_from: date
    effective_until: date | None
    limits: tuple[Limit, ...]
    natural_key: NaturalKey
    golden: tuple[GoldenVector, ...]
    digest: str
    plan: Plan = field(repr=False)

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The quantities an activity must bring."""
        return self.plan.inputs

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The figures of the method."""
        return self.plan.parameters

    @property
    def evidence(self) -> tuple[EvidenceTier, ...]:
        """The kinds of evidence the method accepts, strongest first."""
        return self.plan.tiers

    @property
    def placeholders(self) -> tuple[str, ...]:
        """The names of the figures that only stand in for Kunming's own."""
        figures = [figure.name for figure in self.parameters if figure.basis.status == "placeholder"]
        shares = [f"evidence.{tier.kind}" for tier in self.evidence if tier.basis.status == "placeholder"]
        return (*figures, *shares)

    @property
    def has_placeholder(self) -> bool:
        """Whether any figure only stands in for Kunming's own."""
        return bool(self.placeholders)

    def mg_account(self) -> MgAccount:
        """Return the account its reductions are booked on; entrustment is asked by who credits.

        Only a creditable method that is filed and free of placeholders can lead to PHCER.
        """
        if self.klass == "incentive":
            return "incentive"
        return "creditable" if self.filing.state == "filed" and not self.has_placeholder else "provisional"

    def in_force_on(self, day: date) -> bool:
        """Tell whether ``day`` lies within the declared dates (a later version may still supersede this one)."""
        return self.effective_from <= day and (self.effective_until is None or day <= self.effective_until)

    def quantify(self, inputs: Row, evidence: str) -> ReductionMg:
        """Return the reduction of one activity in mg."""
        return self.plan.quantify(inputs, evidence)

    def quantify_many(self, columns: Columns, evidence: Sequence[str]) -> list[int]:
        """Return the reductions of many activities in mg: the same integers as :meth:`quantify`."""
        return self.plan.quantify_many(columns, evidence)

    def explain(self, inputs: Row, evidence: str) -> tuple[Step, ...]:
        """Return the steps that lead to the figure of :meth:`quantify`, with values and sources."""
        return self.plan.explain(inputs, evidence)

    def violation(self, inputs: Mapping[str, int], evidence: str) -> Violation | None:
        """Return why the method does not take this activity, or ``None`` when it does."""
        return self._checks().violation(inputs, evidence)

    def violations_many(self, columns: Columns, evidence: Sequence[str]) -> list[Violation | None]:
        """Return for each activity why the method does not take it, or ``None`` where it does."""
        return self._checks().violations_many(columns, evidence)

    def _checks(self) -> Checks:
        return Checks(self.inputs, self.limits, self.evidence)
