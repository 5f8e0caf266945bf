import csv
import io
from datetime import date, timedelta
from hashlib import sha256

import pytest

from service.core.refusals import DayNotOver
from service.core.texts import Text
from service.core.units import AmountFen
from service.rewards.domain.offers import Share
from service.settlement.domain import HEADER, StatementNotFound
from service.settlement.operations.fetch_statement_file import fetch_statement_file
from service.settlement.operations.show_statement import show_statement
from tests.clock import MovingClock
from tests.rewards.market import Answer, Market, Shop, at, open_shop

FRIDAY = date(2026, 11, 20)
SATURDAY = date(2026, 11, 21)


def sell_and_verify(shop: Shop, citizen_id: int) -> Answer:
    """Order one voucher and verify it at once."""
    shop.market.order(citizen_id, shop.offer_id)
    return dict(shop.market.verify(shop.terminal_id, shop.market.prepared(shop.terminal_id, citizen_id)))


def file_of(market: Market, merchant_id: int, day: date) -> bytes:
    return fetch_statement_file(market.context, merchant_id, day)[0]


def test_a_day_cannot_be_closed_before_its_midnight(market: Market, clock: MovingClock) -> None:
    clock.set(at(0, day=21) - timedelta(microseconds=1))

    with pytest.raises(DayNotOver):
        market.close(FRIDAY)

    clock.advance(microseconds=1)
    assert market.close(FRIDAY)["closing"]["day"] == "2026-11-20"


def test_a_close_draws_every_merchants_statement(market: Market, clock: MovingClock) -> None:
    store_code = "YN-1"
    merchant_id = market.merchant()
    store_id = market.store(merchant_id, store_code)
    shop = Shop(
        market, merchant_id, store_id, market.terminal(store_id, "TILL-1"), market.offer(merchant_id, [store_id])
    )
    idle = market.merchant()
    citizen_id = market.citizen(points=200)
    first = sell_and_verify(shop, citizen_id)["verification"]
    clock.advance(hours=2, microseconds=5)
    second = sell_and_verify(shop, citizen_id)["verification"]
    clock.set(at(1, day=21))

    answer = market.close(FRIDAY)

    assert answer == {
        "closing": {
            "day": "2026-11-20",
            "closing_no": 1,
            "closed_at": "2026-11-21T01:00:00+08:00",
            "statements": 2,
            "rows": 2,
            "total_fen": 800,
        },
        "outcome": "done",
        "replayed": False,
    }
    lines = [
        ",".join(
            (
                f'"{verified["verify_no"]}",{instant},VERIFY,"YN-1","TILL-1","小李",{shop.offer_id},"满二十减五元"',
                f"{verified['vouchers'][0]['redemption_id']},{verified['vouchers'][0]['voucher_id']},500,100,400\r\n",
            )
        )
        for verified, instant in (
            (first, "2026-11-20T10:00:00.000000+08:00"),
            (second, "2026-11-20T12:00:00.000005+08:00"),
        )
    ]
    content = file_of(market, merchant_id, FRIDAY)
    assert content.decode() == HEADER + "".join(lines)
    digest = sha256(content).hexdigest()
    chained = sha256(f"\n{merchant_id}\n2026-11-20\n2\n800\n{digest}\n".encode()).hexdigest()
    assert show_statement(market.context, merchant_id, FRIDAY) == {
        "statement": {
            "merchant_id": merchant_id,
            "day": "2026-11-20",
            "closing_no": 1,
            "rows": 2,
            "total_fen": 800,
            "bytes": len(content),
            "sha256": digest,
            "prev_sha256": None,
            "chain_sha256": chained,
            "prev_chain_sha256": None,
            "created_at": "2026-11-21T01:00:00+08:00",
        }
    }
    assert file_of(market, idle, FRIDAY) == HEADER.encode()
    assert market.findings() == []


def test_an_empty_day_is_a_file_with_a_header_and_nothing_else(shop: Shop, clock: MovingClock) -> None:
    clock.set(at(1, day=21))
    shop.market.close(FRIDAY)

    content = file_of(shop.market, shop.merchant_id, FRIDAY)

    assert content == (
        b"verify_no,verified_at,type,store_code,terminal_code,clerk,offer_id,title,redemption_id,voucher_id,"
        b"face_value_fen,merchant_fen,settle_fen\r\n"
    )
    summary = show_statement(shop.market.context, shop.merchant_id, FRIDAY)["statement"]
    assert (summary["rows"], summary["total_fen"]) == (0, 0)
    assert not content.startswith(b"\xef\xbb\xbf")


