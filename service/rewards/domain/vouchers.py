"""Vouchers: what a citizen got for points, and whether a till may take it at an instant."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from service.core.clock import rfc3339
from service.core.refusals import Refusal
from service.core.texts import Text
from service.core.units import AmountFen, Points
from service.rewards.domain.offers import OnShelf
from service.rewards.domain.refusals import AlreadyUsed, StoreNotEligible, VoucherExpired

StoredState = Literal["issued", "used"]
ShownState = Literal["issued", "used", "expired"]


@dataclass(frozen=True, slots=True)
class Use:
    """When and where a voucher was verified."""

    used_at: datetime
    store_id: int
    store_name: Text


@dataclass(frozen=True, slots=True)
class Voucher:
    """A voucher and what its offer says of it."""

    citizen_id: int
    voucher_id: UUID
    offer_id: int
    merchant_id: int
    title: Text
    points: Points
    face_value_fen: AmountFen
    issued_at: datetime
    use_ends_at: datetime
    use: Use | None
    store_ids: tuple[int, ...]

    def state_at(self, now: datetime) -> ShownState:
        """Return the state a person sees: a voucher expires at its instant, not when a job finds it."""
        if self.use is not None:
            return "used"
        return "issued" if now < self.use_ends_at else "expired"


@dataclass(frozen=True, slots=True)
class Order:
    """What a citizen ordered, under the citizen's own number."""

    citizen_id: int
    order_id: UUID
    order_no: str
    offer_id: int
    points: Points
    ordered_at: datetime
    voucher_id: UUID
    title: Text


@dataclass(frozen=True, slots=True)
class Redemption:
    """One verified voucher: a line of the merchant's statement."""

    merchant_id: int
    day: date
    redemption_id: UUID
    verify_id: UUID
    verify_no: str
    terminal_id: int
    store_id: int
    clerk: str | None
    citizen_id: int
    voucher_id: UUID
    offer_id: int
    title: Text
    points: Points
    face_value_fen: AmountFen
    settle_fen: AmountFen
    verified_at: datetime


def issue(shelf: OnShelf, citizen_id: int, voucher_id: UUID, now: datetime) -> Voucher:
    """Return the voucher that an order of this offer brings now."""
    return Voucher(
        citizen_id=citizen_id,
        voucher_id=voucher_id,
        offer_id=shelf.offer_id,
        merchant_id=shelf.merchant_id,
        title=shelf.title,
        points=shelf.sale.price_points,
        face_value_fen=shelf.face_value_fen,
        issued_at=now,
        use_ends_at=shelf.sale.use_ends_at(now),
        use=None,
        store_ids=shelf.store_ids,
    )


def refusals_at(voucher: Voucher, store_id: int, now: datetime) -> Iterator[Refusal]:
    """Yield every reason why a till in that store may not take the voucher now; none means it may."""
    if voucher.use is not None:
        yield AlreadyUsed(
            used_at=rfc3339(voucher.use.used_at),
            used_store_id=voucher.use.store_id,
            used_store_zh=voucher.use.store_name.zh,
            used_store_en=voucher.use.store_name.en,
        )
    if now >= voucher.use_ends_at:
        yield VoucherExpired(use_ends_at=rfc3339(voucher.use_ends_at))
    if store_id not in voucher.store_ids:
        yield StoreNotEligible()


@dataclass(frozen=True, slots=True)
class FunderShare:
    """What one funder pays of each verified voucher of an offer; a merchant may be its own funder."""

    offer_id: int
    funder_id: int
    amount_fen: AmountFen


@dataclass(frozen=True, slots=True)
class Settling:
    """Who pays what for a verification."""

    by_offer: Mapping[int, AmountFen]
    """Offer -> what the merchant is paid for one voucher of it."""
    by_funder: Mapping[int, AmountFen]
    """Funder -> what it pays for all of them."""


def settle(merchant_id: int, vouchers: Sequence[Voucher], shares: Sequence[FunderShare]) -> Settling:
    """Say what the merchant is paid for these vouchers, and by whom; what it gives itself moves no money."""
    counts = Counter(voucher.offer_id for voucher in vouchers)
    by_offer = dict.fromkeys(counts, AmountFen(0))
    by_funder: dict[int, AmountFen] = {}
    for share in shares:
        if share.funder_id != merchant_id:
            by_offer[share.offer_id] = AmountFen(by_offer[share.offer_id] + share.amount_fen)
            paid = share.amount_fen * counts[share.offer_id]
            by_funder[share.funder_id] = AmountFen(by_funder.get(share.funder_id, 0) + paid)
    return Settling(by_offer, by_funder)
