import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.methodology.store.reading import read_method
from tests.methodology.samples import SMALL, built, judged, small


def test_the_small_file_is_a_method() -> None:
    method = built()

    assert method.quantify({"distance_m": 10}, "gps") == 1000
    assert method.digest == "".join(f"{byte:02x}" for byte in bytes.fromhex(method.digest))


BROKEN = {
    "an unknown field": (("sector: travel", "sector: travel\ncolour: red"), 9, "colour", "UNKNOWN_FIELD"),
    "a missing field": (("version: 1\n", ""), 1, "version", "MISSING_FIELD"),
    "a missing value": (("    value: 0.1\n", ""), 25, "parameters[0].value", "MISSING_FIELD"),
    "a text for a number": (("value: 0.1", "value: '0.1'"), 27, "parameters[0].value", "NOT_A_DECIMAL"),
    "a negative figure": (("value: 0.1", "value: -0.1"), 27, "parameters[0].value", "NEGATIVE"),
    "an exponent": (("value: 0.1", "value: 1.0e+3"), 27, "parameters[0].value", "BAD_VALUE"),
    "an octal number": (
        ("low: 1\n    high: 1000\n", "low: 010\n    high: 1000\n"),
        17,
        "inputs[0].low",
        "BAD_VALUE",
    ),
    "infinity": (("value: 0.1", "value: .inf"), 27, "parameters[0].value", "BAD_VALUE"),
    "a fraction for a count": (("high: 1000\n", "high: 12.9\n"), 18, "inputs[0].high", "WRONG_TYPE"),
    "a yes": (("state: none", "state: yes"), 11, "filing.state", "BAD_VALUE"),
    "a null": (("state: none", "state:"), 11, "filing.state", "NULL_NOT_ALLOWED"),
    "a duplicate key": (("sector: travel", "sector: travel\nsector: food"), 9, "sector", "DUPLICATE_KEY"),
    "an anchor": (("title: {zh: 步行", "title: &a {zh: 步行"), 4, "", "YAML_ANCHOR"),
    "a tag": (("version: 1\n", "version: !!python/object:os.system 1\n"), 3, "version", "BAD_VALUE"),
    "a broken bracket": (("unit: kgCO2/km", "unit: [kgCO2/km"), 29, "", "YAML_SYNTAX"),
    "an unknown sector": (("sector: travel", "sector: sports"), 8, "sector", "NOT_A_CHOICE"),
    "a bad day": (("2026-01-01", "2026-02-30"), 12, "effective_from", "BAD_DAY"),
    "an end before the start": (
        ("2026-01-01", "2026-01-01\neffective_until: 2025-12-31"),
        13,
        "effective_until",
        "ENDS_BEFORE_START",
    ),
    "bounds in the wrong order": (
        ("low: 1\n    high: 1000\n", "low: 5\n    high: 4\n"),
        17,
        "inputs[0].low",
        "LOW_ABOVE_HIGH",
    ),
    "filed without a number": (("state: none", "state: filed"), 11, "filing.state", "FILED_WITHOUT_NUMBER"),
    "another file name": (("method_id: walk", "method_id: stroll"), 2, "method_id", "FILE_NAME"),
    "an unknown unit": (("unit: kgCO2/km", "unit: kg/mile"), 28, "parameters[0].unit", "UNIT_UNKNOWN"),
    "a unit that does not fit": (("unit: kgCO2/km", "unit: kgCO2/kWh"), 34, "steps[0].formula", "UNIT_MISMATCH"),
    "CO2 booked as CO2e": (("as_co2e(baseline)", "baseline"), 39, "steps[1].formula", "UNIT_MISMATCH"),
    "an unknown variable": (
        ("distance_m * per_km", "distance_m * per_mile"),
        34,
        "steps[0].formula",
        "NAME_UNKNOWN",
    ),
    "a step that asks itself": (
        ("distance_m * per_km", "baseline * per_km"),
        34,
        "steps[0].formula",
        "NAME_UNKNOWN",
    ),
    "a division by zero": (
        ("distance_m * per_km", "distance_m * per_km / 0"),
        34,
        "steps[0].formula",
        "DIVISION_BY_ZERO",
    ),
    "code in a formula": (
        ("distance_m * per_km", "__import__('os').system('true')"),
        34,
        "steps[0].formula",
        "FORMULA_NOT_ALLOWED",
    ),
    "an overflow": (
        ("distance_m * per_km", "1000000000000 * 1000 * distance_m * per_km"),
        34,
        "steps[0].formula",
        "OVERFLOW_POSSIBLE",
    ),
    "a name used twice": (("name: baseline", "name: per_km"), 32, "steps[0].name", "NAME_TAKEN"),
    "a reserved name": (("name: baseline", "name: credited"), 32, "steps[0].name", "NAME_TAKEN"),
    "another last step": (("name: reduction", "name: saving"), 37, "steps[1].name", "REDUCTION_NOT_LAST"),
    "a share above one": (("share: 1\n", "share: 1.01\n"), 45, "evidence[0].share", "OUT_OF_RANGE"),
    "a limit in another unit": (("unit: km/h", "unit: km"), 52, "checks[0].at_most.unit", "UNIT_MISMATCH"),
    "a limit on nothing": (("per: duration_s", "per: weight_g"), 51, "checks[0].per", "NAME_UNKNOWN"),
    "a limit of two sides": (
        ("    at_most:", "    at_least: {value: 1, unit: km/h}\n    at_most:"),
        49,
        "checks[0].code",
        "ONE_BOUND",
    ),
    "a key field nobody has": (
        ("[citizen_id, started_at]", "[citizen_id, shoe_size]"),
        56,
        "natural_key.fields[1]",
        "NOT_A_CHOICE",
    ),
    "a wrong worked example": (
        ("reduction_mg: 1000", "reduction_mg: 1001"),
        62,
        "golden[0].reduction_mg",
        "GOLDEN_MISMATCH",
    ),
    "a wrong step": (("{baseline: 1000,", "{baseline: 999,"), 61, "golden[0].steps", "GOLDEN_MISMATCH"),
    "an example without an input": (
        ("{distance_m: 10, duration_s: 60}", "{distance_m: 10}"),
        59,
        "golden[0].inputs",
        "GOLDEN_INPUTS",
    ),
    "an example beyond a limit": (
        ("{distance_m: 10, duration_s: 60}", "{distance_m: 10, duration_s: 4}"),
        59,
        "golden[0]",
        "GOLDEN_REFUSED",
    ),
    "a text in an example": (
        ("duration_s: 60}", "duration_s: x}"),
        59,
        "golden[0].inputs.duration_s",
        "WRONG_TYPE",
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_file_is_refused_with_line_field_and_code(what: str) -> None:
    change, line, field, code = BROKEN[what]

    method, problems = judged(small(change))

    assert method is None
    found = [(problem.file, problem.line, problem.field, problem.code) for problem in problems]
    assert ("walk.v1.yaml", line, field, code) in found
    assert all(problem.message for problem in problems)


def test_every_problem_of_a_file_is_named_at_once_and_none_twice() -> None:
    text = small(
        ("unit: kgCO2/km", "unit: kg/mile"), ("unit: km/h", "unit: km"), ("share: 1\n", "share: 1\n    x: 1\n")
    )
    _, in_format = judged(text)
    _, in_parts = judged(text.replace("    x: 1\n", ""))

    assert [problem.code for problem in in_format] == ["UNKNOWN_FIELD"]
    assert [problem.code for problem in in_parts] == ["UNIT_UNKNOWN", "UNIT_MISMATCH"]


def test_a_figure_that_nothing_uses_is_refused() -> None:
    extra = """  - name: decoy
    title: {zh: 无, en: None}
    value: 1
    unit: kgCO2
    status: found
    source: {zh: 甲, en: A}
steps:
"""

    _, problems = judged(small(("steps:\n", extra)))

    assert [(problem.field, problem.code) for problem in problems] == [("parameters[1].name", "NAME_UNUSED")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "YAML_SYNTAX"),
        (b"\xff\xfe", "BAD_ENCODING"),
        (b"- 1\n- 2\n", "WRONG_TYPE"),
        (b"just text", "WRONG_TYPE"),
        (b"a: 1\x00", "YAML_SYNTAX"),
        (b"[" * 5000, "YAML_TOO_DEEP"),
        (b"? {a: 1}\n: 2\n", "BAD_KEY"),
        (b"#" * 300_000, "FILE_TOO_LARGE"),
        (b"a: 1\n---\nb: 2\n", "YAML_SYNTAX"),
    ],
)
def test_what_is_no_method_file_at_all_is_refused(content: bytes, code: str) -> None:
    method, problems = read_method("walk.v1.yaml", content)

    assert method is None
    assert problems[0].code == code


@given(
    st.integers(0, len(SMALL) - 1), st.sampled_from([":", "\n", "-", "{", "0", "'", " ", "\t", "*", "&", "!", "x"])
)
def test_a_mutilated_file_is_a_method_or_is_refused_with_a_line(at: int, letter: str) -> None:
    method, problems = judged(SMALL[:at] + letter + SMALL[at + 1 :])

    assert (method is None) == bool(problems)
    assert all(1 <= problem.line <= SMALL.count("\n") + 2 for problem in problems)
