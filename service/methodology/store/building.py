"""From the checked data of a file to the parts of a method: units fitted, formulas compiled, limits made exact."""

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeVar

from service.core.texts import Text
from service.core.units import BIGINT_MAX
from service.methodology.domain.checks import Limit
from service.methodology.domain.compiling import Exact, column, compile_step, constant
from service.methodology.domain.expressions import FormulaCode, FormulaError, names_in, parse_formula
from service.methodology.domain.figures import Basis, EvidenceTier, Input, Parameter
from service.methodology.domain.plan import CREDITED, REDUCTION, CompiledStep
from service.methodology.domain.units import PLAIN, Unit, quotient, spelled
from service.methodology.store.documents import Document
from service.methodology.store.problems import Path
from service.methodology.store.units import read_unit

T = TypeVar("T")
Fields = Mapping[str, Any]

RESERVED = frozenset({CREDITED, "evidence_share"})


class LeftOut(Exception):  # noqa: N818 - a signal within this module
    """This part has a problem, which has been noted."""


@dataclass(slots=True)
class Builder:
    """Builds the parts of one method and notes every problem with its line, so that an author sees them all."""

    document: Document
    data: Fields
    names: dict[str, Exact] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)

    def inputs(self) -> tuple[Input, ...]:
        """Build the inputs."""
        return self._every("inputs", self._input)

    def parameters(self) -> tuple[Parameter, ...]:
        """Build the figures."""
        return self._every("parameters", self._parameter)

    def steps(self) -> tuple[CompiledStep, ...]:
        """Build the steps, after inputs and parameters."""
        return self._every("steps", self._step)

    def tiers(self) -> tuple[EvidenceTier, ...]:
        """Build the evidence tiers, after the steps."""
        return self._every("evidence", self._tier)

    def limits(self) -> tuple[Limit, ...]:
        """Build the plausibility limits, after the inputs."""
        return self._every("checks", self._limit)

    def _every(self, key: str, build: Callable[[Fields, Path], T]) -> tuple[T, ...]:
        built: list[T] = []
        for at, part in enumerate(self.data[key]):
            try:
                built.append(build(part, (key, at)))
            except LeftOut:
                self.broken.add(part.get("name", ""))
        return tuple(built)

    @contextmanager
    def _at(self, *path: str | int) -> Iterator[None]:
        """Note what the block refuses at this place and leave the part out."""
        try:
            yield
        except FormulaError as error:
            self.document.report(path, error.code, error.message)
            raise LeftOut from None

    def _declare(self, name: str, value: Exact, unit: Unit, path: Path) -> None:
        if name in self.names or name in RESERVED:
            self.document.report((*path, "name"), "NAME_TAKEN", f"{name} is declared already or reserved")
            raise LeftOut
        self.names[name] = value
        self.units[name] = unit

    def _input(self, part: Fields, path: Path) -> Input:
        name, bounds = part["name"], (part["low"], part["high"])
        with self._at(*path, "unit"):
            unit = read_unit(part["unit"])
        with self._at(*path, "high"):
            self._declare(name, column(name, bounds, unit), unit, path)
        return Input(name, text_of(part["title"]), unit, *bounds)

    def _parameter(self, part: Fields, path: Path) -> Parameter:
        name, value = part["name"], Fraction(part["value"])
        with self._at(*path, "unit"):
            unit = read_unit(part["unit"])
        with self._at(*path, "value"):
            self._declare(name, constant(value, unit), unit, path)
        return Parameter(name, text_of(part["title"]), value, str(part["value"]), unit, basis_of(part))

    def _step(self, part: Fields, path: Path) -> CompiledStep:
        with self._at(*path, "unit"):
            unit = read_unit(part["unit"])
        with self._at(*path, "formula"):
            formula = parse_formula(part["formula"])
            names = tuple(names_in(formula))
            self.used.update(names)
            if self.broken & set(names):
                # The part it needs has been noted already; a second message would only distract.
                raise LeftOut
            node = compile_step(formula, self.names, unit, part["rounding"])
            self._declare(part["name"], column(part["name"], (node.lowest, node.highest), unit), unit, path)
        return CompiledStep(
            name=part["name"],
            title=text_of(part["title"]),
            formula=" ".join(part["formula"].split()),
            unit=unit.symbol,
            rounding=part["rounding"],
            names=names,
            node=node,
        )

    def _tier(self, part: Fields, path: Path) -> EvidenceTier:
        kinds = [tier["kind"] for tier in self.data["evidence"]]
        if kinds.count(part["kind"]) > 1:
            self.document.report((*path, "kind"), "NAME_TAKEN", f"{part['kind']} is declared twice")
        share = Fraction(part["share"])
        with self._at(*path, "share"):
            self._prove_shares_fit()
        return EvidenceTier(part["kind"], text_of(part["title"]), share, str(part["share"]), basis_of(part))

    def _prove_shares_fit(self) -> None:
        """Prove that the reduction times any share's numerator fits, before it is divided."""
        common = math.lcm(*(Fraction(tier["share"]).denominator for tier in self.data["evidence"]))
        if REDUCTION in self.names and self.names[REDUCTION].top.highest * common > BIGINT_MAX:
            raise FormulaError(FormulaCode.OVERFLOW_POSSIBLE, "the reduction times the share can leave a BIGINT")

    def _limit(self, part: Fields, path: Path) -> Limit:
        measure, per = self._unit_of(part, "measure", path), self._unit_of(part, "per", path)
        side = "at_least" if part["at_least"] is not None else "at_most"
        value, symbol = part[side]["value"], part[side]["unit"]
        with self._at(*path, side, "unit"):
            unit = read_unit(symbol)
            wanted = quotient(measure.dimension, per.dimension)
            if unit.dimension != wanted:
                message = f"the measure is {spelled(wanted)}; {symbol} is {spelled(unit.dimension)}"
                raise FormulaError(FormulaCode.UNIT_MISMATCH, message)
        inverse = Fraction(measure.scale.denominator, measure.scale.numerator)
        return Limit(
            code=part["code"],
            measure=part["measure"],
            per=part["per"],
            at_least=side == "at_least",
            bound=Fraction(value) * unit.scale * per.scale * inverse,
            written=f"{value} {symbol}",
            basis=basis_of(part),
        )

    def _unit_of(self, part: Fields, key: str, path: Path) -> Unit:
        name = part[key]
        if name is None:
            return Unit("", Fraction(1), PLAIN)
        if name not in {each["name"] for each in self.data["inputs"]}:
            self.document.report((*path, key), "NAME_UNKNOWN", f"{name} is no input")
            raise LeftOut
        self.used.add(name)
        if name in self.broken:
            raise LeftOut
        return self.units[name]


def text_of(part: Mapping[str, str]) -> Text:
    """Return a sentence in both languages."""
    return Text(part["zh"], part["en"])


def basis_of(part: Fields) -> Basis:
    """Return what a figure says of its origin."""
    region = part["region"]
    return Basis(
        status=part["status"],
        source=text_of(part["source"]),
        year=part["year"],
        region=None if region is None else text_of(region),
        reference=part["reference"],
    )
