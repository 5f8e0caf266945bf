import math
import time
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.refusals import Refusal
from service.core.texts import Text
from service.methodology import Catalogue, Method
from service.methodology.domain.figures import NaturalKey
from tests.methodology.samples import FILED, built

CATALOGUE = Catalogue.load()
DAY = date(2026, 11, 20)
TYPES = ["bus_trip", "metro_trip", "shared_bike_trip", "shared_ebike_trip"]
SHARES = {
    "fare_gate": Fraction(1),
    "operator_order": Fraction(1),
    "gps": Fraction(1, 2),
}


def method(activity_type: str) -> Method:
    found = CATALOGUE.method_for(activity_type, DAY)
    assert found is not None
    return found


def by_hand(activity_type: str, distance_m: int) -> int:
    """The four methods once more, straight from the figures, in exact fractions of mg per m."""
    baseline = math.floor(Fraction(104) * distance_m)
    grid_mg_per_kwh = Fraction(133_300)
    if activity_type == "metro_trip":
        return baseline - math.ceil(Fraction(786, 10_000) / 1000 * grid_mg_per_kwh * distance_m)
    if activity_type == "bus_trip":
        return baseline - math.ceil(Fraction(64) * distance_m)
    operations = Fraction(32)
    if activity_type == "shared_bike_trip":
        ceiling = math.floor(Fraction("48.7") * distance_m)
        return min(baseline - math.ceil(operations * distance_m), ceiling)
    energy = Fraction(12, 1000) / 1000 * grid_mg_per_kwh
    ceiling = math.floor(Fraction("61.8") * distance_m)
    return min(baseline - math.ceil((operations + energy) * distance_m), ceiling)


@st.composite
def rides(draw: st.DrawFn) -> tuple[str, list[int], list[str]]:
    activity_type = draw(st.sampled_from(TYPES))
    kinds = [tier.kind for tier in method(activity_type).evidence]
    rows = draw(st.lists(st.tuples(st.integers(1, 200_000), st.sampled_from(kinds)), max_size=20))
    return activity_type, [row[0] for row in rows], [row[1] for row in rows]


@given(rides())
def test_one_by_one_in_columns_explained_and_by_hand_are_the_same_integers(
    drawn: tuple[str, list[int], list[str]],
) -> None:
    activity_type, distances, evidence = drawn
    asked = method(activity_type)
    expected = [
        math.floor(max(0, by_hand(activity_type, distance)) * SHARES[kind])
        for distance, kind in zip(distances, evidence, strict=True)
    ]

    one_by_one = [asked.quantify({"distance_m": d}, kind) for d, kind in zip(distances, evidence, strict=True)]
    explained = [
        asked.explain({"distance_m": d}, kind)[-1].result for d, kind in zip(distances, evidence, strict=True)
    ]

    assert one_by_one == expected
    assert asked.quantify_many({"distance_m": distances}, evidence) == expected
    assert explained == expected


@given(st.sampled_from(TYPES), st.integers(1, 199_999))
def test_a_longer_ride_never_saves_less_and_weaker_evidence_never_counts_more(
    activity_type: str, distance_m: int
) -> None:
    asked = method(activity_type)

    here = asked.quantify({"distance_m": distance_m}, "operator_order")

    assert here <= asked.quantify({"distance_m": distance_m + 1}, "operator_order")
    assert 0 <= asked.quantify({"distance_m": distance_m}, "gps") <= here


def test_a_reduction_below_zero_counts_as_zero() -> None:
    worse = built(
        ("as_co2e(baseline)", "as_co2e(baseline - 2 * baseline)"),
        ("steps: {baseline: 1000, reduction: 1000}", "steps: {baseline: 1000, reduction: -1000}"),
        ("reduction_mg: 1000", "reduction_mg: 0"),
    )

    assert worse.quantify({"distance_m": 10}, "gps") == 0
    assert worse.quantify_many({"distance_m": [10, 20]}, ["gps", "gps"]) == [0, 0]
    assert [step.result for step in worse.explain({"distance_m": 10}, "gps")] == [1000, -1000, 0]


