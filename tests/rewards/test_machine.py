"""Any sequence of orders, prepares, verifications, replays and passing time, against a model made of dicts."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import cast

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from service import ledger
from service.core.clock import business_day, end_of_day
from service.core.refusals import NumberReused, Refusal
from service.core.units import AmountFen
from service.rewards.domain.offers import Share
from service.rewards.domain.refusals import AlreadyUsed, OfferNotOnSale, SoldOut, TillSessionOver, VoucherExpired
from tests.clock import TEN_O_CLOCK, MovingClock
from tests.ledger.bookings import Books
from tests.rewards.market import Answer, Market, Shop

PRICE = {"one": 10, "two": 25}
SETTLE = {"one": 300, "two": 0}
STOCK = 4
USE_DAYS = {"one": 1, "two": 30}
SALE = timedelta(days=60)


@dataclass
class Paper:
    """A voucher as the model knows it."""

    citizen: int
    offer: str
    ends_at: datetime
    used: bool = False


@dataclass
class Session:
    """What a till was shown: refs stand for vouchers in the order of the answer."""

    answer: Answer
    ends_at: datetime
    papers: list[Paper]


@dataclass
class Model:
    """All that must be true of the shop."""

    points: dict[int, int]
    sold: dict[str, int] = field(default_factory=lambda: dict.fromkeys(PRICE, 0))
    papers: dict[str, Paper] = field(default_factory=dict)
    orders: dict[tuple[int, str], tuple[str, Answer]] = field(default_factory=dict)
    sessions: list[Session] = field(default_factory=list)
    verified: dict[str, tuple[tuple[str, ...], Answer]] = field(default_factory=dict)
    settled_fen: int = 0


class RedemptionMachine(RuleBasedStateMachine):
    """Two citizens, one till, two offers of four vouchers each."""

    def __init__(
        self, shop: Shop, offers: dict[str, int], citizens: list[int], clock: MovingClock, outer: sa.Connection
    ) -> None:
        super().__init__()
        self.market = shop.market
        self.shop = shop
        self.offers = offers
        self.clock = clock
        clock.set(TEN_O_CLOCK)
        self.savepoint = outer.begin_nested()
        self.model = Model(points=dict.fromkeys(citizens, 0))
        self.citizens = citizens

    def owner(self, n: int) -> int:
        return self.citizens[n]

    @rule(n=st.integers(0, 1), points=st.integers(1, 40))
    def earn(self, n: int, points: int) -> None:
        Books(self.market.context).earn(self.owner(n), points=points)
        self.model.points[self.owner(n)] += points

    def refusal_of_order(self, citizen: int, offer: str) -> type[Refusal] | None:
        if self.clock() >= TEN_O_CLOCK + SALE:
            return OfferNotOnSale
        if self.model.sold[offer] == STOCK:
            return SoldOut
        return ledger.InsufficientPoints if self.model.points[citizen] < PRICE[offer] else None

    @rule(n=st.integers(0, 1), offer=st.sampled_from(sorted(PRICE)), number=st.integers(0, 9))
    def order(self, n: int, offer: str, number: int) -> None:
        citizen, order_no = self.owner(n), f"A-{number}"
        first = self.model.orders.get((citizen, order_no))
        place = partial(self.market.order, citizen, self.offers[offer], order_no)
        if first is not None:
            if first[0] != offer:
                with pytest.raises(NumberReused):
                    place()
            else:
                assert place() == {**first[1], "replayed": True}
            return
        refusal = self.refusal_of_order(citizen, offer)
        if refusal is not None:
            with pytest.raises(refusal):
                place()
            return
        answer = place()
        self.model.orders[citizen, order_no] = (offer, answer)
        self.model.points[citizen] -= PRICE[offer]
        self.model.sold[offer] += 1
        ends_at = end_of_day(business_day(self.clock()) + timedelta(days=USE_DAYS[offer]))
        self.model.papers[answer["voucher"]["voucher_id"]] = Paper(citizen, offer, ends_at)

    @rule(n=st.integers(0, 1))
    def prepare(self, n: int) -> None:
        citizen, now = self.owner(n), self.clock()
        answer = self.market.prepared(self.shop.terminal_id, citizen)

        papers = [
            paper
            for paper in self.model.papers.values()
            if paper.citizen == citizen and not paper.used and now < paper.ends_at + timedelta(days=7)
        ]
        shown = [(one["usable"], one["use_ends_at"]) for one in answer["vouchers"]]
        papers.sort(key=lambda paper: (now >= paper.ends_at, paper.ends_at))
        assert [usable for usable, _ in shown] == [now < paper.ends_at for paper in papers]
        assert [datetime.fromisoformat(ends_at) for _, ends_at in shown] == [paper.ends_at for paper in papers]
        ids = self.ids_at_till(citizen, now)
        ordered = [self.model.papers[voucher_id] for voucher_id in ids]
        self.model.sessions.append(Session(answer, now + timedelta(minutes=5), ordered))

    def ids_at_till(self, citizen: int, now: datetime) -> list[str]:
        """Return which voucher each reference stands for: the till cannot know, the model must."""
        rows = self.market.rows(
            "SELECT voucher_id::text FROM voucher WHERE citizen_id = %s AND state = 'issued' AND use_ends_at > %s"
            " ORDER BY use_ends_at <= %s, use_ends_at, voucher_id",
            (citizen, now - timedelta(days=7), now),
        )
        return [voucher_id for (voucher_id,) in rows]

    @precondition(lambda self: self.model.sessions)
    @rule(data=st.data(), number=st.integers(0, 9))
    def verify(self, data: st.DataObject, number: int) -> None:
        session = data.draw(st.sampled_from(self.model.sessions[-3:]))
        if not session.papers:
            return
        places = data.draw(
            st.lists(st.sampled_from(range(len(session.papers))), min_size=1, max_size=3, unique=True)
        )
        refs = tuple(session.answer["vouchers"][place]["voucher_ref"] for place in places)
        papers = [session.papers[place] for place in places]
        verify_no = f"V-{number}"
        verify = partial(self.market.verify, self.shop.terminal_id, session.answer, refs, verify_no)
        first = self.model.verified.get(verify_no)
        if first is not None:
            if first[0] == tuple(sorted(refs)):
                assert verify() == {**first[1], "replayed": True}
            else:
                with pytest.raises(NumberReused):
                    verify()
            return
        refusal = self.refusal_of_verification(session, papers)
        if refusal is not None:
            with pytest.raises(refusal):
                verify()
            return
        answer = verify()
        self.model.verified[verify_no] = (tuple(sorted(refs)), answer)
        for paper in papers:
            paper.used = True
        fen = sum(SETTLE[paper.offer] for paper in papers)
        assert answer["verification"]["settle_fen"] == fen
        self.model.settled_fen += fen

    def refusal_of_verification(self, session: Session, papers: list[Paper]) -> type[Refusal] | None:
        if self.clock() >= session.ends_at:
            return TillSessionOver
        for paper in papers:
            if paper.used:
                return AlreadyUsed
            if self.clock() >= paper.ends_at:
                return VoucherExpired
        return None

    @precondition(lambda self: self.model.verified)
    @rule(data=st.data())
    def ask_again(self, data: st.DataObject) -> None:
        verify_no = data.draw(st.sampled_from(sorted(self.model.verified)))

        answer = self.market.query(self.shop.terminal_id, verify_no)

        assert answer["verification"] == self.model.verified[verify_no][1]["verification"]

    @rule(seconds=st.sampled_from([1, 45, 200, 3_600, 50_400, 86_400, 864_000]))
    def time_passes(self, seconds: int) -> None:
        self.clock.advance(seconds=seconds)

    @rule()
    def midnight_comes_almost(self) -> None:
        """Stand at the last microsecond of the day, where expiry is decided."""
        self.clock.set(end_of_day(business_day(self.clock())) - timedelta(microseconds=1))

    @rule()
    def the_last_finished_day_is_closed(self) -> None:
        self.market.close(business_day(self.clock()) - timedelta(days=1))

    @invariant()
    def points_are_kept(self) -> None:
        for citizen, points in self.model.points.items():
            view = self.market.wallet(citizen)
            held = sum(PRICE[paper.offer] for paper in self.model.papers.values() if paper.citizen == citizen)
            assert (view.spendable_points, view.spent_points) == (points, held)

    @invariant()
    def stock_states_and_money_are_those_of_the_model(self) -> None:
        sold = dict(self.market.rows("SELECT offer_id, sold FROM offer_stock"))
        assert {name: sold[offer_id] for name, offer_id in self.offers.items()} == self.model.sold
        now = self.clock()
        states = {}
        for voucher_id, paper in self.model.papers.items():
            fresh = "issued" if now < paper.ends_at else "expired"
            states[voucher_id] = "used" if paper.used else fresh
        shown = {
            voucher["voucher_id"]: voucher["state"]
            for citizen in self.citizens
            for voucher in self.market.vouchers(citizen)
        }
        assert shown == states
        payable = "SELECT coalesce(sum(amount), 0)::bigint FROM transfer WHERE to_account = 'payable'"
        assert self.market.rows(payable) == [(self.model.settled_fen,)]

    @invariant()
    def every_check_holds(self) -> None:
        assert self.market.findings() == []

    def teardown(self) -> None:
        self.savepoint.rollback()


def check_sequences(market: Market, clock: MovingClock, sequences: int, steps: int) -> None:
    merchant_id = market.merchant()
    store_id = market.store(merchant_id)
    terminal_id = market.terminal(store_id)
    offers = {
        name: market.offer(
            merchant_id,
            [store_id],
            STOCK,
            price_points=PRICE[name],
            use_days=USE_DAYS[name],
            face_value_fen=AmountFen(500),
            shares=shares_of(SETTLE[name]),
            sale_ends_at=TEN_O_CLOCK + SALE,
        )
        for name in PRICE
    }
    citizens = [market.citizen(1), market.citizen(2)]
    shop = Shop(market, merchant_id, store_id, terminal_id, offers["one"])
    with market.context.open_session() as session:
        connection = session.connection()
        run_state_machine_as_test(
            cast(
                "type[RedemptionMachine]",
                partial(RedemptionMachine, shop, offers, citizens, clock, connection),
            ),
            settings=settings(
                max_examples=sequences,
                stateful_step_count=steps,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )


def shares_of(settle_fen: int) -> tuple[Share, ...]:
    own = Share("merchant", AmountFen(500 - settle_fen))
    return (Share("programme", AmountFen(settle_fen)), own) if settle_fen else (own,)


def test_redemption_keeps_every_point_and_every_fen(market: Market, clock: MovingClock) -> None:
    check_sequences(market, clock, sequences=30, steps=25)


@pytest.mark.long
def test_redemption_keeps_every_point_and_every_fen_for_long(market: Market, clock: MovingClock) -> None:
    check_sequences(market, clock, sequences=100, steps=50)
