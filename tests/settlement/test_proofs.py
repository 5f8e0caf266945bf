"""Planted damage: what the restricted role cannot do, the owner can, and the checks find it."""

from datetime import date

import pytest
from sqlalchemy import text
from sqlmodel import Session

from tests.clock import MovingClock
from tests.rewards.market import Market, Shop, at, open_shop

FRIDAY = date(2026, 11, 20)


def a_settled_day(market: Market, clock: MovingClock) -> Shop:
    shop = open_shop(market)
    citizen_id = market.citizen(points=300)
    for _ in range(2):
        market.order(citizen_id, shop.offer_id)
    prepared = market.prepared(shop.terminal_id, citizen_id)
    market.verify(shop.terminal_id, prepared, [prepared["vouchers"][0]["voucher_ref"]])
    clock.set(at(1, day=21))
    market.close(FRIDAY)
    clock.set(at(1, day=22))
    market.close(date(2026, 11, 21))
    return shop


@pytest.mark.parametrize(
    ("damage", "broken"),
    [
        ("UPDATE redemption SET points = points + 1", {"redemptions_equal_redeemed"}),
        (
            "UPDATE redemption SET settle_fen = settle_fen - 1",
            {"redemptions_equal_payable", "statements_equal_redemptions"},
        ),
        (
            "DELETE FROM redemption",
            {
                "redemptions_equal_redeemed",
                "redemptions_equal_payable",
                "vouchers_redeemed_once",
                "statements_equal_redemptions",
            },
        ),
        (
            "UPDATE voucher SET state = 'issued', used_at = NULL, used_terminal_id = NULL",
            {"vouchers_equal_outstanding", "vouchers_redeemed_once"},
        ),
        ("UPDATE voucher_lot SET points = points - 1", {"vouchers_equal_outstanding", "lots_equal_price"}),
        ("UPDATE offer_stock SET sold = sold - 1", {"orders_equal_stock"}),
        ("UPDATE statement SET content = content || 'x'::bytea WHERE closing_no = 1", {"statement_hashes"}),
        (
            "UPDATE statement SET content = 'x', sha256 = sha256('x') WHERE closing_no = 1",
            {"statement_chain"},
        ),
        ("UPDATE statement SET prev_sha256 = NULL", {"statement_chain"}),
        ("DELETE FROM statement WHERE closing_no = 1", {"statement_chain", "statements_equal_redemptions"}),
        (
            "UPDATE statement SET total_fen = total_fen + 1 WHERE closing_no = 2",
            {"statement_chain", "statements_equal_redemptions"},
        ),
    ],
)
def test_planted_damage_is_found_by_name(
    committed_market: Market, clock: MovingClock, owner_session: Session, damage: str, broken: set[str]
) -> None:
    a_settled_day(committed_market, clock)
    assert committed_market.findings() == []

    owner_session.execute(text(damage))
    owner_session.commit()

    assert {check for check, _, _, _ in committed_market.findings()} == broken


@pytest.mark.parametrize(
    "forbidden",
    [
        "UPDATE redemption SET points = 1",
        "DELETE FROM redemption",
        "UPDATE statement SET total_fen = 0",
        "DELETE FROM statement",
        "UPDATE closing SET day = day",
        "UPDATE offer SET price_points = 1",
        "DELETE FROM voucher",
        "UPDATE voucher_lot SET points = 1",
        "UPDATE citizen_order SET points = 1",
    ],
)
def test_the_service_itself_cannot_rewrite_what_was_settled(
    committed_market: Market, clock: MovingClock, forbidden: str
) -> None:
    with committed_market.context.open_session() as session, pytest.raises(Exception, match="permission denied"):
        session.execute(text(forbidden))
