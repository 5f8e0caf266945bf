"""Order an offer: points become a voucher."""

from datetime import datetime

from sqlmodel import Session

from service import identity, ledger
from service.core.clock import rfc3339
from service.core.context import Context
from service.core.database import transact
from service.core.numbers import claim, remember
from service.rewards.answers import Answer, again, done, order_answer, voucher_answer
from service.rewards.domain.offers import OnShelf
from service.rewards.domain.refusals import OfferNotFound, OfferNotOnSale, SoldOut
from service.rewards.domain.vouchers import Order, issue
from service.rewards.store.offers import find_on_shelf
from service.rewards.store.vouchers import insert_order


def place_order(context: Context, caller: identity.CitizenCaller, offer_id: int, order_no: str) -> Answer:
    """Take the points, issue the voucher and, last, take one from the stock; all of it or nothing.

    The order of locks is number, wallet, stock. The stock is looked at first without a lock, so that a rush on
    something sold out neither queues at its row nor touches a wallet.

    Raises:
        OfferNotFound: There is no such offer.
        OfferNotOnSale: Its sale has not begun or is over.
        SoldOut: Nothing is left.
        InsufficientPoints: The wallet holds less than the price.
        NumberReused: The order number stands for another order.
    """
    key = caller.number_key("place_order", order_no)

    def work(session: Session) -> Answer:
        now = context.now()
        first = claim(session, key, {"offer_id": offer_id}, now)
        if first is not None:
            return again(first)
        shelf = _look_at_shelf(session, offer_id, now)
        order_id, voucher_id = context.new_id(), context.new_id()
        order = Order(
            citizen_id=caller.citizen_id,
            order_id=order_id,
            order_no=order_no,
            offer_id=offer_id,
            points=shelf.sale.price_points,
            ordered_at=now,
            voucher_id=voucher_id,
            title=shelf.title,
        )
        voucher = issue(shelf, caller.citizen_id, voucher_id, now)
        occasion = ledger.Occasion(ledger.open_moment(session, now), "order", order_id, context.new_id)
        lots = ledger.spend(session, occasion, caller.citizen_id, order.points)
        if not insert_order(session, order, voucher, lots):
            raise SoldOut
        answer = done(order=order_answer(order), voucher=voucher_answer(voucher, now))
        remember(session, key, answer)
        return answer

    return transact(context, work, numbered=True)


def _look_at_shelf(session: Session, offer_id: int, now: datetime) -> OnShelf:
    shelf = find_on_shelf(session, offer_id)
    if shelf is None:
        raise OfferNotFound(offer_id=offer_id)
    sale = shelf.sale
    if sale.state_at(now) != "on_sale":
        starts_at, ends_at = rfc3339(sale.sale_starts_at), rfc3339(sale.sale_ends_at)
        raise OfferNotOnSale(sale_starts_at=starts_at, sale_ends_at=ends_at)
    if not shelf.stock.left:
        raise SoldOut
    return shelf
