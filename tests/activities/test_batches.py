"""The protocol of batches: manifest, parts, complete, results; and what it refuses."""

import gzip
from dataclasses import replace
from typing import Any

import pytest
from werkzeug.test import TestResponse

from service.core.context import Context
from tests.activities.conftest import NewPartner
from tests.activities.intake import EMPTY_BOOKS, Delivery, Partner, books, delivery, ride
from tests.identity.world import CitizenClient, said

FILE = delivery([ride(1), ride(2)])
PACKED = delivery([ride(n) for n in range(1, 40)], compression="gzip")
MIB = 1_048_576


def refusal(answer: TestResponse) -> tuple[int, str, list[tuple[str, str]]]:
    errors = [(error["pointer"], error["code"]) for error in said(answer).get("errors", [])]
    assert said(answer).get("outcome", "none") == "none"
    return answer.status_code, said(answer)["code"], errors


def test_a_batch_becomes_reductions_and_points(partner: Partner, rider: CitizenClient, context: Context) -> None:
    batch = partner.deliver("B-1", [ride(1), ride(2, distance_m=1001), ride(3, subject_token="stranger")])

    assert batch["state"] == "done"
    assert batch["counts"] == {"accepted": 2, "rejected": 1, "duplicate": 0}
    assert batch["reasons"] == [{"outcome": "rejected", "code": "SUBJECT_UNKNOWN", "lines": 1}]
    assert books(context) == {
        "activities": (2, 185_400 + 61_861, 185 + 61),
        "events": (2,),
        "acts": (2,),
        "lines": (3,),
        "transfers": (4,),
        "wallets": (185_400 + 61_861, 185 + 61),
    }


@pytest.mark.parametrize("form", ["csv", "ndjson"])
@pytest.mark.parametrize("compression", ["none", "gzip"])
@pytest.mark.parametrize("parts", [1, 7])
def test_every_form_of_a_file_ends_the_same(
    form: str, compression: str, parts: int, partner: Partner, rider: CitizenClient, context: Context
) -> None:
    rides = [ride(n, start_lng="102.7", start_lat="25.04") for n in range(1, 30)]

    batch = partner.deliver("B-1", delivery(rides, form, compression, parts))

    assert (batch["state"], batch["counts"]["accepted"], batch["lines_done"]) == ("done", 29, 29)
    assert books(context)["wallets"] == (29 * 185_400, 29 * 185)


def test_windows_line_ends_and_a_byte_order_mark_are_read(partner: Partner, rider: CitizenClient) -> None:
    content = b"\xef\xbb\xbf" + FILE.content.replace(b"\n", b"\r\n").removesuffix(b"\r\n")

    assert partner.deliver("B-1", replace(FILE, content=content))["counts"]["accepted"] == 2


def test_the_answers_of_an_upload_say_what_was_done(partner: Partner) -> None:
    registered = partner.announce("B-1", FILE)
    stored = partner.put("B-1", 1, FILE.content)
    completed = partner.complete("B-1")
    again = partner.complete("B-1")

    manifest = partner.manifest("B-1", FILE, seq=1, prev_digest=None)
    batch = {
        **manifest,
        "state": "receiving",
        "registered_at": "2026-11-20T10:00:00+08:00",
        "completed_at": None,
        "finished_at": None,
        "lines_done": 0,
    }
    processing = {**batch, "state": "processing", "completed_at": "2026-11-20T10:00:00+08:00"}
    assert (registered.status_code, said(registered)) == (
        201,
        {"batch": batch, "outcome": "done", "replayed": False},
    )
    assert (stored.status_code, said(stored)) == (
        200,
        {
            "part": {"part_no": 1, "bytes": len(FILE.content), "sha256": manifest["sha256"]},
            "outcome": "done",
        },
    )
    assert (completed.status_code, said(completed)) == (
        202,
        {"batch": processing, "outcome": "done", "replayed": False},
    )
    assert (again.status_code, said(again)) == (202, {"batch": processing, "outcome": "done", "replayed": True})


def test_the_same_manifest_again_gets_the_first_answer(partner: Partner, rider: CitizenClient) -> None:
    first = partner.announce("B-1", FILE)
    partner.put("B-1", 1, FILE.content)
    partner.complete("B-1")
    partner.process()

    again = partner.announce("B-1", FILE, seq=1, prev_digest=None)

    assert (again.status_code, said(again)) == (201, {**said(first), "replayed": True})


