from datetime import timedelta
from uuid import UUID

import pytest

from service import ledger
from service.core.clock import business_day
from service.core.refusals import NumberReused, Refusal
from service.rewards.domain.refusals import OfferNotFound, OfferNotOnSale, SoldOut
from tests.clock import MovingClock
from tests.ledger.bookings import Books
from tests.rewards.market import Market, Shop, at, open_shop


def test_an_order_turns_points_into_a_voucher(shop: Shop) -> None:
    citizen_id = shop.market.citizen(points=250)

    answer = shop.market.order(citizen_id, shop.offer_id, "A-1")

    order_id, voucher_id = answer["order"]["order_id"], answer["voucher"]["voucher_id"]
    assert answer == {
        "order": {
            "order_id": order_id,
            "order_no": "A-1",
            "offer_id": shop.offer_id,
            "title": {"zh": "满二十减五元", "en": "5 yuan off 20"},
            "points": 100,
            "ordered_at": "2026-11-20T10:00:00+08:00",
            "voucher_id": voucher_id,
        },
        "voucher": {
            "voucher_id": voucher_id,
            "offer_id": shop.offer_id,
            "merchant_id": shop.merchant_id,
            "title": {"zh": "满二十减五元", "en": "5 yuan off 20"},
            "points": 100,
            "face_value_fen": 500,
            "state": "issued",
            "issued_at": "2026-11-20T10:00:00+08:00",
            "use_ends_at": "2026-11-28T00:00:00+08:00",
            "used_at": None,
            "used_store": None,
            "store_ids": [shop.store_id],
        },
        "outcome": "done",
        "replayed": False,
    }
    assert shop.market.vouchers(citizen_id) == [answer["voucher"]]
    assert shop.market.rows("SELECT total, sold FROM offer_stock") == [(100, 1)]
    assert shop.market.rows(
        "SELECT owner_id, kind, from_account, to_account, amount, source_kind, source_id"
        " FROM transfer WHERE kind = 'spend'"
    ) == [(citizen_id, "spend", "active", "voucher_outstanding", 100, "order", UUID(order_id))]
    assert shop.market.findings() == []


def test_the_same_order_number_gives_the_first_answer_even_when_sold_out_and_over(
    market: Market, clock: MovingClock
) -> None:
    shop = open_shop(market, stock=1, sale_ends_at=at(11))
    citizen_id = market.citizen(points=100)
    first = market.order(citizen_id, shop.offer_id, "A-1")
    clock.advance(days=400)

    again = market.order(citizen_id, shop.offer_id, "A-1")

    assert again == {**first, "replayed": True}
    assert len(market.vouchers(citizen_id)) == 1
    assert market.findings() == []


def test_an_order_number_used_for_another_offer_is_refused(shop: Shop) -> None:
    other = shop.market.offer(shop.merchant_id, [shop.store_id])
    citizen_id = shop.market.citizen(points=200)
    shop.market.order(citizen_id, shop.offer_id, "A-1")

    with pytest.raises(NumberReused):
        shop.market.order(citizen_id, other, "A-1")


def test_two_citizens_may_use_the_same_order_number(shop: Shop) -> None:
    one, two = shop.market.citizen(1, points=100), shop.market.citizen(2, points=100)

    answers = [shop.market.order(citizen_id, shop.offer_id, "A-1") for citizen_id in (one, two)]

    assert [answer["replayed"] for answer in answers] == [False, False]


@pytest.mark.parametrize(
    ("points", "stock", "moved_h", "refusal", "params"),
    [
        (99, 1, 0, ledger.InsufficientPoints, {"needed": 100, "available": 99}),
        (100, 0, 0, SoldOut, {}),
        (
            100,
            1,
            -1,
            OfferNotOnSale,
            {"sale_starts_at": "2026-11-20T09:30:00+08:00", "sale_ends_at": "2026-11-20T11:00:00+08:00"},
        ),
        (
            100,
            1,
            1,
            OfferNotOnSale,
            {"sale_starts_at": "2026-11-20T09:30:00+08:00", "sale_ends_at": "2026-11-20T11:00:00+08:00"},
        ),
    ],
    ids=["too few points", "sold out", "before the sale", "at the instant the sale ends"],
)
def test_a_refused_order_changes_nothing_and_its_number_may_be_tried_again(
    market: Market,
    clock: MovingClock,
    points: int,
    stock: int,
    moved_h: int,
    refusal: type[Refusal],
    params: dict[str, object],
) -> None:
    shop = open_shop(market, stock=1, sale_starts_at=at(9, 30), sale_ends_at=at(11))
    if not stock:
        market.order(market.citizen(9, points=100), shop.offer_id)
    citizen_id = market.citizen(points=points)
    before = market.rows("SELECT count(*) FROM transfer")
    clock.advance(hours=moved_h)

    with pytest.raises(refusal) as refused:
        market.order(citizen_id, shop.offer_id, "A-1")

    assert refused.value.params == params
    assert market.vouchers(citizen_id) == []
    assert market.rows("SELECT count(*) FROM transfer") == before
    assert market.rows("SELECT count(*) FROM business_number WHERE number = 'A-1'") == [(0,)]
    assert market.findings() == []


def test_an_offer_that_does_not_exist_is_not_found(market: Market) -> None:
    with pytest.raises(OfferNotFound):
        market.order(market.citizen(points=100), 4_711)


def test_an_order_over_several_lots_remembers_which_points_paid(shop: Shop, clock: MovingClock) -> None:
    citizen_id = shop.market.citizen(points=30)
    clock.advance(days=60)
    Books(shop.market.context).earn(citizen_id, points=90)

    shop.market.order(citizen_id, shop.offer_id)

    lots = shop.market.rows("SELECT expires_on::text, funder_id, points FROM voucher_lot ORDER BY expires_on")
    assert lots == [("2028-11-30", -1, 30), ("2029-01-31", -1, 70)]
    assert shop.market.findings() == []


def test_points_whose_lot_has_run_out_buy_nothing(shop: Shop, clock: MovingClock) -> None:
    citizen_id = shop.market.citizen(points=100)
    clock.advance(days=800)

    with pytest.raises(ledger.InsufficientPoints) as refused:
        shop.market.order(citizen_id, shop.offer_id)

    assert refused.value.params == {"needed": 100, "available": 0}


def test_a_voucher_is_shown_expired_at_its_instant(shop: Shop, clock: MovingClock) -> None:
    citizen_id = shop.market.citizen(points=100)
    shop.market.order(citizen_id, shop.offer_id)
    clock.set(at(0, day=28) - timedelta(microseconds=1))
    assert [voucher["state"] for voucher in shop.market.vouchers(citizen_id)] == ["issued"]

    clock.advance(microseconds=1)

    assert [voucher["state"] for voucher in shop.market.vouchers(citizen_id)] == ["expired"]
    assert business_day(clock()).isoformat() == "2026-11-28"
