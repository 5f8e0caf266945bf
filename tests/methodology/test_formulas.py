import contextlib
import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.units import BIGINT_MAX
from service.methodology.domain.compiling import Exact, Rounding, column, compile_step, constant
from service.methodology.domain.expressions import (
    Call,
    FormulaError,
    Name,
    Operation,
    Whole,
    names_in,
    parse_formula,
)
from service.methodology.store.units import read_unit

SCALES = {"gCO2": Fraction(1000), "kgCO2": Fraction(1_000_000), "mgCO2": Fraction(1)}
"""How many mg one of each unit is, written by hand."""

NAMES: dict[str, Exact] = {
    "grams": column("grams", (-1000, 1000), read_unit("gCO2")),
    "milligrams": column("milligrams", (0, 10**6), read_unit("mgCO2")),
    "third": constant(Fraction(1, 3), read_unit("gCO2")),
    "factor": constant(Fraction("0.1333"), read_unit("kgCO2")),
    "distance": column("distance", (0, 10**5), read_unit("m")),
    "co2e": column("co2e", (0, 10), read_unit("gCO2e")),
    "huge": column("huge", (0, 10**15), read_unit("mgCO2")),
    "nothing": constant(Fraction(0), read_unit("mgCO2")),
}


def code_of(formula: str, unit: str = "mgCO2") -> str:
    with pytest.raises(FormulaError) as refused:
        compile_step(parse_formula(formula), NAMES, read_unit(unit), "down")
    return refused.value.code


def test_a_formula_becomes_our_own_tree() -> None:
    tree = parse_formula("min(a + 2, b)")

    assert tree == Call("min", (Operation("+", Name("a"), Whole(2)), Name("b")))
    assert list(names_in(tree)) == ["a", "b"]


@pytest.mark.parametrize(
    ("formula", "code"),
    [
        ("", "FORMULA_SYNTAX"),
        ("a +", "FORMULA_SYNTAX"),
        ("1if 1else 2", "FORMULA_SYNTAX"),
        ("(" * 200 + "a" + ")" * 199, "FORMULA_SYNTAX"),
        ("a.b", "FORMULA_NOT_ALLOWED"),
        ("0.5 * a", "FORMULA_NOT_ALLOWED"),
        ("__import__('os')", "FORMULA_NOT_ALLOWED"),
        ("[a for a in b]", "FORMULA_NOT_ALLOWED"),
        ("open(a)", "FORMULA_NOT_ALLOWED"),
        ("min(a)", "FORMULA_NOT_ALLOWED"),
        ("min(a, *b)", "FORMULA_NOT_ALLOWED"),
        ("min", "FORMULA_NOT_ALLOWED"),
        ("a ** b", "FORMULA_NOT_ALLOWED"),
        ("a // b", "FORMULA_NOT_ALLOWED"),
        ("a if b else c", "FORMULA_NOT_ALLOWED"),
        ("a and b", "FORMULA_NOT_ALLOWED"),
        ("lambda a", "FORMULA_SYNTAX"),
        ("(a, b)", "FORMULA_NOT_ALLOWED"),
        ("+a", "FORMULA_NOT_ALLOWED"),
        ("9999999999999999", "FORMULA_NOT_ALLOWED"),
        ("a + " * 100 + "a", "FORMULA_TOO_LARGE"),
        ("-" * 30 + "a", "FORMULA_TOO_LARGE"),
        ("+".join("a" * 60), "FORMULA_TOO_LARGE"),
    ],
)
def test_what_is_not_in_the_language_is_refused(formula: str, code: str) -> None:
    with pytest.raises(FormulaError) as refused:
        parse_formula(formula)

    assert refused.value.code == code


@given(
    st.one_of(
        st.text(max_size=500),
        st.text(alphabet="ab01+-*/(), \n_.[]{}:=<>'\"", max_size=80),
        st.lists(
            st.sampled_from(
                [
                    "a",
                    "min",
                    "(",
                    ")",
                    ",",
                    "+",
                    "-",
                    "*",
                    "/",
                    "1",
                    "if",
                    "else",
                    "lambda",
                    "for",
                    "in",
                    "not",
                    " ",
                ]
            ),
            max_size=60,
        ).map("".join),
    )
)
def test_any_text_is_taken_or_refused_by_its_own_error(text: str) -> None:
    with contextlib.suppress(FormulaError):
        compile_step(parse_formula(text), NAMES, read_unit("mgCO2"), "down")


