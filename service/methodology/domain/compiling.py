"""From a formula to exact integers: units are checked, constants folded, overflow ruled out."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from service.core.units import BIGINT_MAX
from service.methodology.domain.expressions import (
    Call,
    Expression,
    FormulaCode,
    FormulaError,
    Name,
    Negation,
    Operation,
    Whole,
)
from service.methodology.domain.integers import (
    Column,
    Constant,
    Greatest,
    Least,
    Node,
    Product,
    Rounded,
    Scaled,
    Sum,
)
from service.methodology.domain.units import PLAIN, Dimension, Unit, product, quotient, renamed, spelled

CO2 = "co2"
CO2E = "co2e"

Rounding = Literal["down", "up"]


@dataclass(frozen=True, slots=True)
class Exact:
    """A value in root units: a whole-number node over a positive constant, and its dimension."""

    top: Node
    bottom: int
    dimension: Dimension


def constant(value: Fraction, unit: Unit) -> Exact:
    """Return a figure in root units."""
    root = value * unit.scale
    return _exact(Constant(root.numerator), root.denominator, unit.dimension)


def column(name: str, bounds: tuple[int, int], unit: Unit) -> Exact:
    """Return an input or an earlier step in root units."""
    return _scaled(Exact(Column(name, *bounds), 1, unit.dimension), unit.scale)


def compile_step(formula: Expression, names: Mapping[str, Exact], unit: Unit, rounding: Rounding) -> Node:
    """Return the node that gives a step's result in whole ``unit``.

    Raises:
        FormulaError: A name or a unit does not fit, or the value may not fit into a BIGINT.
    """
    value = compile_expression(formula, names)
    if value.dimension != unit.dimension:
        found, wanted = spelled(value.dimension), spelled(unit.dimension)
        raise FormulaError(FormulaCode.UNIT_MISMATCH, f"the formula gives {found}; {unit.symbol} is {wanted}")
    scaled = _scaled(value, Fraction(unit.scale.denominator, unit.scale.numerator))
    return scaled.top if scaled.bottom == 1 else Rounded(scaled.top, scaled.bottom, rounding == "up")


def compile_expression(formula: Expression, names: Mapping[str, Exact]) -> Exact:
    """Return the exact value of a formula in root units."""
    match formula:
        case Whole(value):
            return _exact(Constant(value), 1, PLAIN)
        case Name(name):
            if name not in names:
                raise FormulaError(FormulaCode.NAME_UNKNOWN, f"{name} is no input, parameter or earlier step")
            return names[name]
        case Negation(operand):
            return _scaled(compile_expression(operand, names), Fraction(-1))
        case Operation(operator, left, right):
            return _operation(operator, compile_expression(left, names), compile_expression(right, names))
        case Call(function, operands):
            values = [compile_expression(operand, names) for operand in operands]
            return _called(function, values)


def _operation(operator: str, left: Exact, right: Exact) -> Exact:
    match operator:
        case "*":
            return _times(left, right)
        case "/":
            return _over(left, right)
        case "-":
            return _plus(left, _scaled(right, Fraction(-1)))
        case _:
            return _plus(left, right)


def _called(function: str, values: list[Exact]) -> Exact:
    if function == "as_co2e":
        (value,) = values
        if dict(value.dimension).get(CO2) != 1:
            raise FormulaError(FormulaCode.UNIT_MISMATCH, f"as_co2e takes CO2, not {spelled(value.dimension)}")
        return Exact(value.top, value.bottom, renamed(value.dimension, CO2, CO2E))
    left, right, bottom = _aligned(function, *values)
    if isinstance(left, Constant) and isinstance(right, Constant):
        chosen = min if function == "min" else max
        return _exact(Constant(chosen(left.value, right.value)), bottom, values[0].dimension)
    node = Least(left, right) if function == "min" else Greatest(left, right)
    return _exact(node, bottom, values[0].dimension)


def _plus(left: Exact, right: Exact) -> Exact:
    a, b, bottom = _aligned("+", left, right)
    if isinstance(a, Constant) and isinstance(b, Constant):
        return _exact(Constant(a.value + b.value), bottom, left.dimension)
    return _exact(Sum(a, b), bottom, left.dimension)


def _times(left: Exact, right: Exact) -> Exact:
    both = product(left.dimension, right.dimension)
    for factor, other in ((left, right), (right, left)):
        if isinstance(factor.top, Constant):
            scaled = _scaled(other, Fraction(factor.top.value, factor.bottom))
            return Exact(scaled.top, scaled.bottom, both)
    return _exact(Product(left.top, right.top), left.bottom * right.bottom, both)


def _over(left: Exact, right: Exact) -> Exact:
    if not isinstance(right.top, Constant):
        raise FormulaError(FormulaCode.DIVISOR_NOT_CONSTANT, "a formula divides by numbers and parameters only")
    if right.top.value == 0:
        raise FormulaError(FormulaCode.DIVISION_BY_ZERO, "the divisor is zero")
    scaled = _scaled(left, Fraction(right.bottom, right.top.value))
    return Exact(scaled.top, scaled.bottom, quotient(left.dimension, right.dimension))


def _aligned(operator: str, left: Exact, right: Exact) -> tuple[Node, Node, int]:
    """Return both tops over one common bottom; units that differ are refused."""
    if left.dimension != right.dimension:
        found = f"{spelled(left.dimension)} and {spelled(right.dimension)}"
        raise FormulaError(FormulaCode.UNIT_MISMATCH, f"{operator} joins {found}")
    bottom = math.lcm(left.bottom, right.bottom)
    return _multiplied(left.top, bottom // left.bottom), _multiplied(right.top, bottom // right.bottom), bottom


def _scaled(value: Exact, factor: Fraction) -> Exact:
    """Return a value times an exact number, in lowest terms, so that bounds stay as small as they are."""
    inner, content = (value.top.node, value.top.factor) if isinstance(value.top, Scaled) else (value.top, 1)
    if isinstance(value.top, Constant):
        inner, content = Constant(1), value.top.value
    ratio = Fraction(content, value.bottom) * factor
    return _exact(_multiplied(inner, ratio.numerator), ratio.denominator, value.dimension)


def _multiplied(node: Node, factor: int) -> Node:
    if isinstance(node, Constant):
        return Constant(node.value * factor)
    if isinstance(node, Scaled):
        return _multiplied(node.node, node.factor * factor)
    return node if factor == 1 else Scaled(node, factor)


def _exact(top: Node, bottom: int, of: Dimension) -> Exact:
    if max(abs(top.lowest), abs(top.highest), bottom) > BIGINT_MAX:
        raise FormulaError(
            FormulaCode.OVERFLOW_POSSIBLE, "the value can leave a BIGINT within the declared bounds"
        )
    return Exact(top, bottom, of)
