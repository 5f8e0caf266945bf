"""The language of formulas: names, whole numbers, ``+ - * /``, ``min``, ``max`` and ``as_co2e``.

Python's own parser reads the text; only the listed node types are taken over into our own tree, and nothing is
ever handed to ``eval``. Decimal literals are refused on purpose: a figure needs a source, so it is a parameter.
"""

import ast
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

LETTERS_MAX = 400
NODES_MAX = 100
DEPTH_MAX = 20
WHOLE_MAX = 10**12

Operator = Literal["+", "-", "*", "/"]
FunctionName = Literal["min", "max", "as_co2e"]

FUNCTIONS: dict[str, tuple[FunctionName, int]] = {
    "min": ("min", 2),
    "max": ("max", 2),
    "as_co2e": ("as_co2e", 1),
}
"""The functions with the number of operands that each takes."""

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_LETTERS = re.compile(r"[a-z0-9_+\-*/(), \n]*", re.ASCII)
_OPERATORS: dict[type[ast.operator], Operator] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}


class FormulaCode(StrEnum):
    """Why a formula is refused."""

    FORMULA_TOO_LARGE = "FORMULA_TOO_LARGE"
    FORMULA_NOT_ALLOWED = "FORMULA_NOT_ALLOWED"
    FORMULA_SYNTAX = "FORMULA_SYNTAX"
    NAME_UNKNOWN = "NAME_UNKNOWN"
    UNIT_UNKNOWN = "UNIT_UNKNOWN"
    UNIT_MISMATCH = "UNIT_MISMATCH"
    DIVISOR_NOT_CONSTANT = "DIVISOR_NOT_CONSTANT"
    DIVISION_BY_ZERO = "DIVISION_BY_ZERO"
    OVERFLOW_POSSIBLE = "OVERFLOW_POSSIBLE"


class FormulaError(Exception):
    """A formula that the language does not take: a stable code and a sentence for the author of the method."""

    def __init__(self, code: FormulaCode, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number written in the formula."""

    value: int


@dataclass(frozen=True, slots=True)
class Name:
    """An input, a parameter or an earlier step."""

    name: str


@dataclass(frozen=True, slots=True)
class Negation:
    """Minus something."""

    operand: "Expression"


@dataclass(frozen=True, slots=True)
class Operation:
    """Two operands joined by a sign."""

    operator: Operator
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the language with its operands."""

    function: FunctionName
    operands: tuple["Expression", ...]


Expression = Whole | Name | Negation | Operation | Call


def parse_formula(text: str) -> Expression:
    """Return the tree of a formula.

    Raises:
        FormulaError: The text is too large, is not a formula, or uses what the language does not have.
    """
    if len(text) > LETTERS_MAX:
        raise FormulaError(FormulaCode.FORMULA_TOO_LARGE, f"a formula has at most {LETTERS_MAX} letters")
    if not _LETTERS.fullmatch(text):
        raise FormulaError(
            FormulaCode.FORMULA_NOT_ALLOWED, "only names, whole numbers, + - * / ( ) and commas are allowed"
        )
    tree = _parsed(text)
    if sum(1 for _ in ast.walk(tree)) > NODES_MAX:
        raise FormulaError(FormulaCode.FORMULA_TOO_LARGE, f"a formula has at most {NODES_MAX} parts")
    return _taken(tree.body, 0)


def names_in(expression: Expression) -> Iterator[str]:
    """Yield every name that a formula uses, in order of appearance."""
    match expression:
        case Name(name):
            yield name
        case Negation(operand):
            yield from names_in(operand)
        case Operation(_, left, right):
            yield from names_in(left)
            yield from names_in(right)
        case Call(_, operands):
            for operand in operands:
                yield from names_in(operand)
        case Whole():
            return


def _parsed(text: str) -> ast.Expression:
    try:
        with warnings.catch_warnings():
            # Python warns of doubtful literals such as 1if; here they are simply refused.
            warnings.simplefilter("error")
            return ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError, Warning):
        raise FormulaError(FormulaCode.FORMULA_SYNTAX, "the text is not a formula") from None


def _taken(node: ast.expr, depth: int) -> Expression:
    if depth > DEPTH_MAX:
        raise FormulaError(FormulaCode.FORMULA_TOO_LARGE, f"a formula nests at most {DEPTH_MAX} levels")
    match node:
        case ast.Name(id=name) if NAME.fullmatch(name) and name not in FUNCTIONS:
            return Name(name)
        case ast.Constant(value=int(value)) if not isinstance(value, bool) and value <= WHOLE_MAX:
            return Whole(value)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return Negation(_taken(operand, depth + 1))
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _OPERATORS:
            sign = _OPERATORS[type(operator)]
            return Operation(sign, _taken(left, depth + 1), _taken(right, depth + 1))
        case ast.Call(func=ast.Name(id=name), args=operands, keywords=[]) if name in FUNCTIONS:
            return _called(name, operands, depth)
        case _:
            kind = type(node).__name__
            raise FormulaError(FormulaCode.FORMULA_NOT_ALLOWED, f"{kind} is not part of the formula language")


def _called(name: str, operands: list[ast.expr], depth: int) -> Call:
    function, count = FUNCTIONS[name]
    if len(operands) != count:
        raise FormulaError(
            FormulaCode.FORMULA_NOT_ALLOWED, f"{name} takes {count} operand(s), not {len(operands)}"
        )
    return Call(function, tuple(_taken(operand, depth + 1) for operand in operands))
