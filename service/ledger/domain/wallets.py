"""Wallets: what a batch of transfers does to wallets and lots, and what a wallet shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from service.core.texts import Text
from service.core.units import Points, ReductionMg
from service.ledger.domain.accounts import WALLET_COLUMNS
from service.ledger.domain.lots import Lot, LotKey, split_overdue
from service.ledger.domain.transfers import Transfer, legal_leg

ACTIVE = WALLET_COLUMNS.index("active_points")
_NOTHING: tuple[Any, ...] = (0,) * len(WALLET_COLUMNS)
_PLACE = {column: place for place, column in enumerate(WALLET_COLUMNS)}

OwnerLot = tuple[int, LotKey]


@dataclass(frozen=True, slots=True)
class Changes:
    """The net change of every wallet and lot a batch touches, in ascending order of owner."""

    wallets: list[tuple[int, list[int]]]
    """Owner -> one change per column of :data:`WALLET_COLUMNS`."""
    lots: list[tuple[OwnerLot, int]]


def changes_of(transfers: Sequence[Transfer]) -> Changes:
    """Return what ``transfers`` do to wallets and lots.

    Raises:
        IllegalTransfer: One of them is not legal.
    """
    wallets: dict[int, list[int]] = {}
    lots: dict[OwnerLot, int] = {}
    for transfer in transfers:
        leg = legal_leg(transfer)
        if leg.wallet:
            row = wallets.get(transfer.owner_id)
            if row is None:
                row = wallets[transfer.owner_id] = list(_NOTHING)
            for column, sign in leg.wallet.items():
                row[_PLACE[column]] += sign * transfer.amount
        if transfer.lot is not None and leg.lot_sign:
            key = (transfer.owner_id, transfer.lot)
            lots[key] = lots.get(key, 0) + leg.lot_sign * transfer.amount
    return Changes(sorted(wallets.items()), sorted(lots.items()))


@dataclass(frozen=True, slots=True)
class Wallet:
    """One owner's wallet as it stands in the books, with the lots that are not empty."""

    active_points: Points
    earned_points: Points
    spent_points: Points
    lapsed_points: Points
    creditable_mg: ReductionMg
    provisional_mg: ReductionMg
    incentive_mg: ReductionMg
    lots: tuple[Lot, ...] = ()
    funders: Mapping[int, Text] = field(default_factory=dict)


EMPTY_WALLET = Wallet(*_NOTHING)


@dataclass(frozen=True, slots=True)
class LotView:
    """A lot that can be spent."""

    expires_on: date
    points: Points
    funder_id: int
    funder: Text


@dataclass(frozen=True, slots=True)
class WalletView:
    """A wallet as of a day. Reading books nothing: what has run out is told apart, not yet lapsed."""

    active_points: Points
    """As booked."""
    spendable_points: Points
    overdue_points: Points
    """Run out, their lapse not yet booked: active less spendable."""
    earned_points: Points
    spent_points: Points
    lapsed_points: Points
    """As booked; the overdue ones are not in it yet."""
    creditable_mg: ReductionMg
    provisional_mg: ReductionMg
    incentive_mg: ReductionMg
    lots: tuple[LotView, ...]
    """Those that can be spent, soonest expiry first."""


def view_wallet(wallet: Wallet, today: date) -> WalletView:
    """Return the wallet as of ``today``."""
    _, spendable = split_overdue(wallet.lots, today)
    lots = tuple(
        LotView(lot.key.expires_on, lot.remaining_points, lot.key.funder_id, wallet.funders[lot.key.funder_id])
        for lot in spendable
    )
    spendable_points = Points(sum(lot.points for lot in lots))
    return WalletView(
        active_points=wallet.active_points,
        spendable_points=spendable_points,
        overdue_points=Points(wallet.active_points - spendable_points),
        earned_points=wallet.earned_points,
        spent_points=wallet.spent_points,
        lapsed_points=wallet.lapsed_points,
        creditable_mg=wallet.creditable_mg,
        provisional_mg=wallet.provisional_mg,
        incentive_mg=wallet.incentive_mg,
        lots=lots,
    )
