from datetime import UTC, date, datetime

import pytest

from service import ledger
from service.core.texts import Text
from service.core.units import Points, ReductionMg
from tests.clock import MovingClock
from tests.ledger.bookings import PROGRAMME, Books

NOVEMBER = date(2028, 11, 30)
MARCH = date(2029, 3, 31)
FUNDER = Text("碳惠春城", "Tanhui Chuncheng")
BOOKED = """
SELECT owner_id, kind, unit, from_account, to_account, amount, lot_expires_on, counterparty_id FROM transfer
WHERE left(kind, 4) <> 'earn' ORDER BY kind, lot_expires_on, from_account
"""


def earn_in_november_and_march(books: Books, clock: MovingClock) -> None:
    books.earn(7, points=30)
    clock.set(datetime(2027, 3, 5, tzinfo=UTC))
    books.earn(7, points=100, mg=100_500)


def lots(**points: int) -> tuple[ledger.LotView, ...]:
    days = {"november": NOVEMBER, "march": MARCH}
    return tuple(ledger.LotView(days[name], Points(left), PROGRAMME, FUNDER) for name, left in points.items())


def test_a_spend_takes_the_soonest_lots_and_says_which(books: Books, clock: MovingClock) -> None:
    earn_in_november_and_march(books, clock)

    taken = books.spend(7, 45)

    assert taken == [
        ledger.LotTaken(NOVEMBER, PROGRAMME, Points(30)),
        ledger.LotTaken(MARCH, PROGRAMME, Points(15)),
    ]
    assert books.rows(BOOKED) == [
        (7, "spend", "points", "active", "voucher_outstanding", 30, NOVEMBER, None),
        (7, "spend", "points", "active", "voucher_outstanding", 15, MARCH, None),
    ]
    assert books.wallet(7, date(2027, 3, 5)) == ledger.WalletView(
        active_points=Points(85),
        spendable_points=Points(85),
        overdue_points=Points(0),
        earned_points=Points(130),
        spent_points=Points(45),
        lapsed_points=Points(0),
        creditable_mg=ReductionMg(0),
        provisional_mg=ReductionMg(100_500),
        incentive_mg=ReductionMg(0),
        lots=lots(march=85),
    )
    assert books.findings() == []


def test_points_can_be_spent_on_the_last_day_of_their_lot(books: Books, clock: MovingClock) -> None:
    books.earn(7, points=30)
    clock.set(datetime(2028, 11, 30, 15, 59, 59, tzinfo=UTC))

    assert books.spend(7, 30) == [ledger.LotTaken(NOVEMBER, PROGRAMME, Points(30))]


def test_a_second_later_they_cannot_and_a_read_says_so_without_booking(books: Books, clock: MovingClock) -> None:
    earn_in_november_and_march(books, clock)
    clock.set(datetime(2028, 11, 30, 16, 0, 0, tzinfo=UTC))

    with pytest.raises(ledger.InsufficientPoints) as refused:
        books.spend(7, 101)

    assert refused.value.params == {"needed": 101, "available": 100}
    assert books.rows(BOOKED) == []
    assert books.wallet(7, date(2028, 12, 1)) == ledger.WalletView(
        active_points=Points(130),
        spendable_points=Points(100),
        overdue_points=Points(30),
        earned_points=Points(130),
        spent_points=Points(0),
        lapsed_points=Points(0),
        creditable_mg=ReductionMg(0),
        provisional_mg=ReductionMg(100_500),
        incentive_mg=ReductionMg(0),
        lots=lots(march=100),
    )


def test_a_spend_books_the_lapse_of_overdue_lots_first(books: Books, clock: MovingClock) -> None:
    earn_in_november_and_march(books, clock)
    clock.set(datetime(2028, 12, 1, tzinfo=UTC))

    taken = books.spend(7, 10)

    assert taken == [ledger.LotTaken(MARCH, PROGRAMME, Points(10))]
    assert books.rows(BOOKED) == [
        (7, "lapse", "points", "active", "lapsed", 30, NOVEMBER, None),
        (7, "spend", "points", "active", "voucher_outstanding", 10, MARCH, None),
    ]
    assert books.rows("SELECT active_points, earned_points, spent_points, lapsed_points FROM wallet") == [
        (90, 130, 10, 30)
    ]
    assert books.findings() == []


def test_one_who_never_earned_has_an_empty_wallet_and_cannot_spend(books: Books) -> None:
    with pytest.raises(ledger.InsufficientPoints) as refused:
        books.spend(404, 1)

    assert refused.value.params == {"needed": 1, "available": 0}
    empty = books.wallet(404, date(2026, 11, 20))
    assert (empty.active_points, empty.spendable_points, empty.lots) == (0, 0, ())


def test_a_redeemed_voucher_moves_on_in_the_lots_it_came_from(books: Books, clock: MovingClock) -> None:
    earn_in_november_and_march(books, clock)
    taken = books.spend(7, 45)

    books.redeem(7, taken, merchant_id=-1003)

    assert books.rows(BOOKED)[:2] == [
        (7, "redeem", "points", "voucher_outstanding", "redeemed", 30, NOVEMBER, -1003),
        (7, "redeem", "points", "voucher_outstanding", "redeemed", 15, MARCH, -1003),
    ]
    assert books.findings() == []


def test_what_a_merchant_is_owed_passes_in_transit_in_one_movement(books: Books) -> None:
    books.pay(-1003, 1_500)
    books.pay(-1003, 20)
    books.pay(-1004, 7)

    assert books.rows(BOOKED.replace("kind, lot_expires_on", "amount")) == [
        (-1, "pay", "fen", "budget", "in_transit", 7, None, -1004),
        (-1004, "pay", "fen", "in_transit", "payable", 7, None, -1),
        (-1, "pay", "fen", "budget", "in_transit", 20, None, -1003),
        (-1003, "pay", "fen", "in_transit", "payable", 20, None, -1),
        (-1, "pay", "fen", "budget", "in_transit", 1_500, None, -1003),
        (-1003, "pay", "fen", "in_transit", "payable", 1_500, None, -1),
    ]
    assert books.rows("SELECT count(*), count(DISTINCT movement_id) FROM transfer") == [(6, 3)]
    assert books.findings() == []
