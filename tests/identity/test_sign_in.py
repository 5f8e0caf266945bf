from collections.abc import Callable

import pytest
from flask import Flask
from sqlmodel import Session

from service.core.context import Context
from service.core.database import fetch_all
from service.identity.gateways import DevelopmentGateway
from service.identity.operations.list_development_codes import list_development_codes
from service.identity.operations.send_sign_in_code import send_sign_in_code
from service.identity.operations.sign_in import sign_in
from service.identity.refusals import CodeInvalid, SmsUnavailable
from tests.clock import MovingClock
from tests.identity import world
from tests.identity.world import Client, code_of, said

PHONE = "+8613812345678"
ELSEWHERE = "203.0.113.7"


@pytest.fixture
def visitor(app: Flask, context: Context) -> Client:
    return world.visitor(app, context)


def newest_code(context: Context, phone: str = PHONE) -> str:
    return list_development_codes(context, phone)[0][1]


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_a_new_phone_signs_in_and_gets_an_account(visitor: Client, context: Context) -> None:
    asked = visitor.post("/v1/sign-in/codes", json={"phone": "138 1234 5678"})
    answer = visitor.post("/v1/sign-in", json={"phone": PHONE, "code": newest_code(context)})

    body = said(answer)
    assert (asked.status_code, said(asked)) == (
        202,
        {
            "outcome": "done",
            "expires_in_s": 300,
            "resend_after_s": 60,
            "address_limit": "exempt_in_development",
        },
    )
    assert (answer.status_code, body) == (
        200,
        {
            "outcome": "done",
            "access_token": body["access_token"],
            "refresh_token": body["refresh_token"],
            "expires_in_s": 900,
            "citizen": {
                "citizen_id": body["citizen"]["citizen_id"],
                "phone_mask": "138****5678",
                "created_at": "2026-11-20T10:00:00+08:00",
                "new": True,
            },
        },
    )
    assert 0 < body["citizen"]["citizen_id"] < 2**53


def test_the_same_phone_in_another_spelling_is_the_same_citizen(
    visitor: Client, context: Context, clock: MovingClock
) -> None:
    found = []
    for spelling in ("13812345678", "+86 138-1234-5678"):
        visitor.post("/v1/sign-in/codes", json={"phone": spelling})
        code = newest_code(context)
        found.append(said(visitor.post("/v1/sign-in", json={"phone": spelling, "code": code}))["citizen"])
        clock.advance(minutes=10)

    assert found[1] == {**found[0], "new": False}


def test_a_known_and_an_unknown_phone_are_answered_alike(
    app: Flask, context: Context, visitor: Client, clock: MovingClock
) -> None:
    known = world.citizen(app, context).phone
    unknown = world.phone_number(2)
    clock.advance(minutes=2)

    asked = [visitor.post("/v1/sign-in/codes", json={"phone": phone}) for phone in (known, unknown)]
    tried = [visitor.post("/v1/sign-in", json={"phone": phone, "code": "000000"}) for phone in (known, unknown)]

    assert asked[0].status_code == asked[1].status_code == 202
    assert said(asked[0]) == said(asked[1])
    assert [code_of(answer) for answer in tried] == [(401, "CODE_INVALID")] * 2


def test_nothing_readable_of_phone_and_code_is_kept(context: Context, session: Session) -> None:
    send_sign_in_code(context, DevelopmentGateway(), PHONE, world.LOOPBACK)
    code = newest_code(context)
    sign_in(context, PHONE, code, world.LOOPBACK)

    tables = ("citizen", "citizen_phone", "sign_in_code", "citizen_session", "attempt_count", "signing_key")
    kept = str([fetch_all(session, f"SELECT t::text FROM {table} t") for table in tables])

    assert "13812345678" not in kept
    assert PHONE.encode().hex() not in kept
    assert "BEGIN PRIVATE" not in kept
    assert code not in str(fetch_all(session, "SELECT code_hash FROM sign_in_code"))


def test_a_code_works_once(visitor: Client, context: Context) -> None:
    body = {"phone": PHONE, "code": world.sent_code(context, PHONE)}

    answers = [code_of(visitor.post("/v1/sign-in", json=body)) for _ in range(2)]

    assert answers == [(200, None), (401, "CODE_INVALID")]


def test_a_code_ends_after_five_minutes_and_only_who_has_it_learns_that(
    visitor: Client, context: Context, clock: MovingClock
) -> None:
    code = world.sent_code(context, PHONE)

    clock.advance(minutes=5)
    late = visitor.post("/v1/sign-in", json={"phone": PHONE, "code": code})
    guessed = visitor.post("/v1/sign-in", json={"phone": PHONE, "code": wrong(code)})

    assert (code_of(late), code_of(guessed)) == ((401, "CODE_EXPIRED"), (401, "CODE_INVALID"))


def test_a_code_lasts_until_its_last_second(visitor: Client, context: Context, clock: MovingClock) -> None:
    code = world.sent_code(context, PHONE)

    clock.advance(minutes=5, seconds=-1)

    assert visitor.post("/v1/sign-in", json={"phone": PHONE, "code": code}).status_code == 200