@pytest.mark.parametrize(
    ("formula", "unit", "code"),
    [
        ("grams + distance", "mgCO2", "UNIT_MISMATCH"),
        ("grams + co2e", "mgCO2", "UNIT_MISMATCH"),
        ("min(grams, distance)", "mgCO2", "UNIT_MISMATCH"),
        ("grams + 1", "mgCO2", "UNIT_MISMATCH"),
        ("grams * distance", "mgCO2", "UNIT_MISMATCH"),
        ("grams", "mgCO2e", "UNIT_MISMATCH"),
        ("as_co2e(co2e)", "mgCO2e", "UNIT_MISMATCH"),
        ("as_co2e(as_co2e(grams))", "mgCO2e", "UNIT_MISMATCH"),
        ("grams * grams / distance", "mgCO2", "DIVISOR_NOT_CONSTANT"),
        ("grams / 0", "mgCO2", "DIVISION_BY_ZERO"),
        ("grams * third / nothing", "mgCO2", "DIVISION_BY_ZERO"),
        ("grams + weight", "mgCO2", "NAME_UNKNOWN"),
        ("huge * huge / factor", "mgCO2", "OVERFLOW_POSSIBLE"),
        ("huge * 10000", "mgCO2", "OVERFLOW_POSSIBLE"),
    ],
)
def test_units_names_and_bounds_are_checked_before_anything_is_computed(
    formula: str, unit: str, code: str
) -> None:
    assert code_of(formula, unit) == code


@pytest.mark.parametrize("symbol", ["", "kg", "furlong", "m**2", "m/m", "1", "m;s", "千米", "m" * 50, "/"])
def test_a_unit_that_methods_may_not_use_is_refused(symbol: str) -> None:
    with pytest.raises(FormulaError) as refused:
        read_unit(symbol)

    assert refused.value.code == "UNIT_UNKNOWN"


def test_a_bound_is_proved_to_the_last_value() -> None:
    names = {"x": column("x", (0, BIGINT_MAX), read_unit("mgCO2"))}

    node = compile_step(parse_formula("x"), names, read_unit("mgCO2"), "down")

    assert node.one({"x": BIGINT_MAX}) == BIGINT_MAX
    with pytest.raises(FormulaError, match="OVERFLOW_POSSIBLE"):
        compile_step(parse_formula("2 * x"), names, read_unit("mgCO2"), "down")


OPERANDS = {"grams": "gCO2", "milligrams": "mgCO2", "third": "gCO2", "factor": "kgCO2"}


def masses() -> st.SearchStrategy[str]:
    """Formulas that give a mass of CO2."""
    whole = st.integers(1, 50)
    return st.recursive(
        st.sampled_from(sorted(OPERANDS)),
        lambda inner: st.one_of(
            st.builds("({} + {})".format, inner, inner),
            st.builds("({} - {})".format, inner, inner),
            st.builds("min({}, {})".format, inner, inner),
            st.builds("max({}, {})".format, inner, inner),
            st.builds("{} * {}".format, whole, inner),
            st.builds("{} / {}".format, inner, whole),
            st.builds("-{}".format, inner),
        ),
        max_leaves=6,
    )


@given(
    masses(),
    st.lists(st.tuples(st.integers(-1000, 1000), st.integers(0, 10**6)), min_size=1, max_size=5),
    st.sampled_from(["down", "up"]),
)
def test_compiled_integers_equal_exact_fractions(
    formula: str, rows: list[tuple[int, int]], rounding: Rounding
) -> None:
    try:
        tree = parse_formula(formula)
        node = compile_step(tree, NAMES, read_unit("mgCO2"), rounding)
    except FormulaError as error:
        if error.code not in {"FORMULA_TOO_LARGE", "OVERFLOW_POSSIBLE"}:
            raise
        return

    expected = []
    for grams, milligrams in rows:
        env = {
            "grams": grams * SCALES["gCO2"],
            "milligrams": Fraction(milligrams),
            "third": Fraction(1, 3) * SCALES["gCO2"],
            "factor": Fraction("0.1333") * SCALES["kgCO2"],
            "min": min,
            "max": max,
        }
        value = eval(formula, {"__builtins__": {}}, env)  # noqa: S307 - our own formula, the oracle
        expected.append(math.floor(value) if rounding == "down" else math.ceil(value))
    columns = {"grams": [row[0] for row in rows], "milligrams": [row[1] for row in rows]}
    one_by_one = [node.one({"grams": grams, "milligrams": milligrams}) for grams, milligrams in rows]
    assert one_by_one == expected
    assert list(node.many(columns, len(rows))) == expected
    assert all(node.lowest <= value <= node.highest for value in expected)
