"""Compiled formulas: trees of whole-number operations, evaluated for one activity or for whole columns.

Every node knows the lowest and the highest value it can take, so that overflow of a BIGINT is ruled out while
loading. ``one`` and ``many`` stand next to each other in every node: one form, the same integers. Column-wise
evaluation keeps the interpreter's work per activity at a few list comprehensions, without generated code.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

Row = Mapping[str, int]
Columns = Mapping[str, Sequence[int]]


class Node(Protocol):
    """A whole-number expression with proven bounds."""

    @property
    def lowest(self) -> int:
        """The least value this can take."""

    @property
    def highest(self) -> int:
        """The greatest value this can take."""

    def one(self, row: Row) -> int:
        """Return the value for one activity."""

    def many(self, columns: Columns, rows: int) -> Sequence[int]:
        """Return the values for ``rows`` activities."""


@dataclass(frozen=True, slots=True)
class Constant:
    """A number."""

    value: int

    @property
    def lowest(self) -> int:
        """The number."""
        return self.value

    @property
    def highest(self) -> int:
        """The number."""
        return self.value

    def one(self, row: Row) -> int:  # noqa: ARG002 - a number does not look at the activity
        """Return the number."""
        return self.value

    def many(self, columns: Columns, rows: int) -> Sequence[int]:  # noqa: ARG002 - the same
        """Return the number for every activity."""
        return [self.value] * rows


@dataclass(frozen=True, slots=True)
class Column:
    """An input or the result of an earlier step, within its bounds."""

    name: str
    lowest: int
    highest: int

    def one(self, row: Row) -> int:
        """Return the activity's value."""
        return row[self.name]

    def many(self, columns: Columns, rows: int) -> Sequence[int]:  # noqa: ARG002 - the column knows its length
        """Return the activities' values."""
        return columns[self.name]


@dataclass(frozen=True, slots=True)
class Scaled:
    """A node times a number."""

    node: Node
    factor: int

    @property
    def lowest(self) -> int:
        """The least product."""
        return min(self.node.lowest * self.factor, self.node.highest * self.factor)

    @property
    def highest(self) -> int:
        """The greatest product."""
        return max(self.node.lowest * self.factor, self.node.highest * self.factor)

    def one(self, row: Row) -> int:
        """Return the product."""
        return self.node.one(row) * self.factor

    def many(self, columns: Columns, rows: int) -> Sequence[int]:
        """Return the products."""
        factor = self.factor
        return [value * factor for value in self.node.many(columns, rows)]


@dataclass(frozen=True, slots=True)
class Sum:
    """A node plus a node."""

    left: Node
    right: Node

    @property
    def lowest(self) -> int:
        """The least sum."""
        return self.left.lowest + self.right.lowest

    @property
    def highest(self) -> int:
        """The greatest sum."""
        return self.left.highest + self.right.highest

    def one(self, row: Row) -> int:
        """Return the sum."""
        return self.left.one(row) + self.right.one(row)

    def many(self, columns: Columns, rows: int) -> Sequence[int]:
        """Return the sums."""
        pairs = zip(self.left.many(columns, rows), self.right.many(columns, rows), strict=True)
        return [left + right for left, right in pairs]


@dataclass(frozen=True, slots=True)
class Product:
    """A node times a node."""

    left: Node
    right: Node

    def _corners(self) -> tuple[int, ...]:
        left, right = (self.left.lowest, self.left.highest), (self.right.lowest, self.right.highest)
        return tuple(x * y for x in left for y in right)

    @property
    def lowest(self) -> int:
        """The least product."""
        return min(self._corners())

    @property
    def highest(self) -> int:
        """The greatest product."""
        return max(self._corners())

    def one(self, row: Row) -> int:
        """Return the product."""
        return self.left.one(row) * self.right.one(row)

    def many(self, columns: Columns, rows: int) -> Sequence[int]:
        """Return the products."""
        pairs = zip(self.left.many(columns, rows), self.right.many(columns, rows), strict=True)
        return [left * right for left, right in pairs]


@dataclass(frozen=True, slots=True)
class Least:
    """The lower of two nodes."""

    left: Node
    right: Node

    @property
    def lowest(self) -> int:
        """The lower of the two least values."""
        return min(self.left.lowest, self.right.lowest)

    @property
    def highest(self) -> int:
        """The lower of the two greatest values."""
        return min(self.left.highest, self.right.highest)

    def one(self, row: Row) -> int:
        """Return the lower value."""
        return min(self.left.one(row), self.right.one(row))

    def many(self, columns: Columns, rows: int) -> Sequence[int]:
        """Return the lower values."""
        pairs = zip(self.left.many(columns, rows), self.right.many(columns, rows), strict=True)
        return [left if left < right else right for left, right in pairs]  # noqa: FURB136 - min() is 4x slower


@dataclass(frozen=True, slots=True)
class Greatest:
    """The higher of two nodes."""

    left: Node
    right: Node

    @property
    def lowest(self) -> int:
        """The higher of the two least values."""
        return max(self.left.lowest, self.right.lowest)

    @property
    def highest(self) -> int:
        """The higher of the two greatest values."""
        return max(self.left.highest, self.right.highest)

    def one(self, row: Row) -> int:
        """Return the higher value."""
        return max(self.left.one(row), self.right.one(row))

    def many(self, columns: Columns, rows: int) -> Sequence[int]:
        """Return the higher values."""
        pairs = zip(self.left.many(columns, rows), self.right.many(columns, rows), strict=True)
        return [left if left > right else right for left, right in pairs]  # noqa: FURB136 - max() is 4x slower


@dataclass(frozen=True, slots=True)
class Rounded:
    """A node divided by a positive number, rounded down or up: the one division of a step."""

    node: Node
    divisor: int
    up: bool

    def _divided(self, value: int) -> int:
        return -(-value // self.divisor) if self.up else value // self.divisor

    @property
    def lowest(self) -> int:
        """The least quotient."""
        return self._divided(self.node.lowest)

    @property
    def highest(self) -> int:
        """The greatest quotient."""
        return self._divided(self.node.highest)

    def one(self, row: Row) -> int:
        """Return the quotient."""
        return self._divided(self.node.one(row))

    def many(self, columns: Columns, rows: int) -> Sequence[int]:
        """Return the quotients."""
        divisor = self.divisor
        if self.up:
            return [-(-value // divisor) for value in self.node.many(columns, rows)]
        return [value // divisor for value in self.node.many(columns, rows)]
