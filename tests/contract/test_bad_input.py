"""Bad input through the front door: each answers with its own code and pointer, and nothing is half done."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from service import methodology
from service.core.context import Context
from service.core.key_pairs import new_private_key
from service.core.signing import RequestLine, make_request_token
from tests.activities.intake import EMPTY_BOOKS, Delivery, Partner, Ride, books, csv_file, delivery, ride
from tests.clock import MovingClock
from tests.contract.strangers import Town
from tests.identity import world

Refused = tuple[int, str, list[tuple[str, str]]]
BATCHES = "/v1/partner/batches"
MIB = 1_048_576
CREDITED_MG, CREDITED_POINTS = 185_400, 185


@pytest.fixture
def town(app: Flask, context: Context) -> Town:
    return Town(app, context).build()


@pytest.fixture
def partner(app: Flask, context: Context, catalogue: methodology.Catalogue) -> Partner:
    """A partner whose ``rider-1`` is bound."""
    made = Partner(app, context, catalogue).register(world.operator(app, context))
    world.bind(world.citizen(app, context), made.client, "rider-1")
    return made


def refusal(answer: TestResponse) -> Refused:
    body = world.said(answer)
    assert body["outcome"] == "none"
    return answer.status_code, body["code"], [(one["pointer"], one["code"]) for one in body.get("errors", [])]


def invalid(pointer: str, code: str) -> Refused:
    return 400, "INVALID_REQUEST", [(pointer, code)]


MANIFESTS: list[tuple[dict[str, Any], Refused]] = [
    ({"colour": "red"}, invalid("#/colour", "UNKNOWN_FIELD")),
    ({"sums": {"distance_m": 1, "duration_s": 1}}, invalid("#/sums/duration_s", "UNKNOWN_FIELD")),
    ({"lines": "12"}, invalid("#/lines", "WRONG_TYPE")),
    ({"lines": True}, invalid("#/lines", "WRONG_TYPE")),
    ({"lines": None}, invalid("#/lines", "NULL_NOT_ALLOWED")),
    ({"lines": 12.9}, invalid("#/lines", "NOT_AN_INTEGER")),
    ({"lines": 12.0}, invalid("#/lines", "NOT_AN_INTEGER")),
    ({"lines": -1}, invalid("#/lines", "OUT_OF_RANGE")),
    ({"seq": 2**63}, invalid("#/seq", "OUT_OF_RANGE")),
    ({"sums": {"distance_m": 10**15}, "bytes": 64 * MIB + 1}, invalid("#/bytes", "OUT_OF_RANGE")),
    ({"sums": {}}, invalid("#/sums/distance_m", "MISSING_FIELD")),
    ({"period": "2026-02-30"}, invalid("#/period", "BAD_DAY")),
    ({"batch_no": "a\0b"}, invalid("#/batch_no", "BAD_NUMBER")),
    ({"batch_no": "=1+1"}, invalid("#/batch_no", "BAD_NUMBER")),
    ({"sha256": "z" * 64}, invalid("#/sha256", "WRONG_FORM")),
    ({"compression": "zip"}, invalid("#/compression", "NOT_A_CHOICE")),
]
OFFERS: list[tuple[dict[str, Any], Refused]] = [
    ({"sale_starts_at": "2026-11-20T08:00:00"}, invalid("#/sale_starts_at", "NAIVE_TIME")),
    ({"sale_starts_at": "2026-11-20"}, invalid("#/sale_starts_at", "BAD_TIME")),
    ({"sale_starts_at": 1_795_000_000}, invalid("#/sale_starts_at", "WRONG_TYPE")),
    ({"title_zh": "a\0b"}, invalid("#/title_zh", "CONTROL_CHARACTER")),
    ({"funding": [{"funder": "programme", "amount_fen": 0}]}, invalid("#/funding/0/amount_fen", "OUT_OF_RANGE")),
    ({"store_ids": [1.5]}, invalid("#/store_ids/0", "NOT_AN_INTEGER")),
    ({"merchant_id": -999_999}, (404, "MERCHANT_NOT_FOUND", [])),
]
KEYS: list[tuple[object, Refused]] = [
    ({"kty": 5, "crv": "Ed25519", "x": "A" * 43}, invalid("#/public_key/kty", "WRONG_TYPE")),
    ({"kty": "OKP", "crv": "Ed25519", "x": None}, invalid("#/public_key/x", "NULL_NOT_ALLOWED")),
    ({"kty": "OKP", "crv": "Ed25519", "x": "A" * 42}, invalid("#/public_key/x", "WRONG_FORM")),
    ({"kty": "OKP", "crv": "Ed25519", "x": "A" * 43, "d": "A"}, invalid("#/public_key/d", "UNKNOWN_FIELD")),
    ({"kty": "EC", "crv": "P-256", "x": "A" * 43}, (400, "KEY_NOT_USABLE", [("#/public_key", "KEY_NOT_USABLE")])),
    ("key", invalid("#/public_key", "WRONG_TYPE")),
]
WRONG_BODIES: list[tuple[str, dict[str, Any], Refused]] = [
    *((BATCHES, *row) for row in MANIFESTS),
    *(("/v1/operator/offers", *row) for row in OFFERS),
    *(("/v1/operator/terminals", {"public_key": key}, refused) for key, refused in KEYS),
    *(("/v1/operator/partners", {"public_key": key, "code": "other"}, refused) for key, refused in KEYS),
]


@pytest.mark.parametrize(("path", "changes", "refused"), WRONG_BODIES, ids=lambda value: str(value)[:50])
def test_a_wrong_body_is_refused_where_it_is_wrong(
    path: str, changes: dict[str, Any], refused: Refused, town: Town
) -> None:
    someone = town.callers["partner" if path == BATCHES else "operator:system"]
    asked = town.sample_of(path)
    before = town.contents()

    answer = someone.post(path, json={**asked, **changes})

    assert refusal(answer) == refused
    assert town.contents() == before


def signed_by_another(partner: world.MachineClient, body: bytes) -> str:
    """Return a token that says it is the partner's and is signed by somebody else."""
    own = partner.credentials("POST", BATCHES, body)["Authorization"]
    other = make_request_token(
        new_private_key(),
        RequestLine.of("POST", BATCHES),
        body,
        now=partner.context.now(),
        request_id=partner.context.new_id(),
    )
    return own.rpartition(".")[0] + "." + other.rpartition(".")[2]