def test_a_batch_number_stands_for_one_manifest(partner: Partner) -> None:
    partner.announce("B-1", FILE)

    answer = partner.announce("B-1", FILE, seq=1, prev_digest=None, lines=3)

    assert refusal(answer) == (409, "NUMBER_REUSED", [])


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"colour": "red"}, [("#/colour", "UNKNOWN_FIELD")]),
        ({"batch_no": "B 1"}, [("#/batch_no", "BAD_NUMBER")]),
        ({"period": "19.11.2026"}, [("#/period", "BAD_DAY")]),
        ({"seq": 0}, [("#/seq", "OUT_OF_RANGE")]),
        ({"seq": "1"}, [("#/seq", "WRONG_TYPE")]),
        ({"lines": 12.9}, [("#/lines", "NOT_AN_INTEGER")]),
        ({"lines": 1_000_001}, [("#/lines", "OUT_OF_RANGE")]),
        ({"lines": 0}, [("#/lines", "OUT_OF_RANGE")]),
        ({"bytes": 64 * MIB + 1}, [("#/bytes", "OUT_OF_RANGE")]),
        ({"parts": 65}, [("#/parts", "OUT_OF_RANGE")]),
        ({"sha256": "00"}, [("#/sha256", "WRONG_FORM")]),
        ({"prev_digest": "A" * 64}, [("#/prev_digest", "WRONG_FORM")]),
        ({"format": "xlsx"}, [("#/format", "NOT_A_CHOICE")]),
        ({"compression": "zip"}, [("#/compression", "NOT_A_CHOICE")]),
        ({"sums": {}}, [("#/sums/distance_m", "MISSING_FIELD")]),
        ({"sums": {"distance_m": 1.5}}, [("#/sums/distance_m", "NOT_AN_INTEGER")]),
        ({"sums": {"distance_m": 1, "duration_s": 1}}, [("#/sums/duration_s", "UNKNOWN_FIELD")]),
    ],
    ids=str,
)
def test_a_manifest_of_another_form_is_refused(
    changes: dict[str, Any], errors: list[tuple[str, str]], partner: Partner
) -> None:
    body = {**partner.manifest("B-1", FILE), **changes}

    assert refusal(partner.client.post("/v1/partner/batches", json=body)) == (400, "INVALID_REQUEST", errors)


@pytest.mark.parametrize("changes", [{"seq": 1}, {"seq": 3}, {"prev_digest": None}, {"prev_digest": "0" * 64}])
def test_a_batch_follows_the_one_before(changes: dict[str, Any], partner: Partner) -> None:
    partner.announce("B-1", FILE)

    answer = partner.announce("B-2", FILE, **changes)

    assert refusal(answer) == (409, "BATCH_SEQUENCE_BROKEN", [])
    assert said(answer)["params"] == {"seq": 2, "prev_digest": partner.prev_digest}
    assert partner.announce("B-2", FILE).status_code == 201


def test_the_first_batch_follows_none(partner: Partner) -> None:
    answer = partner.announce("B-1", FILE, prev_digest="0" * 64)

    assert refusal(answer) == (409, "BATCH_SEQUENCE_BROKEN", [])


def test_a_part_may_be_replaced_until_the_batch_is_completed(partner: Partner, rider: CitizenClient) -> None:
    partner.announce("B-1", FILE)
    partner.put("B-1", 1, b"x" * len(FILE.content))
    spoiled = partner.complete("B-1")
    partner.put("B-1", 1, FILE.content)
    partner.complete("B-1")
    late = partner.put("B-1", 1, FILE.content)
    partner.process()

    assert refusal(spoiled) == (409, "BATCH_DIGEST_DIFFERS", [("#/sha256", "BATCH_DIGEST_DIFFERS")])
    assert refusal(late) == (409, "BATCH_NOT_RECEIVING", [])
    assert partner.outcome("B-1") == {"state": "done", "refusal": None, "accepted": 2}


def test_parts_that_cannot_be_are_refused(partner: Partner) -> None:
    partner.announce("B-1", FILE, parts=2)
    partner.put("B-1", 1, FILE.content[:100])

    assert refusal(partner.put("B-1", 0, b"x")) == (404, "PART_NOT_DECLARED", [])
    assert refusal(partner.put("B-1", 3, b"x")) == (404, "PART_NOT_DECLARED", [])
    assert refusal(partner.put("B-1", 2, b"")) == (400, "PART_EMPTY", [])
    assert refusal(partner.put("B-1", 2, FILE.content[99:])) == (413, "PART_TOO_LARGE", [])
    assert refusal(partner.put("B-1", 2, b"x" * (8 * MIB + 1))) == (413, "PART_TOO_LARGE", [])
    assert refusal(partner.put("B-1", 2, b"x" * (9 * MIB + 1))) == (413, "BODY_TOO_LARGE", [])


