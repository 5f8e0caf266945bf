"""Closings at the same moment, on a database that really commits."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from functools import partial

import pytest
from sqlmodel import Session

from service.core.calendar import hold_open_day
from service.core.database import execute, transact
from service.rewards import redemptions_of
from tests.clock import MovingClock
from tests.rewards.market import Market, at, open_shop
from tests.rewards.test_races import together

THREADS = 6


def test_a_day_closed_by_several_at_once_is_closed_once_with_one_answer(
    committed_market: Market, clock: MovingClock
) -> None:
    market = committed_market
    shop = open_shop(market)
    citizen_id = market.citizen(points=100)
    market.order(citizen_id, shop.offer_id)
    verified = market.verify(shop.terminal_id, market.prepared(shop.terminal_id, citizen_id))["verification"]
    clock.set(at(1, day=21))

    answers = together(*[partial(market.close, date(2026, 11, 20))] * THREADS)

    given = [answer for answer in answers if isinstance(answer, dict)]
    assert sorted(answer["replayed"] for answer in given) == [False, *[True] * (THREADS - 1)]
    assert [answer["closing"] for answer in given] == [given[0]["closing"]] * THREADS
    lines = transact(market.context, lambda session: redemptions_of(session, shop.merchant_id, date(2026, 11, 20)))
    assert [(line.verify_no, line.settle_fen) for line in lines] == [(verified["verify_no"], 400)]
    assert market.findings() == []


def test_days_closed_at_once_are_chained_one_after_the_other(committed_market: Market, clock: MovingClock) -> None:
    market = committed_market
    for _ in range(3):
        open_shop(market)
    clock.set(at(1, day=29))

    together(*[partial(market.close, date(2026, 11, day)) for day in range(20, 20 + THREADS)])

    assert market.rows("SELECT closing_no FROM closing ORDER BY 1") == [(n,) for n in range(1, THREADS + 1)]
    assert market.rows("SELECT count(*) FROM statement WHERE prev_sha256 IS NULL") == [(3,)]
    assert market.findings() == []


def test_a_close_waits_for_a_slow_verification_longer_than_a_statement_may_take(
    committed_market: Market, clock: MovingClock
) -> None:
    market = committed_market
    open_shop(market)
    clock.set(at(1, day=21))

    def hasty() -> Session:
        session = Session(market.context.engine, expire_on_commit=False)
        execute(session, "SET LOCAL statement_timeout = 100")
        return session

    with Session(market.context.engine) as slow:
        hold_open_day(slow, at(23))
        closing = partial(Market(replace(market.context, open_session=hasty)).close, date(2026, 11, 20))
        with ThreadPoolExecutor(1) as pool:
            closed = pool.submit(closing)
            with pytest.raises(TimeoutError):
                closed.result(timeout=0.5)
            slow.rollback()
            answer = closed.result(timeout=10)

    assert (answer["closing"]["statements"], answer["replayed"]) == (1, False)


_FIRST_COLUMNS = """
SELECT attname FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
WHERE indrelid = %s::regclass
"""


@pytest.mark.parametrize(("table", "column"), [("redemption", "day"), ("statement", "closing_no")])
def test_a_close_finds_its_own_rows_among_all_that_went_before(table: str, column: str, market: Market) -> None:
    assert (column,) in market.rows(_FIRST_COLUMNS, (table,))