def test_an_explanation_shows_formula_values_and_sources_in_both_languages() -> None:
    steps = method("metro_trip").explain({"distance_m": 10_000}, "fare_gate")

    assert [(step.name, step.result, step.unit) for step in steps] == [
        ("baseline", 1_040_000, "mgCO2"),
        ("project", 104_774, "mgCO2"),
        ("reduction", 935_226, "mgCO2e"),
        ("credited", 935_226, "mgCO2e"),
    ]
    project = steps[1]
    assert project.formula == "distance_m * traction_per_km * grid_factor"
    assert project.substituted == "10000 m * 0.0786 kWh/km * 0.1333 kgCO2/kWh"
    assert [(v.name, v.amount, v.status, v.year) for v in project.values] == [
        ("distance_m", "10000", None, None),
        ("traction_per_km", "0.0786", "placeholder", 2024),
        ("grid_factor", "0.1333", "found", 2023),
    ]
    assert all("云南" not in source.en for source in project.sources)
    assert any("公告2025年第47号" in source.zh for source in project.sources)
    assert steps[-1].title == Text("按证据等级计入的减排量", "Reduction credited for the evidence")
    assert steps[-1].substituted == "max(0, 935226 mgCO2e) * 1"


@pytest.mark.parametrize(
    ("inputs", "evidence", "code"),
    [
        ({}, "gps", "METHOD_INPUT_MISSING"),
        ({"distance_m": 0}, "gps", "METHOD_INPUT_OUT_OF_BOUNDS"),
        ({"distance_m": 200_001}, "gps", "METHOD_INPUT_OUT_OF_BOUNDS"),
        ({"distance_m": -1}, "gps", "METHOD_INPUT_OUT_OF_BOUNDS"),
        ({"distance_m": True}, "gps", "METHOD_INPUT_OUT_OF_BOUNDS"),
        ({"distance_m": 12.0}, "gps", "METHOD_INPUT_OUT_OF_BOUNDS"),
        ({"distance_m": 12}, "self", "EVIDENCE_NOT_ACCEPTED"),
        ({"distance_m": 12}, "", "EVIDENCE_NOT_ACCEPTED"),
    ],
)
def test_bad_input_is_refused_alike_one_by_one_and_in_columns(
    inputs: dict[str, int], evidence: str, code: str
) -> None:
    asked = method("metro_trip")

    with pytest.raises(Refusal) as one:
        asked.quantify(inputs, evidence)
    with pytest.raises(Refusal) as many:
        asked.quantify_many({name: [value] for name, value in inputs.items()}, [evidence])

    assert (one.value.code, many.value.code) == (code, code)


def test_columns_of_different_length_are_a_bug_of_the_caller() -> None:
    with pytest.raises(ValueError, match="distance_m has 2 rows, evidence has 1"):
        method("bus_trip").quantify_many({"distance_m": [400, 500]}, ["gps"])


def test_a_hundred_thousand_rides_take_well_under_a_second() -> None:
    asked = method("shared_ebike_trip")
    distances = [500 + row % 29_500 for row in range(100_000)]
    evidence = ["operator_order"] * len(distances)

    started = time.perf_counter()
    found = asked.quantify_many({"distance_m": distances}, evidence)
    elapsed_s = time.perf_counter() - started

    assert sum(found) == sum(distance * 618 // 10 for distance in distances)
    assert elapsed_s < 1


def test_only_a_filed_method_without_placeholders_leads_to_phcer() -> None:
    filed = built(("  state: none", FILED))
    shaky = built(
        ("  state: none", FILED), ("unit: kgCO2/km\n    status: found", "unit: kgCO2/km\n    status: placeholder")
    )
    small_change = built(("class: creditable", "class: incentive"))

    assert (filed.mg_account(), filed.placeholders) == ("creditable", ())
    assert (shaky.mg_account(), shaky.placeholders) == ("provisional", ("per_km",))
    assert built().mg_account() == "provisional"
    assert small_change.mg_account() == "incentive"


@pytest.mark.parametrize("activity_type", TYPES)
def test_no_method_of_kunming_leads_to_phcer_yet(activity_type: str) -> None:
    asked = method(activity_type)

    assert asked.filing.state == "none"
    assert asked.has_placeholder
    assert asked.mg_account() == "provisional"
    assert "DEMO" in asked.summary.en


def test_a_natural_key_counts_the_start_in_buckets_and_cannot_be_forged_by_separators() -> None:
    key = NaturalKey(("citizen_id", "started_at", "vehicle_no"), 60)
    start = datetime(2026, 11, 20, 0, 0, 5, tzinfo=UTC)
    values: dict[str, object] = {"citizen_id": 7, "started_at": start, "vehicle_no": 'a","b'}

    same = key.text_for("bus_trip", {**values, "started_at": start + timedelta(seconds=54)})

    assert key.text_for("bus_trip", values) == same
    assert same != key.text_for("metro_trip", values)
    assert same != key.text_for("bus_trip", {**values, "started_at": start + timedelta(seconds=55)})
    assert same != key.text_for("bus_trip", {**values, "citizen_id": 8})
