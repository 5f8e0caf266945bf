"""What citizens and tills do with points, and what merchants are owed for it."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from service.core.calendar import hold_open_day
from service.core.database import pipeline
from service.core.units import AmountFen, Points
from service.ledger.domain.lots import Lot, LotKey, LotTaken, plan_spending
from service.ledger.domain.transfers import Moment, Occasion, lot_transfers, payment
from service.ledger.store.posting import post

_LOCK_WALLET = "SELECT FROM wallet WHERE owner_id = %s FOR NO KEY UPDATE"

_FULL_LOTS = """
SELECT expires_on, funder_id, remaining_points FROM lot
WHERE owner_id = %s AND remaining_points > 0
ORDER BY expires_on, funder_id
"""


def open_moment(session: Session, now: datetime) -> Moment:
    """Return the moment of ``now`` on its open business day, which stays open until the transaction ends."""
    return Moment.of(now, hold_open_day(session, now))


def lock_lots(session: Session, owner_id: int) -> list[Lot]:
    """Lock the owner's wallet and return the lots that are not empty, soonest expiry first.

    The lots are read by a statement of its own, so that it sees what whoever held the lock before us has written.
    """
    with pipeline(session) as queue:
        queue.run(_LOCK_WALLET, (owner_id,))
        rows = queue.run(_FULL_LOTS, (owner_id,))
    return [Lot(LotKey(expires_on, funder_id), Points(points)) for expires_on, funder_id, points in rows]


def spend(session: Session, occasion: Occasion, owner_id: int, points: Points) -> list[LotTaken]:
    """Turn ``points`` into what a voucher stands for, soonest expiry first; overdue lots lapse before.

    Raises:
        InsufficientPoints: What can be spent today is less.
    """
    lots = lock_lots(session, owner_id)
    plan = plan_spending(lots, points, occasion.moment.recorded_on)
    transfers = [
        *lot_transfers(occasion, owner_id, "lapse", plan.lapsed),
        *lot_transfers(occasion, owner_id, "spend", plan.taken),
    ]
    post(session, occasion.moment, transfers)
    return list(plan.taken)


def redeem(
    session: Session, occasion: Occasion, owner_id: int, lots: Sequence[LotTaken], merchant_id: int
) -> None:
    """Book that a merchant verified the voucher which these lots paid for."""
    transfers = lot_transfers(occasion, owner_id, "redeem", lots, counterparty_id=merchant_id)
    post(session, occasion.moment, transfers)


def pay(session: Session, occasion: Occasion, funder_id: int, merchant_id: int, amount_fen: AmountFen) -> None:
    """Book what a funder owes a merchant: out of the funder's budget, in transit, payable to the merchant."""
    post(session, occasion.moment, payment(occasion, funder_id, merchant_id, amount_fen))
