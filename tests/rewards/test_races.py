"""Threads on a database that really commits: of two who want the same, one gets it."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial
from threading import Barrier

from service.core.refusals import NumberReused, Refusal
from service.rewards.domain.refusals import AlreadyUsed, HolderCodeSpent, HolderCodeWrong, SoldOut, TypingLocked
from tests.clock import MovingClock
from tests.ledger.bookings import Books
from tests.rewards.market import Answer, Market, at, open_shop

ROUNDS = 10
VERIFIERS = 3
LATE = timedelta(hours=12) - timedelta(seconds=1)


def together(*works: Callable[[], Answer]) -> list[Answer | Refusal]:
    """Run all works at the same moment, each on a connection of its own."""
    start = Barrier(len(works))

    def run(work: Callable[[], Answer]) -> Answer | Refusal:
        start.wait()
        try:
            return work()
        except Refusal as refusal:
            return refusal

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def outcomes(answers: Sequence[Answer | Refusal]) -> Counter[str]:
    return Counter(type(one).__name__ if isinstance(one, Refusal) else "done" for one in answers)


def test_two_terminals_verify_one_voucher_at_once_and_exactly_one_wins(committed_market: Market) -> None:
    market = committed_market
    shop = open_shop(market)
    other = market.terminal(shop.store_id)
    citizen_id = market.citizen(points=100 * ROUNDS)
    for _ in range(ROUNDS):
        market.order(citizen_id, shop.offer_id)
        here = market.prepared(shop.terminal_id, citizen_id)
        there = market.prepared(other, citizen_id)

        answers = together(
            partial(market.verify, shop.terminal_id, here),
            partial(market.verify, other, there),
        )

        assert outcomes(answers) == Counter(done=1, AlreadyUsed=1)
        refused = next(one for one in answers if isinstance(one, AlreadyUsed))
        assert refused.params["used_store_zh"] == "南屏街店"
    assert market.rows("SELECT count(*) FROM redemption") == [(ROUNDS,)]
    assert market.findings() == []


def test_two_citizens_want_the_last_one_and_exactly_one_gets_it(committed_market: Market) -> None:
    market = committed_market
    one, two = market.citizen(1, points=100 * ROUNDS), market.citizen(2, points=100 * ROUNDS)
    for _ in range(ROUNDS):
        shop = open_shop(market, stock=1)

        answers = together(
            partial(market.order, one, shop.offer_id),
            partial(market.order, two, shop.offer_id),
        )

        assert outcomes(answers) == Counter(done=1, SoldOut=1)
    assert market.rows("SELECT sum(spent_points) FROM wallet") == [(100 * ROUNDS,)]
    assert market.findings() == []


def test_64_citizens_want_20_and_exactly_20_get_one(committed_market: Market) -> None:
    market = committed_market
    shop = open_shop(market, stock=20)
    citizens = range(1, 65)
    for citizen_id in citizens:
        Books(market.context).earn(citizen_id, points=100)

    works = [partial(market.order, citizen_id, shop.offer_id) for citizen_id in citizens]
    answers = together(*works)

    assert outcomes(answers) == Counter(done=20, SoldOut=44)
    assert market.rows("SELECT total, sold FROM offer_stock") == [(20, 20)]
    assert market.rows("SELECT count(*), count(DISTINCT citizen_id) FROM voucher") == [(20, 20)]
    assert market.rows("SELECT sum(active_points), sum(spent_points) FROM wallet") == [(4_400, 2_000)]
    assert market.findings() == []


def test_one_citizen_cannot_spend_the_same_points_at_two_offers_at_once(committed_market: Market) -> None:
    market = committed_market
    one, two = open_shop(market), open_shop(market)
    citizen_id = market.citizen(points=100)

    answers = together(
        partial(market.order, citizen_id, one.offer_id), partial(market.order, citizen_id, two.offer_id)
    )

    assert outcomes(answers) == Counter(done=1, InsufficientPoints=1)
    assert market.rows("SELECT sum(sold) FROM offer_stock") == [(1,)]
    assert market.findings() == []


def test_the_same_order_number_twice_at_once_is_one_order_with_one_answer(committed_market: Market) -> None:
    market = committed_market
    shop = open_shop(market)
    citizen_id = market.citizen(points=100 * ROUNDS)
    for n in range(ROUNDS):
        answers = together(*[partial(market.order, citizen_id, shop.offer_id, f"A-{n}")] * 4)

        given = [one for one in answers if not isinstance(one, Refusal)]
        assert sorted(one["replayed"] for one in given) == [False, True, True, True]
        assert [{**one, "replayed": False} for one in given] == [{**given[0], "replayed": False}] * 4
    assert market.rows("SELECT count(*) FROM voucher") == [(ROUNDS,)]
    assert market.findings() == []


def test_the_same_verify_number_twice_at_once_is_one_verification_with_one_answer(
    committed_market: Market,
) -> None:
    market = committed_market
    shop = open_shop(market)
    citizen_id = market.citizen(points=100 * ROUNDS)
    for n in range(ROUNDS):
        market.order(citizen_id, shop.offer_id)
        prepared = market.prepared(shop.terminal_id, citizen_id)

        answers = together(*[partial(market.verify, shop.terminal_id, prepared, verify_no=f"V-{n}")] * 4)

        given = [one for one in answers if not isinstance(one, Refusal)]
        assert sorted(one["replayed"] for one in given) == [False, True, True, True]
        assert [{**one, "replayed": False} for one in given] == [{**given[0], "replayed": False}] * 4
    assert market.rows("SELECT count(*) FROM redemption") == [(ROUNDS,)]
    assert market.findings() == []


def test_one_verify_number_for_two_things_at_once_does_one_of_them(committed_market: Market) -> None:
    market = committed_market
    shop = open_shop(market)
    citizen_id = market.citizen(points=200)
    market.order(citizen_id, shop.offer_id)
    market.order(citizen_id, shop.offer_id)
    prepared = market.prepared(shop.terminal_id, citizen_id)
    one, two = (shown["voucher_ref"] for shown in prepared["vouchers"])

    answers = together(
        partial(market.verify, shop.terminal_id, prepared, [one], "V-1"),
        partial(market.verify, shop.terminal_id, prepared, [two], "V-1"),
    )

    assert outcomes(answers) == Counter(done=1, NumberReused=1)
    assert any(isinstance(answer, NumberReused) for answer in answers)
    assert market.findings() == []


def test_overlapping_sets_of_vouchers_at_two_tills_never_deadlock_and_never_split(
    committed_market: Market,
) -> None:
    market = committed_market
    shop = open_shop(market)
    other = market.terminal(shop.store_id)
    citizen_id = market.citizen(points=300 * ROUNDS)
    for _ in range(ROUNDS):
        for _ in range(3):
            market.order(citizen_id, shop.offer_id)
        here = market.prepared(shop.terminal_id, citizen_id)
        there = market.prepared(other, citizen_id)
        a, b, c = (shown["voucher_ref"] for shown in here["vouchers"])
        d, e, f = (shown["voucher_ref"] for shown in there["vouchers"])

        answers = together(
            partial(market.verify, shop.terminal_id, here, (a, b, c)),
            partial(market.verify, other, there, (f, e, d)),
        )

        assert outcomes(answers) == Counter(done=1, AlreadyUsed=1)
    assert market.rows("SELECT count(*) FROM redemption") == [(3 * ROUNDS,)]
    assert market.findings() == []


def test_two_terminals_scan_one_code_at_once_and_exactly_one_gets_the_holder(committed_market: Market) -> None:
    market = committed_market
    shop = open_shop(market)
    other = market.terminal(shop.store_id)
    citizen_id = market.citizen()
    for _ in range(ROUNDS):
        code = market.code(citizen_id)

        answers = together(
            partial(market.prepare, shop.terminal_id, code),
            partial(market.prepare, other, code),
        )

        assert outcomes(answers) == Counter(done=1, HolderCodeSpent=1)
        assert any(isinstance(answer, HolderCodeSpent) for answer in answers)


def test_parallel_guesses_at_one_terminal_are_counted_one_by_one(committed_market: Market) -> None:
    market = committed_market
    shop = open_shop(market)

    answers = together(*[partial(market.prepare, shop.terminal_id, "0000000000000")] * 16)

    assert outcomes(answers) == Counter(HolderCodeWrong=5, TypingLocked=11)
    assert {type(answer) for answer in answers} == {HolderCodeWrong, TypingLocked}


def test_a_verification_that_races_the_close_is_in_exactly_one_statement(
    committed_market: Market, clock: MovingClock
) -> None:
    market = committed_market
    shop = open_shop(market, price_points=1)
    citizens = [market.citizen(n, points=ROUNDS) for n in range(1, VERIFIERS + 1)]
    days = [at(12, day=20 + n) for n in range(ROUNDS)]
    for noon in days:
        clock.set(noon)
        for citizen_id in citizens:
            market.order(citizen_id, shop.offer_id)
        # It is past midnight for the close and still a second before it for what the tills sent.
        clock.set(noon + timedelta(hours=12))
        prepared = [market.prepared(shop.terminal_id, citizen_id) for citizen_id in citizens]
        late = Market(replace(market.context, now=MovingClock(noon + LATE)), market.numbers)

        answers = together(
            *[partial(late.verify, shop.terminal_id, one, verify_no=market.number()) for one in prepared],
            partial(market.close, noon.date()),
        )

        assert outcomes(answers) == Counter(done=VERIFIERS + 1)
    clock.advance(days=2)
    market.close((days[-1] + timedelta(days=1)).date())
    market.close((days[-1] + timedelta(days=2)).date())
    assert market.rows("SELECT sum(rows), sum(total_fen) FROM statement") == [
        (VERIFIERS * ROUNDS, 400 * VERIFIERS * ROUNDS)
    ]
    assert market.findings() == []


def test_an_order_and_a_verification_of_one_citizen_do_not_block_each_other(committed_market: Market) -> None:
    market = committed_market
    shop = open_shop(market)
    citizen_id = market.citizen(points=100 * (ROUNDS + 1))
    market.order(citizen_id, shop.offer_id)
    for _ in range(ROUNDS):
        prepared = market.prepared(shop.terminal_id, citizen_id)

        answers = together(
            partial(market.verify, shop.terminal_id, prepared),
            partial(market.order, citizen_id, shop.offer_id),
        )

        assert outcomes(answers) == Counter(done=2)
    assert market.findings() == []


def test_what_is_refused_for_the_stock_gives_back_every_point(committed_market: Market) -> None:
    """The stock is the last step: when it fails, the spending before it must be gone as a whole."""
    market = committed_market
    shop = open_shop(market, stock=1)
    citizens = range(1, 9)
    for citizen_id in citizens:
        Books(market.context).earn(citizen_id, points=100)

    answers = together(*[partial(market.order, citizen_id, shop.offer_id) for citizen_id in citizens])

    assert outcomes(answers) == Counter(done=1, SoldOut=7)
    assert any(isinstance(answer, SoldOut) for answer in answers)
    assert market.rows("SELECT active_points, count(*) FROM wallet GROUP BY 1 ORDER BY 1") == [(0, 1), (100, 7)]
    assert market.rows("SELECT count(*) FROM citizen_order") == [(1,)]
    assert market.findings() == []
