"""Units as the rules see them: an exact scale and a dimension. The units library is only used while loading."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

Dimension = tuple[tuple[str, int], ...]
"""Base quantities with their exponents, sorted by name; empty for a plain number."""

PLAIN: Dimension = ()


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: how it is written, how many root units it is, and of what."""

    symbol: str
    scale: Fraction
    dimension: Dimension


def dimension(exponents: Iterable[tuple[str, int]]) -> Dimension:
    """Return the canonical form of some exponents."""
    return tuple(sorted((name, exponent) for name, exponent in exponents if exponent))


def product(left: Dimension, right: Dimension) -> Dimension:
    """Return the dimension of a product."""
    return _joined(left, right, 1)


def quotient(left: Dimension, right: Dimension) -> Dimension:
    """Return the dimension of a quotient."""
    return _joined(left, right, -1)


def renamed(old: Dimension, name: str, new_name: str) -> Dimension:
    """Return ``old`` with one base quantity counted as another."""
    exponents = dict(old)
    exponents[new_name] = exponents.get(new_name, 0) + exponents.pop(name, 0)
    return dimension(exponents.items())


def spelled(found: Dimension) -> str:
    """Return a dimension as people write it, for messages."""
    return " ".join(f"{name}^{exponent}" if exponent != 1 else name for name, exponent in found) or "number"


def _joined(left: Dimension, right: Dimension, sign: int) -> Dimension:
    exponents = dict(left)
    for name, exponent in right:
        exponents[name] = exponents.get(name, 0) + sign * exponent
    return dimension(exponents.items())
