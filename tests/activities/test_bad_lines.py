"""Every way a line can be wrong has its own code and pointer; the lines around it are credited all the same."""

import json
from typing import Any

import pytest

from service.activities.domain.reasons import LINE_REASONS
from service.core.context import Context
from tests.activities.conftest import NewPartner
from tests.activities.intake import Delivery, Partner, Ride, books, csv_columns, csv_line, delivery, ride
from tests.identity.world import CitizenClient

TWO_CREDITED = (2, 2 * 185_400, 2 * 185)
CHANGES: list[tuple[dict[str, Any], str, str]] = [
    ({"event_no": ""}, "MISSING_FIELD", "#/event_no"),
    ({"event_no": "E 1"}, "BAD_NUMBER", "#/event_no"),
    ({"event_no": "E" * 65}, "BAD_NUMBER", "#/event_no"),
    ({"event_no": "=1+1"}, "FORMULA_CELL", "#/event_no"),
    ({"event_no": "-1"}, "FORMULA_CELL", "#/event_no"),
    ({"op": "void"}, "OP_UNSUPPORTED", "#/op"),
    ({"op": ""}, "MISSING_FIELD", "#/op"),
    ({"op": "=new"}, "FORMULA_CELL", "#/op"),
    ({"subject_token": ""}, "MISSING_FIELD", "#/subject_token"),
    ({"subject_token": "@SUM(A1)"}, "FORMULA_CELL", "#/subject_token"),
    ({"subject_token": "x" * 129}, "TEXT_TOO_LONG", "#/subject_token"),
    ({"subject_token": "stranger"}, "SUBJECT_UNKNOWN", "#/subject_token"),
    ({"subject_token": "\u202erider"}, "CONTROL_CHARACTER", "#/subject_token"),
    ({"activity_type": "rocket_trip"}, "ACTIVITY_TYPE_NOT_ALLOWED", "#/activity_type"),
    ({"started_at": "2026-11-19T08:00:00"}, "NAIVE_TIME", "#/started_at"),
    ({"started_at": "2026-11-19 08:00:00+08:00"}, "BAD_TIME", "#/started_at"),
    ({"started_at": "2026-02-30T08:00:00+08:00"}, "BAD_TIME", "#/started_at"),
    ({"started_at": "1969-01-01T08:00:00+08:00"}, "BAD_TIME", "#/started_at"),
    ({"ended_at": "2026-11-19T08:00:60+08:00"}, "BAD_TIME", "#/ended_at"),
    ({"ended_at": ""}, "MISSING_FIELD", "#/ended_at"),
    ({"ended_at": "2026-11-19T07:00:00+08:00"}, "END_BEFORE_START", "#/ended_at"),
    ({"ended_at": "2026-11-20T10:03:00+08:00"}, "FROM_THE_FUTURE", "#/ended_at"),
    ({"started_at": "2026-10-20T08:00:00+08:00"}, "TOO_OLD", "#/started_at"),
    ({"ended_at": "2026-11-19T15:00:00+08:00"}, "TOO_LONG", "#/ended_at"),
    ({"ended_at": "2026-11-19T08:02:30+08:00"}, "TOO_SHORT", "#/ended_at"),
    ({"distance_m": 12_000}, "TOO_FAST", "#/distance_m"),
    ({"distance_m": 499}, "TOO_NEAR", "#/distance_m"),
    ({"distance_m": 31_000, "ended_at": "2026-11-19T11:00:00+08:00"}, "TOO_FAR", "#/distance_m"),
    ({"distance_m": 0}, "OUT_OF_RANGE", "#/distance_m"),
    ({"distance_m": -3_000}, "OUT_OF_RANGE", "#/distance_m"),
    ({"distance_m": 10**12}, "OUT_OF_RANGE", "#/distance_m"),
    ({"distance_m": 10**30}, "OUT_OF_RANGE", "#/distance_m"),
    ({"distance_m": 12.9}, "NOT_AN_INTEGER", "#/distance_m"),
    ({"distance_m": 3000.0}, "NOT_AN_INTEGER", "#/distance_m"),
    ({"distance_m": None}, "MISSING_FIELD", "#/distance_m"),
    ({"evidence": "hearsay"}, "EVIDENCE_NOT_ACCEPTED", "#/evidence"),
    ({"evidence": "fare_gate"}, "EVIDENCE_NOT_ACCEPTED", "#/evidence"),
    ({"start_lng": "102.7", "start_lat": "25.x"}, "NOT_A_COORDINATE", "#/start_lat"),
    ({"start_lng": "102.7"}, "MISSING_FIELD", "#/start_lat"),
    ({"end_lat": "25.0"}, "MISSING_FIELD", "#/end_lng"),
    ({"start_lng": "181", "start_lat": "25"}, "OUT_OF_RANGE", "#/start_lng"),
    ({"start_lng": "116.39", "start_lat": "39.9"}, "OUT_OF_AREA", "#/start_lng"),
    ({"end_lng": "116.39", "end_lat": "39.9"}, "OUT_OF_AREA", "#/end_lng"),
    ({"vehicle_no": "=HYPERLINK(1)"}, "FORMULA_CELL", "#/vehicle_no"),
    ({"vehicle_no": "+1"}, "FORMULA_CELL", "#/vehicle_no"),
    ({"vehicle_no": "v" * 65}, "TEXT_TOO_LONG", "#/vehicle_no"),
]
JSON_ONLY: list[tuple[dict[str, Any], str, str]] = [
    ({"distance_m": "3000"}, "WRONG_TYPE", "#/distance_m"),
    ({"distance_m": True}, "WRONG_TYPE", "#/distance_m"),
    ({"distance_m": [3000]}, "WRONG_TYPE", "#/distance_m"),
    ({"event_no": 7}, "WRONG_TYPE", "#/event_no"),
    ({"started_at": 1_795_000_000}, "WRONG_TYPE", "#/started_at"),
    ({"vehicle_no": "a\u0000b"}, "CONTROL_CHARACTER", "#/vehicle_no"),
    ({"vehicle_no": "\ud800"}, "CONTROL_CHARACTER", "#/vehicle_no"),
    ({"start_lng": False, "start_lat": 25}, "WRONG_TYPE", "#/start_lng"),
    ({"colour": "red"}, "UNKNOWN_FIELD", "#/colour"),
    ({"a/b~c": 1}, "UNKNOWN_FIELD", "#/a~1b~0c"),
    ({"\u0007": 1}, "UNKNOWN_FIELD", "#"),
]
RAW_JSON = [
    (b'{"event_no": "E-2", "event_no": "E-3"}', "DUPLICATE_FIELD"),
    (b'{"distance_m": NaN}', "BAD_JSON"),
    (b'{"event_no": "E-2"', "BAD_JSON"),
    (b"[]", "BAD_JSON"),
    (b"", "BAD_JSON"),
    (b"[" * 4_000, "BAD_JSON"),
    (b'{"event_no": "\xff"}', "BAD_ENCODING"),
    (b'{"event_no": "\x00"}', "CONTROL_CHARACTER"),
    (b'{"event_no": "' + b"x" * 5_000 + b'"}', "LINE_TOO_LONG"),
]
RAW_CSV = [
    (b"E-2,new", "WRONG_COLUMN_COUNT"),
    (b"", "WRONG_COLUMN_COUNT"),
    (b'E-2,"new', "BAD_CSV"),
    (b"\xe4\xba", "BAD_ENCODING"),
    (b"E-2\x00,new", "CONTROL_CHARACTER"),
    (b"E-2,new\rE-3,new", "CONTROL_CHARACTER"),
    (b"," * 5_000, "LINE_TOO_LONG"),
]


