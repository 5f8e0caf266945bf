"""The whole way over HTTP: operators set up, a citizen orders, a till verifies, the day is settled."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import pytest
from flask import Flask

from service.core.context import Context
from tests.clock import MovingClock
from tests.identity.world import (
    CitizenClient,
    MachineClient,
    OperatorClient,
    citizen,
    code_of,
    machine,
    operator,
    said,
    visitor,
)
from tests.ledger.bookings import Books
from tests.rewards.market import at

KEY = {"kty": "OKP", "crv": "Ed25519", "x": "A" * 43}
OFFER: dict[str, Any] = {
    "request_no": "O-1",
    "kind": "goods",
    "title_zh": "鲜花饼一枚",
    "title_en": "One rose cake",
    "terms_zh": "每人每次一枚。",
    "terms_en": "One each.",
    "price_points": 60,
    "face_value_fen": 800,
    "funding": [{"funder": "programme", "amount_fen": 600}, {"funder": "merchant", "amount_fen": 200}],
    "stock": 2,
    "sale_starts_at": "2026-11-20T08:00:00+08:00",
    "sale_ends_at": "2026-12-20T08:00:00+08:00",
    "use_days": 7,
}


@dataclass
class Street:
    """A signed-in operator, a till and an offer, all made over HTTP."""

    operator: OperatorClient
    till: MachineClient
    offer: dict[str, Any]
    merchant_id: int
    store_id: int


@pytest.fixture
def street(app: Flask, context: Context) -> Street:
    clerk = operator(app, context)
    till = machine(app, context)
    merchant = said(
        clerk.post(
            "/v1/operator/merchants",
            json={"request_no": "M-1", "code": "JX", "name_zh": "嘉华饼屋", "name_en": "Jiahua Bakery"},
        )
    )["merchant"]
    place = {"request_no": "S-1", "merchant_id": merchant["merchant_id"], "code": "JX-1"}
    store = said(
        clerk.post("/v1/operator/stores", json={**place, "name_zh": "金碧路店", "name_en": "Jinbi Road"})
    )["store"]
    terminal = {"request_no": "T-1", "store_id": store["store_id"], "code": "TILL-1", "public_key": till.jwk}
    assert clerk.post("/v1/operator/terminals", json=terminal).status_code == 201
    asked = {**OFFER, "merchant_id": merchant["merchant_id"], "store_ids": [store["store_id"]]}
    offer = said(clerk.post("/v1/operator/offers", json=asked))["offer"]
    return Street(clerk, till, offer, merchant["merchant_id"], store["store_id"])


def rich_citizen(app: Flask, context: Context, n: int = 1) -> CitizenClient:
    person = citizen(app, context, n)
    Books(context).earn(person.citizen_id, points=200)
    return person


def test_from_points_to_a_line_of_the_statement(
    app: Flask, context: Context, street: Street, clock: MovingClock
) -> None:
    person = rich_citizen(app, context)
    orders = f"/v1/offers/{street.offer['offer_id']}/orders"

    ordered = person.post(orders, json={"order_no": "A-1"}, headers={"Accept-Language": "en"})
    code = said(person.post("/v1/me/codes"))
    prepared = said(street.till.post("/v1/terminal/prepare", json={"code": code["qr_text"]}))
    asked = {
        "verify_no": "V-1",
        "session_id": prepared["session_id"],
        "voucher_refs": [prepared["vouchers"][0]["voucher_ref"]],
    }
    verified = street.till.post("/v1/terminal/verify", json=asked)
    again = street.till.post("/v1/terminal/verify", json=asked)
    asked_by_number = street.till.get("/v1/terminal/verifications/V-1")
    clock.set(at(1, day=21))
    clerk = operator(app, context, "operations")
    closed = clerk.post("/v1/operator/business-days/2026-11-20/close")
    statement = f"/v1/operator/merchants/{street.merchant_id}/statements/2026-11-20"
    summary = said(clerk.get(statement))["statement"]
    file = clerk.get(f"{statement}/file")

    assert (ordered.status_code, said(ordered)["order"]["title"]) == (201, "One rose cake")
    assert prepared["holder_mask"] == "138****0001"
    assert (prepared["vouchers"][0]["title"], prepared["vouchers"][0]["usable"]) == ("鲜花饼一枚", True)
    assert (verified.status_code, said(verified)["verification"]["settle_fen"]) == (200, 600)
    assert said(again) == {**said(verified), "replayed": True}
    assert said(asked_by_number) == {"verification": said(verified)["verification"], "outcome": "done"}
    assert said(closed)["closing"]["total_fen"] == 600
    assert (summary["rows"], summary["total_fen"], summary["sha256"]) == (1, 600, sha256(file.data).hexdigest())
    assert file.headers["Content-Type"] == "text/csv; charset=utf-8; header=present"
    assert file.data.decode().splitlines()[1].startswith('"V-1",2026-11-20T10:00:00')
    assert [one["state"] for one in said(person.get("/v1/me/vouchers"))["vouchers"]] == ["used"]
    assert [one["order_no"] for one in said(person.get("/v1/me/orders"))["orders"]] == ["A-1"]


def test_an_offer_is_shown_to_everybody_in_their_language(app: Flask, context: Context, street: Street) -> None:
    offer_id = street.offer["offer_id"]
    shown = {
        "offer_id": offer_id,
        "merchant_id": street.merchant_id,
        "merchant": "Jiahua Bakery",
        "kind": "goods",
        "title": "One rose cake",
        "terms": "One each.",
        "price_points": 60,
        "face_value_fen": 800,
        "remaining": 2,
        "state": "on_sale",
        "sale_starts_at": "2026-11-20T08:00:00+08:00",
        "sale_ends_at": "2026-12-20T08:00:00+08:00",
        "use_days": 7,
        "stores": [{"store_id": street.store_id, "code": "JX-1", "name": "Jinbi Road"}],
    }
    anybody = visitor(app, context)

    english = anybody.get(f"/v1/offers/{offer_id}", headers={"Accept-Language": "en"})
    chinese = anybody.get("/v1/offers?limit=1")

    assert said(english) == {"offer": shown}
    listed = said(chinese)
    assert (listed["offers"][0]["title"], len(listed["offers"])) == ("鲜花饼一枚", 1)
    assert said(anybody.get(f"/v1/offers?limit=1&after={listed['next_after']}")) == {
        "offers": [],
        "next_after": None,
    }


def test_an_operators_answers_repeat_under_the_same_number(street: Street) -> None:
    asked = {**OFFER, "merchant_id": street.merchant_id, "store_ids": [street.store_id]}

    again = street.operator.post("/v1/operator/offers", json=asked)
    other = street.operator.post("/v1/operator/offers", json={**asked, "stock": 3})

    assert said(again) == {"offer": street.offer, "outcome": "done", "replayed": True}
    assert code_of(other) == (409, "NUMBER_REUSED")
    listed = {
        name: len(said(street.operator.get(f"/v1/operator/{name}"))[name])
        for name in ("merchants", "stores", "terminals", "offers")
    }
    assert listed == {"merchants": 1, "stores": 1, "terminals": 1, "offers": 1}


def test_lists_of_merchants_are_paged_without_skipping(street: Street) -> None:
    for n in range(4):
        body = {"request_no": f"P-{n}", "code": f"C-{n}", "name_zh": "商户", "name_en": "Merchant"}
        street.operator.post("/v1/operator/merchants", json=body)

    seen, after = [], ""
    while True:
        page = said(street.operator.get(f"/v1/operator/merchants?limit=2{after}"))
        seen += [merchant["code"] for merchant in page["merchants"]]
        if page["next_after"] is None:
            break
        after = f"&after={page['next_after']}"

    assert seen == ["JX", "C-0", "C-1", "C-2", "C-3"]


@pytest.mark.parametrize(
    ("path", "body", "answer"),
    [
        ("merchants", {"code": "JX", "name_zh": "另一家", "name_en": "Another"}, (409, "CODE_TAKEN")),
        (
            "stores",
            {"merchant_id": -999_999, "code": "X", "name_zh": "店", "name_en": "S"},
            (404, "MERCHANT_NOT_FOUND"),
        ),
        ("terminals", {"store_id": 999_999, "code": "X", "public_key": KEY}, (404, "STORE_NOT_FOUND")),
        ("merchants", {"code": "Y", "name_zh": "a\u0007", "name_en": "b"}, (400, "INVALID_REQUEST")),
        ("merchants", {"code": "Y", "name_zh": "a", "name_en": "b", "x": 1}, (400, "INVALID_REQUEST")),
        ("stores", {"merchant_id": 5, "code": "X", "name_zh": "店", "name_en": "S"}, (400, "INVALID_REQUEST")),
    ],
)
def test_what_cannot_be_set_up_is_refused_by_name(
    street: Street, path: str, body: dict[str, object], answer: tuple[int, str]
) -> None:
    assert code_of(street.operator.post(f"/v1/operator/{path}", json={"request_no": "X-1", **body})) == answer


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({"funding": [{"funder": "programme", "amount_fen": 799}]}, [("#/funding", "FUNDING_SUM_MISMATCH")]),
        ({"funding": [{"funder": "programme", "amount_fen": 400}] * 2}, [("#/funding", "FUNDER_TWICE")]),
        ({"sale_ends_at": "2026-11-20T08:00:00+08:00"}, [("#/sale_ends_at", "WINDOW_EMPTY")]),
        ({"store_ids": [987_654]}, [("#/store_ids/0", "STORE_OF_ANOTHER")]),
        ({"sale_starts_at": "0001-01-01T00:00:00+08:00"}, [("#/sale_starts_at", "OUT_OF_RANGE")]),
        ({"sale_ends_at": "9999-12-31T23:59:59-08:00"}, [("#/sale_ends_at", "OUT_OF_RANGE")]),
        ({"use_days": 366}, [("#/use_days", "OUT_OF_RANGE")]),
        ({"stock": 0}, [("#/stock", "OUT_OF_RANGE")]),
        ({"price_points": 12.9}, [("#/price_points", "NOT_AN_INTEGER")]),
        ({"sale_starts_at": "2026-11-20T08:00:00"}, [("#/sale_starts_at", "NAIVE_TIME")]),
        ({"store_ids": []}, [("#/store_ids", "WRONG_COUNT")]),
        ({"funding": [{"funder": "bank", "amount_fen": 800}]}, [("#/funding/0/funder", "NOT_A_CHOICE")]),
    ],
)
def test_an_offer_that_contradicts_itself_is_refused_at_the_place(
    street: Street, changes: dict[str, object], problems: list[tuple[str, str]]
) -> None:
    asked = {**OFFER, "merchant_id": street.merchant_id, "store_ids": [street.store_id], "request_no": "O-2"}

    answer = street.operator.post("/v1/operator/offers", json={**asked, **changes})

    assert code_of(answer) == (400, "INVALID_REQUEST")
    assert [(error["pointer"], error["code"]) for error in said(answer)["errors"]] == problems


def test_a_citizen_without_points_learns_how_many_are_missing(
    app: Flask, context: Context, street: Street
) -> None:
    person = citizen(app, context)

    answer = person.post(f"/v1/offers/{street.offer['offer_id']}/orders", json={"order_no": "A-1"})

    body = said(answer)
    assert code_of(answer) == (409, "INSUFFICIENT_POINTS")
    assert (body["params"], body["outcome"]) == ({"needed": 60, "available": 0}, "none")


@pytest.mark.parametrize("offer_id", ["999999", "9007199254740992", "abc", "-1"])
def test_an_offer_that_is_not_there_is_not_found(
    app: Flask, context: Context, street: Street, offer_id: str
) -> None:
    person = citizen(app, context)

    shown = person.get(f"/v1/offers/{offer_id}")
    ordered = person.post(f"/v1/offers/{offer_id}/orders", json={"order_no": "A-1"})

    assert (shown.status_code, ordered.status_code) == (404, 404)


@pytest.mark.parametrize("cursor", ["x", "WyIxIiwiMiJd", "WyIxZTk5Il0", "WyI5OTk5OTk5OTk5OTk5OTk5OTkiXQ"])
def test_a_cursor_of_another_list_is_refused(app: Flask, context: Context, street: Street, cursor: str) -> None:
    person = citizen(app, context)

    for path in ("/v1/offers", "/v1/me/vouchers", "/v1/me/orders"):
        assert code_of(person.get(f"{path}?after={cursor}")) == (400, "INVALID_REQUEST")


@pytest.mark.parametrize(
    "code", ["123456789012", "12345678901234", "abcdefghijklm", 1234567890123, "１２３４５６７８９０１２３", ""]
)
def test_what_is_no_code_at_all_is_refused_before_it_counts(street: Street, code: object) -> None:
    for _ in range(7):
        answer = street.till.post("/v1/terminal/prepare", json={"code": code})

        assert code_of(answer) == (400, "INVALID_REQUEST")


def test_the_sixth_wrong_code_is_answered_with_how_long_to_wait(street: Street) -> None:
    answers = [street.till.post("/v1/terminal/prepare", json={"code": "0000000000001"}) for _ in range(6)]

    assert [code_of(answer) for answer in answers] == [(404, "HOLDER_CODE_WRONG")] * 5 + [(429, "TYPING_LOCKED")]
    assert answers[5].headers["Retry-After"] == "60"


@pytest.mark.parametrize("verify_no", ["V-404", "a%0Ab", "%E5%8D%95", "x" * 65])
def test_a_number_that_stands_for_nothing_is_not_found(street: Street, verify_no: str) -> None:
    answer = street.till.get(f"/v1/terminal/verifications/{verify_no}")

    assert code_of(answer) == (404, "VERIFICATION_NOT_FOUND")


@pytest.mark.parametrize(
    ("day", "answer"),
    [
        ("2026-11-20", (409, "DAY_NOT_OVER")),
        ("9999-12-31", (409, "DAY_NOT_OVER")),
        ("2026-13-01", (400, "INVALID_REQUEST")),
        ("x", (400, "INVALID_REQUEST")),
    ],
)
def test_a_day_that_cannot_be_closed_is_refused(street: Street, day: str, answer: tuple[int, str]) -> None:
    assert code_of(street.operator.post(f"/v1/operator/business-days/{day}/close")) == answer


def test_a_statement_that_is_not_there_is_not_found(street: Street) -> None:
    for merchant_id in (street.merchant_id, -999_999, -9_007_199_254_740_991):
        path = f"/v1/operator/merchants/{merchant_id}/statements/2026-11-20"

        assert code_of(street.operator.get(path)) == (404, "STATEMENT_NOT_FOUND")
        assert code_of(street.operator.get(f"{path}/file")) == (404, "STATEMENT_NOT_FOUND")
