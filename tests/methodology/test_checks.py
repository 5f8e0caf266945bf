from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.texts import Text
from service.methodology import Catalogue, Method, Violation

CATALOGUE = Catalogue.load()


def method(activity_type: str) -> Method:
    found = CATALOGUE.method_for(activity_type, date(2026, 11, 20))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("activity_type", "distance_m", "duration_s", "evidence", "code"),
    [
        ("shared_ebike_trip", 3000, 720, "operator_order", None),
        ("shared_ebike_trip", 500, 72, "operator_order", None),
        ("shared_ebike_trip", 500, 71, "operator_order", "TOO_FAST"),
        ("shared_ebike_trip", 499, 720, "operator_order", "TOO_NEAR"),
        ("shared_ebike_trip", 30_000, 21_600, "operator_order", None),
        ("shared_ebike_trip", 30_001, 21_600, "operator_order", "TOO_FAR"),
        ("shared_ebike_trip", 30_000, 21_601, "operator_order", "TOO_LONG"),
        ("shared_ebike_trip", 500, 59, "operator_order", "TOO_SHORT"),
        ("shared_ebike_trip", 3000, 720, "fare_gate", "EVIDENCE_NOT_ACCEPTED"),
        ("shared_ebike_trip", 0, 720, "fare_gate", "OUT_OF_RANGE"),
        ("shared_ebike_trip", 3000, 0, "gps", "OUT_OF_RANGE"),
        ("shared_bike_trip", 300, 60, "gps", None),
        ("shared_bike_trip", 20_001, 7200, "gps", "TOO_FAR"),
        ("metro_trip", 300, 60, "fare_gate", None),
        ("metro_trip", 150_000, 6000, "fare_gate", None),
        ("metro_trip", 150_000, 5999, "fare_gate", "TOO_FAST"),
        ("bus_trip", 80_000, 4800, "fare_gate", None),
        ("bus_trip", 80_000, 4799, "fare_gate", "TOO_FAST"),
    ],
)
def test_an_activity_beyond_a_limit_is_named_by_the_first_one_it_breaks(
    activity_type: str, distance_m: int, duration_s: int, evidence: str, code: str | None
) -> None:
    found = method(activity_type).violation({"distance_m": distance_m, "duration_s": duration_s}, evidence)

    assert (None if found is None else found.code) == code


def test_a_violation_says_field_and_bound_in_both_languages() -> None:
    found = method("shared_ebike_trip").violation({"distance_m": 499, "duration_s": 600}, "gps")

    assert found == Violation(
        "TOO_NEAR",
        "distance_m",
        Text("距离低于方法学下限 500 m。", "The distance is below the method's minimum of 500 m."),
    )


@given(
    st.lists(
        st.tuples(
            st.integers(-10, 250_000),
            st.integers(-10, 100_000),
            st.sampled_from(["fare_gate", "gps", "operator_order", "self"]),
        ),
        max_size=20,
    )
)
def test_checks_in_columns_equal_checks_one_by_one(rows: list[tuple[int, int, str]]) -> None:
    asked = method("metro_trip")
    columns = {"distance_m": [row[0] for row in rows], "duration_s": [row[1] for row in rows]}

    together = asked.violations_many(columns, [row[2] for row in rows])

    assert together == [asked.violation({"distance_m": d, "duration_s": s}, kind) for d, s, kind in rows]
    taken = [row[0] for row, found in zip(rows, together, strict=True) if found is None]
    assert len(asked.quantify_many({"distance_m": taken}, ["gps"] * len(taken))) == len(taken)