def around(bad: Ride) -> list[Ride]:
    return [ride(1), {**ride(2), **bad}, ride(3)]


def raw(bad: bytes, form: str) -> Delivery:
    """A file of two good lines and one of raw bytes between them."""
    good = [ride(1), ride(3)]
    if form == "csv":
        columns = csv_columns(good)
        lines = [
            ",".join(columns).encode(),
            csv_line(good[0], columns).encode(),
            bad,
            csv_line(good[1], columns).encode(),
        ]
    else:
        lines = [json.dumps(good[0]).encode(), bad, json.dumps(good[1]).encode()]
    return Delivery(b"".join(line + b"\n" for line in lines), 3, 6_000, form)


def expect_one_bad_line(partner: Partner, context: Context, code: str, pointer: str) -> None:
    assert partner.outcome("B-1") == {"state": "done", "refusal": None, "accepted": 2, code: 1}
    assert partner.verdicts("B-1") == [(None, None), (code, pointer), (None, None)]
    assert partner.results("B-1")[1]["detail"] == LINE_REASONS[code].en
    assert books(context)["activities"] == TWO_CREDITED


@pytest.mark.parametrize(("bad", "code", "pointer"), CHANGES, ids=lambda value: str(value)[:40])
def test_a_bad_csv_line_spoils_only_itself(
    bad: Ride, code: str, pointer: str, partner: Partner, rider: CitizenClient, context: Context
) -> None:
    partner.deliver("B-1", declared(delivery(around(bad)), bad))

    expect_one_bad_line(partner, context, code, pointer)