def test_the_sixth_try_is_refused_even_with_the_right_code(visitor: Client, context: Context) -> None:
    code = world.sent_code(context, PHONE)

    tries = [code_of(visitor.post("/v1/sign-in", json={"phone": PHONE, "code": wrong(code)})) for _ in range(5)]
    right = code_of(visitor.post("/v1/sign-in", json={"phone": PHONE, "code": code}))

    assert tries == [(401, "CODE_INVALID")] * 5
    assert right == (401, "CODE_EXHAUSTED")


def test_a_new_code_replaces_the_one_before(visitor: Client, context: Context, clock: MovingClock) -> None:
    first = world.sent_code(context, PHONE)
    clock.advance(seconds=60)
    second = world.sent_code(context, PHONE)
    assert first != second

    tries = [code_of(visitor.post("/v1/sign-in", json={"phone": PHONE, "code": code})) for code in (first, second)]

    assert tries == [(401, "CODE_INVALID"), (200, None)]


def test_the_code_of_another_phone_does_not_work(visitor: Client, context: Context) -> None:
    other = world.sent_code(context, world.phone_number(5))

    assert code_of(visitor.post("/v1/sign-in", json={"phone": PHONE, "code": other})) == (401, "CODE_INVALID")


def test_a_phone_gets_one_code_a_minute_and_five_an_hour(
    visitor: Client, context: Context, clock: MovingClock
) -> None:
    answers = []
    for wait_s in (0, 59, 1, 60, 60, 60, 60):
        clock.advance(seconds=wait_s)
        answer = visitor.post("/v1/sign-in/codes", json={"phone": PHONE})
        answers.append((answer.status_code, answer.headers.get("Retry-After")))

    assert answers == [
        (202, None),
        (429, "1"),
        (202, None),
        (202, None),
        (202, None),
        (202, None),
        (429, "3300"),
    ]


def test_a_phone_gets_ten_codes_a_day(visitor: Client, clock: MovingClock) -> None:
    statuses = []
    for _ in range(11):
        statuses.append(visitor.post("/v1/sign-in/codes", json={"phone": PHONE}).status_code)
        clock.advance(minutes=61)

    assert statuses == [202] * 10 + [429]


def test_an_address_gets_sixty_codes_in_ten_minutes(app: Flask, context: Context) -> None:
    client = app.test_client()

    answers = [
        client.post(
            "/v1/sign-in/codes",
            json={"phone": world.phone_number(n)},
            environ_overrides={"REMOTE_ADDR": ELSEWHERE},
        )
        for n in range(61)
    ]

    assert {code_of(answer) for answer in answers[:60]} == {(202, None)}
    assert said(answers[0])["address_limit"] == "applied"
    assert code_of(answers[60]) == (429, "TOO_MANY_REQUESTS")


def test_an_address_tries_three_hundred_codes_in_ten_minutes(context: Context, app: Flask) -> None:
    body = {"phone": PHONE, "code": "000000"}
    client = app.test_client()

    codes = [
        code_of(client.post("/v1/sign-in", json=body, environ_overrides={"REMOTE_ADDR": ELSEWHERE}))
        for _ in range(301)
    ]

    assert set(codes[:300]) == {(401, "CODE_INVALID")}
    assert codes[300] == (429, "TOO_MANY_REQUESTS")


@pytest.mark.parametrize("code", ["", "12345", "1234567", "12345a", "１２３４５６", 123456, None])
def test_a_code_of_another_form_is_a_bad_request(visitor: Client, code: object) -> None:
    answer = visitor.post("/v1/sign-in", json={"phone": PHONE, "code": code})

    assert code_of(answer) == (400, "INVALID_REQUEST")
    assert [problem["pointer"] for problem in said(answer)["errors"]] == ["#/code"]


def test_a_phone_that_cannot_be_used_is_pointed_at(visitor: Client) -> None:
    answer = visitor.post("/v1/sign-in/codes", json={"phone": "0871-65361234"}, headers={"Accept-Language": "en"})

    body = said(answer)
    assert code_of(answer) == (400, "PHONE_UNUSABLE")
    assert body["errors"] == [
        {
            "pointer": "#/phone",
            "code": "PHONE_UNUSABLE",
            "detail": "Enter a mobile number of mainland China.",
        }
    ]


def test_the_development_gateway_sends_nothing_in_production(
    context: Context, production: Callable[[], Context]
) -> None:
    with pytest.raises(SmsUnavailable):
        send_sign_in_code(production(), DevelopmentGateway(), PHONE, world.LOOPBACK)

    assert list_development_codes(context, PHONE) == []


def test_a_wrong_code_is_counted_although_it_is_refused(context: Context, session: Session) -> None:
    code = world.sent_code(context, PHONE)

    with pytest.raises(CodeInvalid):
        sign_in(context, PHONE, wrong(code), world.LOOPBACK)

    assert fetch_all(session, "SELECT wrong_attempts FROM sign_in_code") == [(1,)]


def test_a_citizen_reads_their_own_account(app: Flask, context: Context) -> None:
    citizen = world.citizen(app, context, entrusted=False)

    answer = citizen.get("/v1/me")

    assert (answer.status_code, said(answer)) == (
        200,
        {
            "citizen": {
                "citizen_id": citizen.citizen_id,
                "phone_mask": "138****0001",
                "created_at": "2026-11-20T10:00:00+08:00",
            },
            "entrusted": False,
        },
    )