def test_a_batch_is_completed_only_when_it_is_whole(partner: Partner) -> None:
    partner.announce("B-1", FILE, parts=3)
    missing = partner.complete("B-1")
    for part_no in (1, 2, 3):
        partner.put("B-1", part_no, FILE.content[:10])
    short = partner.complete("B-1")

    assert refusal(missing) == (409, "BATCH_PARTS_MISSING", [("#/parts", "BATCH_PARTS_MISSING")])
    assert said(missing)["params"] == {"missing": "1, 2, 3"}
    assert refusal(short) == (409, "BATCH_SIZE_DIFFERS", [("#/bytes", "BATCH_SIZE_DIFFERS")])
    assert partner.batch("B-1")["state"] == "receiving"


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        (replace(PACKED, content=PACKED.content[:-20]), ("GZIP_TRUNCATED", "#")),
        (replace(PACKED, content=PACKED.content[:50]), ("GZIP_TRUNCATED", "#")),
        (replace(PACKED, content=PACKED.content[:-8] + b"wrongsum"), ("GZIP_BROKEN", "#")),
        (replace(PACKED, content=b"not gzip"), ("GZIP_BROKEN", "#")),
        (replace(PACKED, content=gzip.compress(b"")), ("HEADER_MISSING", "#")),
        (replace(PACKED, lines=38), ("LINES_MISMATCH", "#/lines")),
        (replace(PACKED, lines=40), ("LINES_MISMATCH", "#/lines")),
        (replace(PACKED, distance_m=PACKED.distance_m + 1), ("SUMS_MISMATCH", "#/sums/distance_m")),
        (replace(FILE, content=FILE.content.split(b"\n", 1)[1]), ("HEADER_UNKNOWN_COLUMN", "#")),
        (replace(FILE, content=FILE.content.replace(b"evidence", b"op", 1)), ("HEADER_DUPLICATE_COLUMN", "#/op")),
        (replace(FILE, content=b"\xff" + FILE.content), ("HEADER_UNREADABLE", "#")),
        (replace(FILE, content=b"event_no,op\n"), ("HEADER_MISSING_COLUMN", "#/subject_token")),
    ],
    ids=lambda value: str(value)[-60:],
)
def test_a_broken_batch_books_nothing(
    file: Delivery, expected: tuple[str, str], partner: Partner, rider: CitizenClient, context: Context
) -> None:
    partner.deliver("B-1", file)

    assert partner.outcome("B-1") == {"state": "refused", "refusal": expected, "accepted": 0}
    assert books(context) == EMPTY_BOOKS
    assert partner.results("B-1") == []
    assert partner.deliver("B-2", FILE)["state"] == "done"


def test_the_reason_of_a_refused_batch_is_said_in_the_readers_language(partner: Partner) -> None:
    partner.deliver("B-1", replace(PACKED, lines=38))

    zh, en = (
        said(partner.client.get("/v1/partner/batches/B-1", headers={"Accept-Language": language}))["batch"][
            "refusal"
        ]
        for language in ("zh-CN", "en")
    )

    assert zh == {"code": "LINES_MISMATCH", "pointer": "#/lines", "detail": "行数与清单不符。"}
    assert en["detail"] == "The number of lines is not the manifest's."


def test_results_are_paged_in_the_order_of_the_lines(partner: Partner, rider: CitizenClient) -> None:
    partner.deliver("B-1", [ride(n, subject_token=f"rider-{n % 2}") for n in range(1, 8)], 3)

    first = said(partner.client.get("/v1/partner/batches/B-1/results?limit=5"))
    rest = said(partner.client.get(f"/v1/partner/batches/B-1/results?limit=5&after={first['next_after']}"))

    assert [line["line"] for line in first["results"]] == [1, 2, 3, 4, 5]
    assert first["results"][:2] == [
        {"line": 1, "outcome": "accepted", "code": None, "pointer": None, "detail": None, "event_no": "E-000001"},
        {
            "line": 2,
            "outcome": "rejected",
            "code": "SUBJECT_UNKNOWN",
            "pointer": "#/subject_token",
            "detail": "没有居民绑定此标识。",
            "event_no": "E-000002",
        },
    ]
    assert ([line["line"] for line in rest["results"]], rest["next_after"]) == ([6, 7], None)
    assert refusal(partner.client.get("/v1/partner/batches/B-1/results?after=WyJ4Il0"))[:2] == (
        400,
        "INVALID_REQUEST",
    )


def test_a_partner_sees_its_own_batches_only(partner: Partner, new_partner: NewPartner) -> None:
    other = new_partner("other")
    partner.announce("B-1", FILE)

    assert refusal(other.client.get("/v1/partner/batches/B-1")) == (404, "BATCH_NOT_FOUND", [])
    assert refusal(other.client.get("/v1/partner/batches/B-1/results")) == (404, "BATCH_NOT_FOUND", [])
    assert refusal(other.put("B-1", 1, b"x")) == (404, "BATCH_NOT_FOUND", [])
    assert refusal(other.complete("B-1")) == (404, "BATCH_NOT_FOUND", [])
    assert other.announce("B-1", FILE).status_code == 201


def test_a_replayed_request_does_nothing_twice(partner: Partner) -> None:
    partner.announce("B-1", FILE)
    target, body = "/v1/partner/batches/B-1/parts/1", FILE.content
    headers = partner.client.credentials("PUT", target, body)

    first = partner.client.client.put(target, data=body, headers=headers)
    again = partner.client.client.put(target, data=body, headers=headers)
    changed = partner.client.client.put(
        target, data=b"other" + body, headers=partner.client.credentials("PUT", target, body)
    )

    assert first.status_code == 200
    assert refusal(again) == (401, "REQUEST_REPLAYED", [])
    assert changed.status_code == 401