def signed_by_a_stranger(partner: world.MachineClient, body: bytes) -> str:
    stranger = world.MachineClient(partner.client, partner.context)
    return stranger.credentials("POST", BATCHES, body)["Authorization"]


def signed_for_another_body(partner: world.MachineClient, body: bytes) -> str:
    return partner.credentials("POST", BATCHES, body + b" ")["Authorization"]


def signed_for_another_address(partner: world.MachineClient, body: bytes) -> str:
    return partner.credentials("POST", BATCHES + "/B-1/complete", body)["Authorization"]


Forger = Callable[[world.MachineClient, bytes], str]
FORGERIES: list[tuple[Forger, str]] = [
    (signed_by_another, "SIGNATURE_INVALID"),
    (signed_by_a_stranger, "UNKNOWN_KEY"),
    (signed_for_another_body, "BODY_CHANGED"),
    (signed_for_another_address, "REQUEST_CHANGED"),
    (lambda _partner, _body: "Machine x", "TOKEN_MALFORMED"),
    (lambda _partner, _body: "Basic eDp5", "UNAUTHENTICATED"),
]


@pytest.mark.parametrize(("forge", "code"), FORGERIES)
def test_a_wrong_proof_is_refused(forge: Forger, code: str, town: Town) -> None:
    partner = town.callers["partner"]
    assert isinstance(partner, world.MachineClient)
    body = orjson.dumps(town.sample_of(BATCHES))
    before = town.contents()

    answer = partner.post(BATCHES, json=orjson.loads(body), headers={"Authorization": forge(partner, body)})

    assert refusal(answer) == (401, code, [])
    assert town.contents() == before


def test_a_proof_is_good_for_two_minutes_and_once(town: Town, clock: MovingClock) -> None:
    partner = town.callers["partner"]
    asked = town.sample_of(BATCHES)
    late = partner.credentials("POST", BATCHES, orjson.dumps(asked))
    clock.advance(seconds=120)
    before = town.contents()
    expired = partner.post(BATCHES, json=asked, headers=late)
    unchanged = town.contents() == before
    proof = partner.credentials("POST", BATCHES, orjson.dumps(asked))
    first = partner.post(BATCHES, json=asked, headers=proof)
    after_first = town.contents()
    again = partner.post(BATCHES, json=asked, headers=proof)

    assert (refusal(expired), unchanged) == ((401, "TOKEN_EXPIRED", []), True)
    assert first.status_code == 201
    assert refusal(again) == (401, "REQUEST_REPLAYED", [])
    assert town.contents() == after_first


def test_a_number_for_another_request_is_refused(town: Town) -> None:
    boss = town.callers["operator:system"]
    asked = {"request_no": "first", "code": "M-2", "name_zh": "甲", "name_en": "A"}
    before = town.contents()

    assert refusal(boss.post("/v1/operator/merchants", json=asked)) == (409, "NUMBER_REUSED", [])
    assert town.contents() == before


