"""Merchants, stores, terminals, offers: who gives what for how many points, and who pays for it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from service.core.clock import business_day, end_of_day
from service.core.refusals import FieldProblem
from service.core.texts import Text
from service.core.units import AmountFen, Points

SALE_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
SALE_LATEST = datetime(2200, 1, 1, tzinfo=UTC)
"""What lies outside is a slip of the pen; at the ends of the calendar it is no instant at all in some offsets."""

OfferKind = Literal["amount_off", "goods"]
SaleState = Literal["scheduled", "on_sale", "ended"]
FundingParty = Literal["programme", "merchant"]


@dataclass(frozen=True, slots=True)
class Merchant:
    """Who honours vouchers; ``merchant_id`` is also its (negative) owner id in the books."""

    merchant_id: int
    code: str
    name: Text
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Store:
    """A place of a merchant where vouchers are used."""

    store_id: int
    merchant_id: int
    code: str
    name: Text
    created_at: datetime


@dataclass(frozen=True, slots=True)
class StoreName:
    """A store as an offer names it."""

    store_id: int
    code: str
    name: Text


@dataclass(frozen=True, slots=True)
class Terminal:
    """A till in a store, with the merchant it verifies for."""

    terminal_id: int
    store_id: int
    merchant_id: int
    code: str
    key_id: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Share:
    """What one party pays of each verified voucher."""

    party: FundingParty
    amount_fen: AmountFen


@dataclass(frozen=True, slots=True)
class Sale:
    """When an offer is sold, for how many points, and how long its voucher can be used."""

    price_points: Points
    sale_starts_at: datetime
    sale_ends_at: datetime
    use_days: int

    def state_at(self, now: datetime) -> SaleState:
        """Say whether the offer can be ordered at this instant; the sale ends before ``sale_ends_at``."""
        if now < self.sale_starts_at:
            return "scheduled"
        return "on_sale" if now < self.sale_ends_at else "ended"

    def use_ends_at(self, ordered_at: datetime) -> datetime:
        """Return the first instant at which a voucher ordered now is of no use any more.

        The last day counts whole: ``use_days`` after the day of the order, to its midnight in Kunming.
        """
        return end_of_day(business_day(ordered_at) + timedelta(days=self.use_days))


@dataclass(frozen=True, slots=True)
class OfferTerms:
    """What an offer promises; it never changes once published."""

    merchant_id: int
    kind: OfferKind
    title: Text
    terms: Text
    face_value_fen: AmountFen
    shares: tuple[Share, ...]
    sale: Sale
    store_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Stock:
    """How many there are and how many are sold, as read without a lock."""

    total: int
    sold: int

    @property
    def left(self) -> int:
        """How many can still be ordered."""
        return self.total - self.sold


@dataclass(frozen=True, slots=True)
class Offer:
    """A published offer with its stock, its merchant and its stores."""

    offer_id: int
    terms: OfferTerms
    stock: Stock
    merchant_name: Text
    stores: tuple[StoreName, ...]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class OnShelf:
    """What an order needs to know of an offer, and no more."""

    offer_id: int
    merchant_id: int
    title: Text
    face_value_fen: AmountFen
    sale: Sale
    stock: Stock
    store_ids: tuple[int, ...]


FUNDING_SUM_MISMATCH = Text("出资合计须等于面值。", "The shares must add up to the face value.")
FUNDER_TWICE = Text("每个出资方只能出现一次。", "Each party may stand once only.")
WINDOW_EMPTY = Text("发售结束须晚于开始。", "The sale must end after it starts.")
SALE_OUT_OF_RANGE = Text("发售期须在 2000 年至 2200 年之间。", "The sale must lie between 2000 and 2200.")
STORE_TWICE = Text("门店重复。", "A store stands twice.")
STORE_OF_ANOTHER = Text("门店不存在或不属于该商户。", "There is no such store of this merchant.")


def offer_problems(terms: OfferTerms, stores_of_merchant: Sequence[int]) -> Iterator[FieldProblem]:
    """Yield everything that contradicts itself in the terms of a new offer."""
    parties = [share.party for share in terms.shares]
    if sum(share.amount_fen for share in terms.shares) != terms.face_value_fen:
        yield FieldProblem("#/funding", "FUNDING_SUM_MISMATCH", FUNDING_SUM_MISMATCH)
    if len(set(parties)) != len(parties):
        yield FieldProblem("#/funding", "FUNDER_TWICE", FUNDER_TWICE)
    yield from _sale_problems(terms.sale)
    known = set(stores_of_merchant)
    for position, store_id in enumerate(terms.store_ids):
        if store_id in terms.store_ids[:position]:
            yield FieldProblem(f"#/store_ids/{position}", "STORE_TWICE", STORE_TWICE)
        elif store_id not in known:
            yield FieldProblem(f"#/store_ids/{position}", "STORE_OF_ANOTHER", STORE_OF_ANOTHER)


def _sale_problems(sale: Sale) -> Iterator[FieldProblem]:
    if sale.sale_ends_at <= sale.sale_starts_at:
        yield FieldProblem("#/sale_ends_at", "WINDOW_EMPTY", WINDOW_EMPTY)
    for name, instant in (("sale_starts_at", sale.sale_starts_at), ("sale_ends_at", sale.sale_ends_at)):
        if not SALE_EARLIEST <= instant < SALE_LATEST:
            yield FieldProblem(f"#/{name}", "OUT_OF_RANGE", SALE_OUT_OF_RANGE)
