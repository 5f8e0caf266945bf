"""The parts a method is made of: inputs, sourced figures, evidence tiers, filing, natural key, golden vectors."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Literal

from service.core.texts import Text
from service.methodology.domain.units import Unit

Klass = Literal["creditable", "incentive"]
FigureStatus = Literal["found", "derived", "placeholder"]
FilingState = Literal["none", "draft", "filed"]
MgAccount = Literal["creditable", "provisional", "incentive"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Basis:
    """Where a figure comes from and how far it can be trusted for Kunming.

    ``found``: read in the named source, and it holds for Kunming. ``derived``: computed from such figures.
    ``placeholder``: stands in until Kunming has its own; such a method can never become PHCER.
    """

    status: FigureStatus
    source: Text
    year: int | None = None
    region: Text | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Input:
    """A quantity that the record of an activity must bring, in whole units within bounds."""

    name: str
    title: Text
    unit: Unit
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Parameter:
    """A figure of the method: exact value, how it is written, unit and basis."""

    name: str
    title: Text
    value: Fraction
    written: str
    unit: Unit
    basis: Basis


@dataclass(frozen=True, slots=True)
class EvidenceTier:
    """What share of the reduction a kind of evidence is worth."""

    kind: str
    title: Text
    share: Fraction
    written: str
    basis: Basis


@dataclass(frozen=True, slots=True)
class Filing:
    """Whether an authority has filed the method, and under what number."""

    state: FilingState
    number: str | None = None
    authority: Text | None = None


@dataclass(frozen=True, slots=True)
class NaturalKey:
    """The recipe of the key under which an act is credited once, whoever reports it.

    ``started_at`` counts in buckets of ``bucket_s`` seconds, so that two sources whose clocks differ a little
    still mean one act.
    """

    fields: tuple[str, ...]
    bucket_s: int

    def text_for(self, activity_type: str, values: Mapping[str, object]) -> str:
        """Return the key's text; only its keyed hash may be stored."""
        return json.dumps([activity_type, *(self._part(values[field]) for field in self.fields)])

    def _part(self, value: object) -> object:
        if isinstance(value, datetime):
            return (value - EPOCH) // timedelta(seconds=self.bucket_s)
        return value if isinstance(value, int) else str(value)


@dataclass(frozen=True, slots=True)
class GoldenVector:
    """A worked example that the method must reproduce to the milligram, every time it is loaded."""

    inputs: Mapping[str, int]
    evidence: str
    steps: Mapping[str, int]
    reduction_mg: int
    note: Text