def test_closing_a_closed_day_gives_the_first_answer(shop: Shop, clock: MovingClock) -> None:
    sell_and_verify(shop, shop.market.citizen(points=100))
    clock.set(at(1, day=21))
    first = shop.market.close(FRIDAY)
    clock.advance(days=30)

    assert shop.market.close(FRIDAY) == {**first, "replayed": True}
    assert shop.market.rows("SELECT count(*) FROM statement") == [(1,)]


def test_what_is_verified_after_the_close_is_on_the_next_open_day(shop: Shop, clock: MovingClock) -> None:
    market = shop.market
    citizen_id = market.citizen(points=300)
    clock.set(at(1, day=21))
    market.close(FRIDAY)
    # A till's request that was on its way when its day was closed.
    clock.set(at(23, 59, day=20))
    late = sell_and_verify(shop, citizen_id)
    clock.set(at(1, day=22))
    market.close(SATURDAY)

    assert late["verification"]["business_day"] == "2026-11-21"
    assert late["verification"]["verified_at"] == "2026-11-20T23:59:00+08:00"
    assert b"2026-11-20T23:59:00" in file_of(market, shop.merchant_id, SATURDAY)
    assert market.findings() == []


def test_statements_are_chained_in_the_order_they_were_drawn(shop: Shop, clock: MovingClock) -> None:
    market = shop.market
    citizen_id = market.citizen(points=100)
    sell_and_verify(shop, citizen_id)
    clock.set(at(1, day=25))
    days = [date(2026, 11, day) for day in (21, 20, 23)]
    for day in days:
        market.close(day)

    drawn = [show_statement(market.context, shop.merchant_id, day)["statement"] for day in days]

    assert [one["closing_no"] for one in drawn] == [1, 2, 3]
    assert [one["prev_sha256"] for one in drawn] == [None, *(one["sha256"] for one in drawn[:-1])]
    assert [one["prev_chain_sha256"] for one in drawn] == [None, *(one["chain_sha256"] for one in drawn[:-1])]
    previous = ""
    for one in drawn:
        figures = (previous, one["merchant_id"], one["day"], one["rows"], one["total_fen"], one["sha256"])
        previous = sha256("".join(f"{figure}\n" for figure in figures).encode()).hexdigest()
        assert one["chain_sha256"] == previous
    assert len({one["chain_sha256"] for one in drawn}) == 3
    assert market.findings() == []


def test_a_merchant_that_came_later_begins_its_own_chain(shop: Shop, clock: MovingClock) -> None:
    market = shop.market
    clock.set(at(1, day=21))
    market.close(FRIDAY)
    newcomer = market.merchant()
    with pytest.raises(StatementNotFound):
        show_statement(market.context, newcomer, FRIDAY)
    clock.set(at(1, day=22))

    market.close(SATURDAY)

    assert show_statement(market.context, newcomer, SATURDAY)["statement"]["prev_sha256"] is None


def test_a_day_that_is_open_has_no_statement(shop: Shop) -> None:
    with pytest.raises(StatementNotFound):
        show_statement(shop.market.context, shop.merchant_id, FRIDAY)
    with pytest.raises(StatementNotFound):
        fetch_statement_file(shop.market.context, shop.merchant_id, FRIDAY)


def test_midnight_in_kunming_divides_the_days(market: Market, clock: MovingClock) -> None:
    shop = open_shop(market)
    citizen_id = market.citizen(points=200)
    clock.set(at(0, day=21) - timedelta(microseconds=1))
    before = sell_and_verify(shop, citizen_id)["verification"]
    clock.advance(microseconds=1)
    after = sell_and_verify(shop, citizen_id)["verification"]
    clock.set(at(1, day=22))
    market.close(FRIDAY)
    market.close(SATURDAY)

    files = [file_of(market, shop.merchant_id, day).decode() for day in (FRIDAY, SATURDAY)]
    rows = [[row["verify_no"] for row in csv.DictReader(io.StringIO(file))] for file in files]
    assert rows == [[before["verify_no"]], [after["verify_no"]]]


def test_a_merchant_that_pays_for_itself_is_owed_nothing_and_still_sees_every_line(
    market: Market, clock: MovingClock
) -> None:
    shop = open_shop(market, shares=(Share("merchant", AmountFen(500)),), title=Text("自费券", "Own treat"))
    sell_and_verify(shop, market.citizen(points=100))
    clock.set(at(1, day=21))

    answer = market.close(FRIDAY)

    assert (answer["closing"]["rows"], answer["closing"]["total_fen"]) == (1, 0)
    assert market.rows("SELECT count(*) FROM transfer WHERE unit = 'fen'") == [(0,)]
    assert market.findings() == []
