"""Transfers, and what makes one legal."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Self
from uuid import UUID

from service.core.clock import business_day
from service.core.units import BIGINT_MAX, AmountFen, Points, ReductionMg
from service.ledger.domain.accounts import KINDS, LEGS, Leg, MgAccount, Unit
from service.ledger.domain.lots import LotKey, LotTaken, lot_expiry
from service.ledger.domain.refusals import IllegalTransfer

NewId = Callable[[], UUID]


@dataclass(frozen=True, slots=True)
class Moment:
    """When something is booked: the instant, its day in Kunming, and the business day it counts for."""

    recorded_at: datetime
    recorded_on: date
    booked_on: date

    @classmethod
    def of(cls, recorded_at: datetime, booked_on: date) -> Self:
        """Return the moment of an instant that counts for ``booked_on``."""
        return cls(recorded_at, business_day(recorded_at), booked_on)


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why and when something is booked, and where its ids come from."""

    moment: Moment
    source_kind: str
    source_id: UUID
    new_id: NewId


@dataclass(frozen=True, slots=True)
class Transfer:
    """One row of the books: ``amount`` of ``unit`` from one account to another of the same owner."""

    owner_id: int
    movement_id: UUID
    transfer_id: UUID
    kind: str
    unit: Unit
    from_account: str
    to_account: str
    amount: int
    source_kind: str
    source_id: UUID
    lot: LotKey | None = None
    counterparty_id: int | None = None


@dataclass(frozen=True, slots=True)
class Booked:
    """A transfer as it stands in the books."""

    transfer: Transfer
    moment: Moment


@dataclass(frozen=True, slots=True)
class Earning:
    """What one activity brings its citizen."""

    owner_id: int
    source_id: UUID
    reduction_mg: ReductionMg
    mg_account: MgAccount
    points: Points
    funder_id: int


def legal_leg(transfer: Transfer) -> Leg:
    """Return the leg of its kind that a transfer is.

    Raises:
        IllegalTransfer: It is none, or its owner, lot or amount do not fit.
    """
    leg = LEGS.get((transfer.kind, transfer.unit, transfer.from_account, transfer.to_account))
    if leg is None:
        pair = f"{transfer.unit} {transfer.from_account} -> {transfer.to_account}"
        raise IllegalTransfer(kind=transfer.kind, problem=pair)
    if not 0 < transfer.amount <= BIGINT_MAX:
        raise IllegalTransfer(kind=transfer.kind, problem=f"amount {transfer.amount}")
    if (transfer.owner_id > 0) != (leg.party == "citizen") or transfer.owner_id == 0:
        raise IllegalTransfer(kind=transfer.kind, problem=f"owner {transfer.owner_id}")
    if (transfer.lot is not None) != (transfer.unit == "points"):
        raise IllegalTransfer(kind=transfer.kind, problem=f"lot {transfer.lot}")
    return leg


def earnings(moment: Moment, source_kind: str, earned: Sequence[Earning], new_id: NewId) -> list[Transfer]:
    """Return the transfers of what activities brought: reductions and points of each are one movement.

    Nothing is booked for a zero: an activity under one gram earns a reduction and no points.
    """
    expires_on = lot_expiry(moment.booked_on)
    lots = {one.funder_id: LotKey(expires_on, one.funder_id) for one in earned}
    transfers: list[Transfer] = []
    for one in earned:
        movement_id = new_id()
        if one.reduction_mg:
            transfers.append(
                Transfer(
                    owner_id=one.owner_id,
                    movement_id=movement_id,
                    transfer_id=new_id(),
                    kind="earn_reduction",
                    unit="mg",
                    from_account="reductions",
                    to_account=one.mg_account,
                    amount=one.reduction_mg,
                    source_kind=source_kind,
                    source_id=one.source_id,
                )
            )
        if one.points:
            transfers.append(
                Transfer(
                    owner_id=one.owner_id,
                    movement_id=movement_id,
                    transfer_id=new_id(),
                    kind="earn_points",
                    unit="points",
                    from_account="issued",
                    to_account="active",
                    amount=one.points,
                    source_kind=source_kind,
                    source_id=one.source_id,
                    lot=lots[one.funder_id],
                )
            )
    return transfers


def lot_transfers(
    occasion: Occasion, owner_id: int, kind: str, lots: Iterable[LotTaken], counterparty_id: int | None = None
) -> list[Transfer]:
    """Return one movement of points between the two accounts of ``kind``: a transfer for every lot it touches."""
    leg = KINDS[kind].legs[0]
    movement_id = occasion.new_id()
    return [
        Transfer(
            owner_id=owner_id,
            movement_id=movement_id,
            transfer_id=occasion.new_id(),
            kind=kind,
            unit="points",
            from_account=leg.from_account,
            to_account=leg.to_account,
            amount=lot.points,
            source_kind=occasion.source_kind,
            source_id=occasion.source_id,
            lot=lot.key,
            counterparty_id=counterparty_id,
        )
        for lot in lots
    ]


def payment(occasion: Occasion, funder_id: int, merchant_id: int, amount_fen: AmountFen) -> list[Transfer]:
    """Return the movement of money from a funder to a merchant: two transfers that meet in transit."""
    movement_id = occasion.new_id()
    return [
        Transfer(
            owner_id=owner_id,
            movement_id=movement_id,
            transfer_id=occasion.new_id(),
            kind="pay",
            unit="fen",
            from_account=leg.from_account,
            to_account=leg.to_account,
            amount=amount_fen,
            source_kind=occasion.source_kind,
            source_id=occasion.source_id,
            counterparty_id=counterparty_id,
        )
        for leg, owner_id, counterparty_id in zip(
            KINDS["pay"].legs, (funder_id, merchant_id), (merchant_id, funder_id), strict=True
        )
    ]