@pytest.mark.parametrize("subject", ["\ud800", "a\udfff", ""])
def test_a_subject_that_is_no_text_is_not_bound(subject: str, town: Town) -> None:
    citizen, partner = town.callers["citizen"], town.callers["partner"]
    assert isinstance(partner, world.MachineClient)
    before = town.contents()

    answer = citizen.post("/v1/me/bindings", json={"ticket": partner.ticket(subject)})

    assert refusal(answer) == (400, "TICKET_INVALID", [])
    assert town.contents() == before


LINES: list[tuple[dict[str, Any], str, str]] = [
    ({"colour": "red"}, "UNKNOWN_FIELD", "#/colour"),
    ({"distance_m": "3000"}, "WRONG_TYPE", "#/distance_m"),
    ({"distance_m": 12.9}, "NOT_AN_INTEGER", "#/distance_m"),
    ({"distance_m": -3_000}, "OUT_OF_RANGE", "#/distance_m"),
    ({"distance_m": 10**12}, "OUT_OF_RANGE", "#/distance_m"),
    ({"distance_m": 12_000}, "TOO_FAST", "#/distance_m"),
    ({"started_at": "2026-11-19T08:02:00"}, "NAIVE_TIME", "#/started_at"),
    ({"ended_at": "2026-11-19T07:00:00+08:00"}, "END_BEFORE_START", "#/ended_at"),
    ({"started_at": "0001-01-01T00:00:00+08:00"}, "BAD_TIME", "#/started_at"),
    ({"ended_at": "9999-12-31T23:59:59-08:00"}, "BAD_TIME", "#/ended_at"),
    ({"event_no": "E-000001", "distance_m": 3_001}, "EVENT_NO_REUSED", "#/event_no"),
    ({"subject_token": "stranger"}, "SUBJECT_UNKNOWN", "#/subject_token"),
    ({"vehicle_no": "=HYPERLINK(1)"}, "FORMULA_CELL", "#/vehicle_no"),
    ({"vehicle_no": "a\0b"}, "CONTROL_CHARACTER", "#/vehicle_no"),
]


def test_each_bad_line_answers_for_itself_and_the_good_one_is_credited(partner: Partner, context: Context) -> None:
    bad: list[Ride] = [ride(n, **changes) for n, (changes, _, _) in enumerate(LINES, start=2)]
    file = delivery([ride(1), *bad], "ndjson")
    content = file.content + b'{"event_no": "\xff"}\n'

    partner.deliver("B-1", replace(file, content=content, lines=file.lines + 1))

    wanted = [(code, pointer) for _, code, pointer in LINES]
    assert partner.verdicts("B-1") == [(None, None), *wanted, ("BAD_ENCODING", "#")]
    assert books(context)["activities"] == (1, CREDITED_MG, CREDITED_POINTS)


FILE = delivery([ride(1), ride(2)])
PACKED = delivery([ride(n) for n in range(1, 40)], compression="gzip")
FILES: list[tuple[Delivery, tuple[str, str]]] = [
    (replace(PACKED, content=PACKED.content[:-20]), ("GZIP_TRUNCATED", "#")),
    (replace(PACKED, content=csv_file([ride(1)])), ("GZIP_BROKEN", "#")),
    (replace(FILE, content=b"\xff" + FILE.content), ("HEADER_UNREADABLE", "#")),
    (replace(FILE, lines=3), ("LINES_MISMATCH", "#/lines")),
    (replace(FILE, distance_m=1), ("SUMS_MISMATCH", "#/sums/distance_m")),
]


@pytest.mark.parametrize(("file", "refused"), FILES, ids=lambda value: str(value)[-40:])
def test_a_bad_file_books_nothing(
    file: Delivery, refused: tuple[str, str], partner: Partner, context: Context
) -> None:
    partner.deliver("B-1", file)

    assert partner.outcome("B-1") == {"state": "refused", "refusal": refused, "accepted": 0}
    assert books(context) == EMPTY_BOOKS


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"x" * (8 * MIB + 1), "PART_TOO_LARGE"),
        (FILE.content + b"x", "PART_TOO_LARGE"),
        (b"x" * (9 * MIB + 1), "BODY_TOO_LARGE"),
    ],
    ids=["a part", "the declared file", "any body"],
)
def test_an_oversize_file_is_not_stored(content: bytes, code: str, partner: Partner, context: Context) -> None:
    partner.announce("B-1", FILE)

    answer = partner.put("B-1", 1, content)

    assert refusal(answer) == (413, code, [])
    assert refusal(partner.complete("B-1")) == (
        409,
        "BATCH_PARTS_MISSING",
        [("#/parts", "BATCH_PARTS_MISSING")],
    )
    assert books(context) == EMPTY_BOOKS