@pytest.mark.parametrize(("bad", "code", "pointer"), [*CHANGES, *JSON_ONLY], ids=lambda value: str(value)[:40])
def test_a_bad_json_line_spoils_only_itself(
    bad: Ride, code: str, pointer: str, partner: Partner, rider: CitizenClient, context: Context
) -> None:
    partner.deliver("B-1", declared(delivery(around(bad), "ndjson"), bad))

    expect_one_bad_line(partner, context, code, pointer)


def declared(file: Delivery, bad: Ride) -> Delivery:
    """Add up distances as the manifest's rule says: whole numbers of at most 15 digits."""
    distance = bad.get("distance_m", 3000)
    whole = type(distance) is int and len(str(abs(distance))) <= 15
    file.distance_m = 6_000 + (distance if whole else 0)
    return file


@pytest.mark.parametrize(("bad", "code"), RAW_CSV, ids=lambda value: str(value)[:40])
def test_a_line_that_is_no_csv_spoils_only_itself(
    bad: bytes, code: str, partner: Partner, rider: CitizenClient, context: Context
) -> None:
    partner.deliver("B-1", raw(bad, "csv"))

    expect_one_bad_line(partner, context, code, "#")


@pytest.mark.parametrize(("bad", "code"), RAW_JSON, ids=lambda value: str(value)[:40])
def test_a_line_that_is_no_json_spoils_only_itself(
    bad: bytes, code: str, partner: Partner, rider: CitizenClient, context: Context
) -> None:
    partner.deliver("B-1", raw(bad, "ndjson"))

    expect_one_bad_line(partner, context, code, "#")


@pytest.mark.parametrize("event_no", ["ends with \\", "\\N", "\ud800", "E" * 3_000, "a\u2028b"])
def test_a_refused_line_shows_its_event_number_only_where_it_is_one(
    event_no: str, partner: Partner, rider: CitizenClient
) -> None:
    rides = [ride(1, colour="red"), ride(2, event_no=event_no, colour="red"), ride(3)]

    partner.deliver("B-1", delivery(rides, "ndjson"))

    assert [line["event_no"] for line in partner.results("B-1")] == ["E-000001", None, "E-000003"]
    assert partner.verdicts("B-1") == [("UNKNOWN_FIELD", "#/colour")] * 2 + [(None, None)]


def test_a_partner_reports_only_what_it_may(
    new_partner: NewPartner, rider: CitizenClient, context: Context
) -> None:
    metro = new_partner("metro", activity_types=["metro_trip"])

    metro.deliver("B-1", [ride(1)])

    assert metro.verdicts("B-1") == [("ACTIVITY_TYPE_NOT_ALLOWED", "#/activity_type")]


def test_every_reason_has_its_sentence_in_both_languages() -> None:
    for code, sentence in LINE_REASONS.items():
        assert code.isupper()
        assert sentence.zh.endswith("。")
        assert sentence.en.endswith(".")
