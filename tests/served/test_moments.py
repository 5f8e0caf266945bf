"""Over HTTP through gunicorn: of two who want the same at once one gets it, and stopping loses nothing."""

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.client import HTTPException

import pytest

from service.demo.client import Answer, Door
from tests.served.answers import first_form
from tests.served.shop import PRICE_POINTS, Phone, Shop, together

pytestmark = pytest.mark.xdist_group("served")

ROUNDS = 8
ORDERERS = 6
STOP_AFTER = 60
"""How many orders are acknowledged when gunicorn is asked to stop."""


@pytest.fixture(autouse=True)
def _books_hold(shop: Shop) -> Iterator[None]:
    yield
    assert shop.market.findings() == []


def codes(answers: list[Answer]) -> Counter[tuple[int, str]]:
    return Counter((answer.status, answer.code) for answer in answers)


def test_two_terminals_verify_one_voucher_at_the_same_moment_and_exactly_one_wins(shop: Shop) -> None:
    offer_id, store_id = shop.offer()
    citizen, tills = shop.citizen(), (shop.till(store_id), shop.till(store_id))
    won = []
    for _ in range(ROUNDS):
        voucher_id = shop.order(citizen, offer_id, shop.number()).body["voucher"]["voucher_id"]
        asked = [shop.prepare(till, citizen) for till in tills]

        answers = together([partial(shop.verify, till, what) for till, what in zip(tills, asked, strict=True)])

        assert codes(answers) == Counter({(200, ""): 1, (409, "ALREADY_USED"): 1})
        (winner,) = [answer.body["verification"] for answer in answers if answer.code == ""]
        (loser,) = [answer.body for answer in answers if answer.code]
        assert loser["outcome"] == "none"
        assert [voucher["voucher_id"] for voucher in winner["vouchers"]] == [voucher_id]
        won.append((voucher_id, winner["verify_no"]))
    found = shop.rows(f"SELECT voucher_id::text, verify_no FROM redemption WHERE offer_id = {offer_id}")
    assert sorted(found) == sorted(won)


def test_two_citizens_order_the_last_item_at_once_and_exactly_one_gets_it(shop: Shop) -> None:
    one, two = shop.citizen(), shop.citizen()
    for _ in range(ROUNDS):
        offer_id, _ = shop.offer(stock=1)

        answers = together([partial(shop.order, who, offer_id, shop.number()) for who in (one, two)])

        assert codes(answers) == Counter({(201, ""): 1, (409, "SOLD_OUT"): 1})
        assert shop.rows(f"SELECT total, sold FROM offer_stock WHERE offer_id = {offer_id}") == [(1, 1)]
        assert shop.rows(f"SELECT count(*) FROM voucher WHERE offer_id = {offer_id}") == [(1,)]


def one_effect(answers: list[Answer]) -> None:
    """Tell that all were answered the same, and one of them for the first time."""
    assert Counter(answer.replayed for answer in answers) == Counter({True: len(answers) - 1, False: 1})
    assert [first_form(answer.body) for answer in answers] == [first_form(answers[0].body)] * len(answers)


def test_one_number_sent_several_times_at_once_has_one_effect_and_one_answer(shop: Shop) -> None:
    offer_id, store_id = shop.offer()
    citizen, till = shop.citizen(points=PRICE_POINTS * ROUNDS), shop.till(store_id)
    for _ in range(ROUNDS):
        ordered = together([partial(shop.order, citizen, offer_id, shop.number())] * 4)
        asked = shop.prepare(till, citizen)
        verified = together([partial(shop.verify, till, asked)] * 4)

        one_effect(ordered)
        one_effect(verified)
    assert shop.rows(f"SELECT count(*) FROM citizen_order WHERE offer_id = {offer_id}") == [(ROUNDS,)]
    assert shop.rows(f"SELECT count(*) FROM redemption WHERE offer_id = {offer_id}") == [(ROUNDS,)]


def test_gunicorn_asked_to_stop_within_requests_loses_nothing_it_acknowledged(shop: Shop) -> None:
    offer_id, _ = shop.offer(stock=10_000)
    acknowledged: dict[str, Answer] = {}
    unanswered: dict[str, Phone] = {}
    enough = threading.Event()

    def order_until_it_stops(citizen: Phone) -> None:
        impatient = Door(shop.processes.port, gone)
        while True:
            number = shop.number()
            try:
                answer = impatient.ask(*order_of(offer_id, number), citizen.who)
            except (Gone, OSError, HTTPException):
                unanswered[number] = citizen
                break
            assert answer.status == 201
            acknowledged[number] = answer
            if len(acknowledged) >= STOP_AFTER:
                enough.set()
        impatient.hang_up()

    citizens = [shop.citizen() for _ in range(ORDERERS)]
    with ThreadPoolExecutor(ORDERERS) as pool:
        running = [pool.submit(order_until_it_stops, citizen) for citizen in citizens]
        assert enough.wait(30)
        ended = shop.processes.terminate_web()
        for one in running:
            one.result(30)
    assert ended.result(30) == 0

    found = dict(shop.rows(f"SELECT order_no, order_id::text FROM citizen_order WHERE offer_id = {offer_id}"))
    assert {number: found.get(number) for number in acknowledged} == {
        number: answer.body["order"]["order_id"] for number, answer in acknowledged.items()
    }
    shop.processes.heal()
    again = {number: shop.order(citizen, offer_id, number) for number, citizen in unanswered.items()}
    assert {number: answer.replayed for number, answer in again.items()} == {
        number: number in found for number in unanswered
    }
    count = len(acknowledged) + len(unanswered)
    assert shop.rows(f"SELECT count(*) FROM citizen_order WHERE offer_id = {offer_id}") == [(count,)]


class Gone(Exception):  # noqa: N818 - what the test waits for
    """The service does not answer any more."""


def gone() -> None:
    raise Gone


def order_of(offer_id: int, number: str) -> tuple[str, str, dict[str, object]]:
    return "POST", f"/v1/offers/{offer_id}/orders", {"order_no": number}
