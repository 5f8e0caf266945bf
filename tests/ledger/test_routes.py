from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from schemas.ledger import TransfersOut, WalletOut
from service.core.context import Context
from tests.clock import MovingClock
from tests.identity import world
from tests.ledger.bookings import SOURCE, Books

MARCH = datetime(2027, 3, 5, 2, 0, tzinfo=UTC)
DECEMBER = datetime(2028, 12, 1, 2, 0, tzinfo=UTC)


def earned(books: Books, clock: MovingClock, citizen_id: int) -> None:
    books.earn(citizen_id, points=30, mg=30_500)
    clock.set(MARCH)
    books.earn(citizen_id, points=100, mg=100_000, account="incentive")
    books.spend(citizen_id, 10)


def test_my_wallet_shows_what_i_can_spend_until_when(
    app: Flask, context: Context, books: Books, clock: MovingClock
) -> None:
    citizen_id = world.citizen(app, context).citizen_id
    earned(books, clock, citizen_id)

    answer = world.citizen(app, context).get("/v1/me/wallet")

    wallet = {
        "as_of": "2027-03-05",
        "active_points": 120,
        "spendable_points": 120,
        "overdue_points": 0,
        "lots": [
            {"expires_on": "2028-11-30", "points": 20, "funder_id": -1, "funder": "碳惠春城"},
            {"expires_on": "2029-03-31", "points": 100, "funder_id": -1, "funder": "碳惠春城"},
        ],
        "lifetime": {"earned_points": 130, "spent_points": 10, "lapsed_points": 0},
        "reductions": {"creditable_mg": 0, "provisional_mg": 30_500, "incentive_mg": 100_000},
    }
    assert (answer.status_code, world.said(answer)) == (200, wallet)
    assert WalletOut().validate(world.said(answer)) == {}


def test_points_that_ran_out_are_told_apart_until_their_lapse_is_booked(
    app: Flask, context: Context, books: Books, clock: MovingClock
) -> None:
    citizen_id = world.citizen(app, context).citizen_id
    earned(books, clock, citizen_id)
    clock.set(DECEMBER)
    me = world.citizen(app, context)

    wallet = world.said(me.get("/v1/me/wallet", headers={"Accept-Language": "en"}))

    assert {name: wallet[name] for name in ("active_points", "spendable_points", "overdue_points", "lots")} == {
        "active_points": 120,
        "spendable_points": 100,
        "overdue_points": 20,
        "lots": [{"expires_on": "2029-03-31", "points": 100, "funder_id": -1, "funder": "Tanhui Chuncheng"}],
    }
    assert wallet["lifetime"]["lapsed_points"] == 0


def test_my_transfers_are_listed_newest_first_page_by_page_in_my_language(
    app: Flask, context: Context, books: Books, clock: MovingClock
) -> None:
    citizen_id = world.citizen(app, context).citizen_id
    books.earn(citizen_id + 1, points=999)
    books.earn(citizen_id, points=30)
    clock.set(MARCH)
    taken = books.spend(citizen_id, 10)
    clock.advance(seconds=1)
    books.redeem(citizen_id, taken)
    me = world.citizen(app, context)

    first = world.said(me.get("/v1/me/transfers?limit=2", headers={"Accept-Language": "en"}))
    second = world.said(me.get(f"/v1/me/transfers?limit=2&after={first['next_after']}"))

    assert TransfersOut().validate(first) == {}
    assert [row["title"] for row in first["transfers"]] == ["Voucher verified", "Points spent on an offer"]
    assert second["next_after"] is None
    [row] = second["transfers"]
    ids: dict[str, Any] = {name: row.pop(name) for name in ("transfer_id", "movement_id")}
    assert len(set(ids.values())) == 2
    assert row == {
        "kind": "earn_points",
        "title": "获得碳积分",
        "unit": "points",
        "from_account": "issued",
        "to_account": "active",
        "amount": 30,
        "expires_on": "2028-11-30",
        "counterparty_id": None,
        "source_kind": "test",
        "source_id": str(SOURCE),
        "recorded_at": "2026-11-20T10:00:00+08:00",
        "booked_on": "2026-11-20",
    }


def test_one_who_never_earned_reads_an_empty_wallet_and_an_empty_list(app: Flask, context: Context) -> None:
    me = world.citizen(app, context)

    wallet = world.said(me.get("/v1/me/wallet"))
    transfers = world.said(me.get("/v1/me/transfers"))

    assert (wallet["active_points"], wallet["lots"]) == (0, [])
    assert transfers == {"transfers": [], "next_after": None}


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ("limit=0", "#/limit", "OUT_OF_RANGE"),
        ("limit=501", "#/limit", "OUT_OF_RANGE"),
        ("limit=12.9", "#/limit", "NOT_AN_INTEGER"),
        ("after=nonsense", "#/after", "BAD_CURSOR"),
        ("owner_id=7", "#/owner_id", "UNKNOWN_FIELD"),
    ],
)
def test_a_query_that_is_not_of_the_declared_form_is_refused(
    app: Flask, context: Context, query: str, pointer: str, code: str
) -> None:
    answer = world.citizen(app, context).get(f"/v1/me/transfers?{query}")

    assert world.code_of(answer) == (400, "INVALID_REQUEST")
    [problem] = world.said(answer)["errors"]
    assert (problem["pointer"], problem["code"]) == (pointer, code)


@pytest.mark.parametrize("path", ["/v1/me/wallet", "/v1/me/transfers"])
def test_only_a_signed_in_citizen_reads_a_wallet(app: Flask, context: Context, path: str) -> None:
    refusals = [
        world.visitor(app, context).get(path).status_code,
        world.operator(app, context).get(path).status_code,
        world.registered_machine(app, context, "partner", 1).get(path).status_code,
    ]

    assert refusals == [401, 403, 403]
