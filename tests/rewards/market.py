"""A small market for tests: each method is one operation, as a door would call it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from sqlmodel import Session

from service import identity, ledger, rewards, settlement
from service.core.clock import business_day
from service.core.context import Context
from service.core.database import fetch_all, transact
from service.core.key_pairs import new_private_key, public_jwk
from service.core.paging import Page
from service.core.texts import Text
from service.core.units import AmountFen, Points
from service.identity.operations.sign_in import sign_in
from service.rewards.domain.offers import OfferTerms, Sale, Share
from service.rewards.operations.create_merchant import NewMerchant, create_merchant
from service.rewards.operations.create_offer import create_offer
from service.rewards.operations.create_store import NewStore, create_store
from service.rewards.operations.create_terminal import NewTerminal, create_terminal
from service.rewards.operations.issue_code import issue_code
from service.rewards.operations.list_vouchers import list_vouchers
from service.rewards.operations.place_order import place_order
from service.rewards.operations.prepare_verification import prepare_verification
from service.rewards.operations.show_verification import show_verification
from service.rewards.operations.verify_vouchers import Asked, verify_vouchers
from service.settlement.operations.close_day import close_day
from tests.clock import TEN_O_CLOCK
from tests.identity.world import LOOPBACK, phone_number, sent_code
from tests.ledger.bookings import Books

OPERATOR = identity.OperatorCaller(1, "operator", "operations")
SALE_DAYS = 3_000
Answer = dict[str, Any]


@dataclass
class Market:
    """One context with merchants, offers and tills."""

    context: Context
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def number(self) -> str:
        return f"T-{next(self.numbers)}"

    def merchant(self, code: str | None = None, name: Text | None = None) -> int:
        asked = NewMerchant(code or self.number(), name or Text("翠湖书店", "Green Lake Books"))
        return int(create_merchant(self.context, OPERATOR, self.number(), asked)["merchant"]["merchant_id"])

    def store(self, merchant_id: int, code: str | None = None) -> int:
        asked = NewStore(merchant_id, code or self.number(), Text("南屏街店", "Nanping Street"))
        return int(create_store(self.context, OPERATOR, self.number(), asked)["store"]["store_id"])

    def terminal(self, store_id: int, code: str | None = None) -> int:
        jwk = public_jwk(new_private_key().public_key())
        asked = NewTerminal(store_id, code or self.number(), jwk)
        return int(create_terminal(self.context, OPERATOR, self.number(), asked)["terminal"]["terminal_id"])

    def offer(self, merchant_id: int, store_ids: Sequence[int], stock: int = 100, **other: object) -> int:
        terms = offer_terms(merchant_id, store_ids, **other)
        return int(create_offer(self.context, OPERATOR, self.number(), terms, stock)["offer"]["offer_id"])

    def citizen(self, n: int = 1, points: int = 0) -> int:
        phone = phone_number(n)
        citizen_id = sign_in(self.context, phone, sent_code(self.context, phone), LOOPBACK).citizen.citizen_id
        if points:
            Books(self.context).earn(citizen_id, points=points)
        return citizen_id

    def order(self, citizen_id: int, offer_id: int, order_no: str | None = None) -> Answer:
        caller = identity.CitizenCaller(citizen_id)
        return place_order(self.context, caller, offer_id, order_no or self.number())

    def code(self, citizen_id: int) -> str:
        return str(issue_code(self.context, citizen_id)["code"])

    def till(self, terminal_id: int) -> identity.MachineCaller:
        """Return a terminal's next request."""
        now = self.context.now()
        proof = identity.Proof(str(self.context.new_id()), now + timedelta(seconds=60), self.context.new_id())
        return identity.MachineCaller("terminal", terminal_id, f"key-{terminal_id}", proof)

    def prepare(self, terminal_id: int, code: str) -> Answer:
        return prepare_verification(self.context, self.till(terminal_id), code)

    def prepared(self, terminal_id: int, citizen_id: int) -> Answer:
        return self.prepare(terminal_id, self.code(citizen_id))

    def verify(
        self,
        terminal_id: int,
        session: Answer,
        refs: Sequence[str] | None = None,
        verify_no: str | None = None,
        clerk: str = "小李",
    ) -> Answer:
        """Verify what a session showed; all of it unless told."""
        chosen = tuple(shown["voucher_ref"] for shown in session["vouchers"]) if refs is None else tuple(refs)
        asked = Asked(verify_no or self.number(), UUID(session["session_id"]), chosen, clerk)
        return verify_vouchers(self.context, self.till(terminal_id), asked)

    def query(self, terminal_id: int, verify_no: str) -> Answer:
        return show_verification(self.context, self.till(terminal_id), verify_no)

    def close(self, day: date) -> Answer:
        return close_day(self.context, OPERATOR, day)

    def vouchers(self, citizen_id: int) -> list[Answer]:
        return list(list_vouchers(self.context, citizen_id, Page(limit=500))["vouchers"])

    def wallet(self, citizen_id: int) -> ledger.WalletView:
        today = business_day(self.context.now())
        return transact(self.context, lambda session: ledger.read_wallet(session, citizen_id, today))

    def rows(self, sql: str, params: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        return transact(self.context, lambda session: fetch_all(session, sql, params))

    def findings(self) -> list[tuple[str, str, int, int]]:
        """Return what every book check of ledger, rewards and settlement finds wrong."""

        def work(session: Session) -> list[tuple[str, str, int, int]]:
            return [
                (found.check, found.subject, found.expected, found.found)
                for check in (*ledger.CHECKS, *rewards.CHECKS, *settlement.CHECKS)
                for found in check.run(session)
            ]

        return transact(self.context, work)


def offer_terms(merchant_id: int, store_ids: Sequence[int], **other: object) -> OfferTerms:
    """Return the terms of an offer: 100 points for a face value of 5 yuan, 4 of them the programme's."""
    given: dict[str, Any] = dict(other)
    sale = Sale(
        price_points=Points(given.pop("price_points", 100)),
        sale_starts_at=given.pop("sale_starts_at", TEN_O_CLOCK - timedelta(days=1)),
        sale_ends_at=given.pop("sale_ends_at", TEN_O_CLOCK + timedelta(days=SALE_DAYS)),
        use_days=given.pop("use_days", 7),
    )
    values: dict[str, Any] = {
        "merchant_id": merchant_id,
        "kind": "amount_off",
        "title": Text("满二十减五元", "5 yuan off 20"),
        "terms": Text("每单限用一张。", "One per bill."),
        "face_value_fen": AmountFen(500),
        "shares": (Share("programme", AmountFen(400)), Share("merchant", AmountFen(100))),
        "sale": sale,
        "store_ids": tuple(store_ids),
    }
    values.update(given)
    return OfferTerms(**values)


@dataclass
class Shop:
    """A merchant with one store, one till and one offer."""

    market: Market
    merchant_id: int
    store_id: int
    terminal_id: int
    offer_id: int


def open_shop(market: Market, stock: int = 100, **terms: object) -> Shop:
    """Set up a merchant that can sell and verify."""
    merchant_id = market.merchant()
    store_id = market.store(merchant_id)
    terminal_id = market.terminal(store_id)
    return Shop(market, merchant_id, store_id, terminal_id, market.offer(merchant_id, [store_id], stock, **terms))


def at(hour: int, minute: int = 0, day: int = 20) -> datetime:
    """Return an instant of November 2026 in Kunming."""
    return TEN_O_CLOCK + timedelta(days=day - 20, hours=hour - 10, minutes=minute)
