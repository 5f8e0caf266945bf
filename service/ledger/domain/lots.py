"""Lots: points lie by expiry day and funder; the soonest expiry is spent first, what has run out lapses first."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from service.core.units import Points
from service.ledger.domain.refusals import IllegalTransfer, InsufficientPoints

LIFE_YEARS = 2


@dataclass(frozen=True, slots=True, order=True)
class LotKey:
    """Which lot of an owner; the order is the order of spending."""

    expires_on: date
    funder_id: int


@dataclass(frozen=True, slots=True)
class Lot:
    """What is left in one lot. ``expires_on`` is the last day it can be spent."""

    key: LotKey
    remaining_points: Points


@dataclass(frozen=True, slots=True)
class LotTaken:
    """Points taken out of one lot."""

    expires_on: date
    funder_id: int
    points: Points

    @property
    def key(self) -> LotKey:
        """The lot they came from."""
        return LotKey(self.expires_on, self.funder_id)


@dataclass(frozen=True, slots=True)
class Spending:
    """What one spending does to an owner's lots."""

    lapsed: tuple[LotTaken, ...]
    taken: tuple[LotTaken, ...]


def lot_expiry(credited_on: date) -> date:
    """Return the last day of points credited that day: the end of the same month, two years on."""
    year, month = credited_on.year + LIFE_YEARS, credited_on.month
    return date(year, month, monthrange(year, month)[1])


def split_overdue(lots: Sequence[Lot], today: date) -> tuple[list[Lot], list[Lot]]:
    """Return the lots that have run out and those that can be spent, each in spending order."""
    full = sorted((lot for lot in lots if lot.remaining_points > 0), key=lambda lot: lot.key)
    overdue = [lot for lot in full if lot.key.expires_on < today]
    return overdue, full[len(overdue) :]


def plan_spending(lots: Sequence[Lot], points: Points, today: date) -> Spending:
    """Say what lapses and which lots pay ``points``.

    Raises:
        IllegalTransfer: Nothing, or less, is to be spent.
        InsufficientPoints: What can be spent today is less.
    """
    if points <= 0:
        raise IllegalTransfer(kind="spend", problem=f"amount {points}")
    overdue, spendable = split_overdue(lots, today)
    available = sum(lot.remaining_points for lot in spendable)
    if available < points:
        raise InsufficientPoints(needed=points, available=available)
    taken: list[LotTaken] = []
    missing = points
    for lot in spendable:
        if missing == 0:
            break
        part = Points(min(missing, lot.remaining_points))
        taken.append(LotTaken(lot.key.expires_on, lot.key.funder_id, part))
        missing = Points(missing - part)
    lapsed = (LotTaken(lot.key.expires_on, lot.key.funder_id, lot.remaining_points) for lot in overdue)
    return Spending(tuple(lapsed), tuple(taken))
