from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from service.core.context import Context
from tests.activities.intake import Partner, ride
from tests.clock import MovingClock
from tests.identity import world
from tests.identity.world import CitizenClient, said


def whole(rider: CitizenClient, activity_id: str, language: str = "en") -> dict[str, Any]:
    answer = rider.get(f"/v1/me/activities/{activity_id}", headers={"Accept-Language": language})
    assert answer.status_code == 200, said(answer)
    return said(answer)


def test_an_activity_is_explained_step_by_step(partner: Partner, rider: CitizenClient) -> None:
    partner.deliver("B-1", [ride(1, vehicle_no="云A-1")])
    (short,) = said(rider.get("/v1/me/activities", headers={"Accept-Language": "en"}))["activities"]

    found = whole(rider, short["activity_id"])

    assert short == {
        "activity_id": short["activity_id"],
        "activity_type": "shared_ebike_trip",
        "state": "credited",
        "partner": "Green Wheels",
        "event_no": "E-000001",
        "evidence": "operator_order",
        "started_at": "2026-11-19T08:01:00+08:00",
        "ended_at": "2026-11-19T08:13:00+08:00",
        "distance_m": 3000,
        "duration_s": 720,
        "reduction_mg": 185_400,
        "mg_account": "provisional",
        "points": 185,
        "recorded_at": "2026-11-20T10:00:00+08:00",
    }
    steps = found.pop("steps")
    method = found.pop("method")
    assert found == {
        **short,
        "vehicle_no": "云A-1",
        "points_rule": (
            "One point for each whole gram of reduction, parts do not count: 185400 mg give 185 points."
        ),
    }
    assert (method["method_id"], method["version"], method["has_placeholder"]) == ("shared_ebike_trip", 1, True)
    assert [(step["name"], step["result"]) for step in steps] == [
        ("baseline", 312_000),
        ("project", 100_799),
        ("ceiling", 185_400),
        ("reduction", 185_400),
        ("credited", 185_400),
    ]
    assert all(value["source"] for step in steps for value in step["values"] if value["status"] is not None)


def test_an_explanation_speaks_chinese_by_default(partner: Partner, rider: CitizenClient) -> None:
    partner.deliver("B-1", [ride(1)])
    (short,) = said(rider.get("/v1/me/activities"))["activities"]

    found = whole(rider, short["activity_id"], "zh-CN")

    assert short["partner"] == "青轮出行"
    assert found["method"]["title"] == "共享电单车骑行"
    assert found["points_rule"] == "每满 1 克减排量计 1 个碳积分，不足 1 克不计：185400 毫克计 185 个积分。"


def pages(rider: CitizenClient, limit: int) -> Iterator[list[str]]:
    after = ""
    while True:
        page = said(rider.get(f"/v1/me/activities?limit={limit}{after}"))
        yield [activity["event_no"] for activity in page["activities"]]
        if page["next_after"] is None:
            return
        after = f"&after={page['next_after']}"


def test_activities_are_listed_the_last_recorded_first_and_none_is_skipped(
    partner: Partner, rider: CitizenClient, clock: MovingClock
) -> None:
    for n in range(1, 6):
        partner.deliver(f"B-{n}", [ride(n)])
        clock.advance(hours=5)

    numbers = [f"E-{n:06d}" for n in range(5, 0, -1)]
    assert list(pages(rider, 2)) == [numbers[:2], numbers[2:4], numbers[4:]]
    assert list(pages(rider, 500)) == [numbers]


def test_points_are_whole_grams_and_a_reduction_under_a_gram_earns_none(
    partner: Partner, rider: CitizenClient
) -> None:
    partner.deliver("B-1", [ride(1, distance_m=1001, evidence="gps")])

    (found,) = said(rider.get("/v1/me/activities"))["activities"]

    assert (found["reduction_mg"], found["points"]) == (30_930, 30)


@pytest.mark.parametrize("entrusted", [True, False])
def test_a_method_that_is_not_filed_books_provisional_reductions(
    entrusted: bool,  # noqa: FBT001 - a case of the table
    app: Flask,
    partner: Partner,
    context: Context,
) -> None:
    citizen = world.citizen(app, context, entrusted=entrusted)
    world.bind(citizen, partner.client, "rider-1")

    partner.deliver("B-1", [ride(1)])

    reductions = said(citizen.get("/v1/me/wallet"))["reductions"]
    assert reductions == {"creditable_mg": 0, "provisional_mg": 185_400, "incentive_mg": 0}


def test_what_was_booked_names_the_activity_it_came_from(partner: Partner, rider: CitizenClient) -> None:
    partner.deliver("B-1", [ride(1)])
    (activity,) = said(rider.get("/v1/me/activities"))["activities"]

    transfers = said(rider.get("/v1/me/transfers"))["transfers"]

    assert {(one["kind"], one["amount"]) for one in transfers} == {
        ("earn_reduction", 185_400),
        ("earn_points", 185),
    }
    assert {(one["source_kind"], one["source_id"]) for one in transfers} == {("activity", activity["activity_id"])}
    assert len({one["movement_id"] for one in transfers}) == 1
    assert {one["expires_on"] for one in transfers} == {None, "2028-11-30"}


def test_somebody_elses_activity_is_not_found(
    app: Flask, partner: Partner, rider: CitizenClient, context: Context
) -> None:
    partner.deliver("B-1", [ride(1)])
    (activity,) = said(rider.get("/v1/me/activities"))["activities"]
    other = world.citizen(app, context, 2)

    answer = other.get(f"/v1/me/activities/{activity['activity_id']}")

    assert (answer.status_code, said(answer)["code"]) == (404, "ACTIVITY_NOT_FOUND")
    assert other.get("/v1/me/activities").json == {"activities": [], "next_after": None}


@pytest.mark.parametrize("after", ["x", "WyIyMDI2LTExLTIwIiwieCJd", "WyJ4IiwieCJd"])
def test_a_cursor_that_is_not_ours_is_refused(after: str, rider: CitizenClient) -> None:
    answer = rider.get(f"/v1/me/activities?after={after}")

    assert (answer.status_code, said(answer)["errors"][0]["code"]) == (400, "BAD_CURSOR")
