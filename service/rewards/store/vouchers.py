"""SQL of orders and vouchers. Every statement names the citizen, on whose shard all of it lies."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from service.core.database import Row, execute, fetch_all, pipeline
from service.core.paging import Page, bad_cursor
from service.core.texts import Text
from service.core.units import AmountFen, Points
from service.ledger import LotTaken
from service.rewards.domain.offers import Terminal
from service.rewards.domain.tills import EXPIRED_SHOWN_FOR, SHOWN_VOUCHERS_MAX
from service.rewards.domain.vouchers import FunderShare, Order, Use, Voucher

_INSERT_ORDER = """
INSERT INTO citizen_order (citizen_id, order_id, order_no, offer_id, points, ordered_at)
VALUES (%s, %s, %s, %s, %s, %s)
"""
_INSERT_VOUCHER = """
INSERT INTO voucher (citizen_id, voucher_id, order_id, offer_id, merchant_id, state, issued_at, use_ends_at)
VALUES (%s, %s, %s, %s, %s, 'issued', %s, %s)
"""
_INSERT_LOTS = """
INSERT INTO voucher_lot (citizen_id, voucher_id, expires_on, funder_id, points)
SELECT %s, %s, lot.* FROM unnest(%s::date[], %s::bigint[], %s::bigint[]) AS lot
"""
# Never more than there are, whoever else is buying: the row is taken last and only while something is left.
_TAKE_ONE = "UPDATE offer_stock SET sold = sold + 1 WHERE offer_id = %s AND sold < total"

_VOUCHER = """
SELECT voucher.citizen_id, voucher.voucher_id, voucher.offer_id, voucher.merchant_id, offer.title_zh,
       offer.title_en, bought.points, offer.face_value_fen, voucher.issued_at, voucher.use_ends_at,
       voucher.used_at, store.store_id, store.name_zh, store.name_en,
       ARRAY(SELECT offer_store.store_id FROM offer_store WHERE offer_store.offer_id = voucher.offer_id ORDER BY 1)
FROM voucher
JOIN citizen_order AS bought ON bought.citizen_id = voucher.citizen_id AND bought.order_id = voucher.order_id
JOIN offer ON offer.offer_id = voucher.offer_id
LEFT JOIN terminal ON terminal.terminal_id = voucher.used_terminal_id
LEFT JOIN store ON store.store_id = terminal.store_id
"""
_LIST_VOUCHERS = f"""
{_VOUCHER} WHERE voucher.citizen_id = %s AND (%s::uuid IS NULL OR voucher.voucher_id < %s::uuid)
ORDER BY voucher.voucher_id DESC LIMIT %s
"""
_AT_TILL = f"""
{_VOUCHER} WHERE voucher.citizen_id = %s AND voucher.merchant_id = %s
AND voucher.state = 'issued' AND voucher.use_ends_at > %s
ORDER BY voucher.use_ends_at > %s AND EXISTS (
    SELECT FROM offer_store WHERE offer_store.offer_id = voucher.offer_id AND offer_store.store_id = %s
) DESC, voucher.use_ends_at, voucher.voucher_id LIMIT %s
"""
_LIST_ORDERS = """
SELECT bought.citizen_id, bought.order_id, bought.order_no, bought.offer_id, bought.points, bought.ordered_at,
       voucher.voucher_id, offer.title_zh, offer.title_en
FROM citizen_order AS bought
JOIN voucher ON voucher.citizen_id = bought.citizen_id AND voucher.order_id = bought.order_id
JOIN offer ON offer.offer_id = bought.offer_id
WHERE bought.citizen_id = %s AND (%s::uuid IS NULL OR bought.order_id < %s::uuid)
ORDER BY bought.order_id DESC LIMIT %s
"""

_LOCK = """
SELECT FROM voucher WHERE citizen_id = %s AND voucher_id = ANY(%s::uuid[]) ORDER BY voucher_id FOR NO KEY UPDATE
"""
_READ = f"""
{_VOUCHER} WHERE voucher.citizen_id = %s AND voucher.voucher_id = ANY(%s::uuid[]) ORDER BY voucher.voucher_id
"""
_LOTS = """
SELECT expires_on, funder_id, sum(points)::bigint FROM voucher_lot
WHERE citizen_id = %s AND voucher_id = ANY(%s::uuid[])
GROUP BY expires_on, funder_id ORDER BY expires_on, funder_id
"""
_SHARES = """
SELECT offer_id, funder_id, amount_fen FROM offer_share
WHERE offer_id IN (SELECT offer_id FROM voucher WHERE citizen_id = %s AND voucher_id = ANY(%s::uuid[]))
ORDER BY offer_id, funder_id
"""
_USE = """
UPDATE voucher SET state = 'used', used_at = %s, used_terminal_id = %s
WHERE citizen_id = %s AND voucher_id = ANY(%s::uuid[]) AND state = 'issued' AND use_ends_at > %s
"""


@dataclass(frozen=True, slots=True)
class Locked:
    """Vouchers that nobody else can use until we end, with what paid for them and who pays the merchant."""

    vouchers: list[Voucher]
    lots: list[LotTaken]
    shares: list[FunderShare]


def insert_order(session: Session, order: Order, voucher: Voucher, lots: Sequence[LotTaken]) -> bool:
    """Add an order with its voucher and, last of all, take one from the stock.

    Returns:
        Whether there was one left; if not, the caller must roll back.
    """
    bought = (order.citizen_id, order.order_id, order.order_no, order.offer_id, order.points, order.ordered_at)
    issued = (
        *(voucher.citizen_id, voucher.voucher_id, order.order_id, voucher.offer_id, voucher.merchant_id),
        *(voucher.issued_at, voucher.use_ends_at),
    )
    paid = ([lot.expires_on for lot in lots], [lot.funder_id for lot in lots], [lot.points for lot in lots])
    with pipeline(session) as queue:
        queue.run(_INSERT_ORDER, bought, expect=1, label="order")
        queue.run(_INSERT_VOUCHER, issued, expect=1, label="voucher")
        queue.run(_INSERT_LOTS, (order.citizen_id, voucher.voucher_id, *paid), expect=len(lots), label="lots")
        taken = queue.run(_TAKE_ONE, (order.offer_id,))
    return taken.rowcount == 1


def list_vouchers(session: Session, citizen_id: int, page: Page) -> list[Voucher]:
    """Return one page of the citizen's vouchers, newest first."""
    after = after_uuid(page)
    return [_voucher(row) for row in fetch_all(session, _LIST_VOUCHERS, (citizen_id, after, after, page.limit))]


def list_orders(session: Session, citizen_id: int, page: Page) -> list[Order]:
    """Return one page of the citizen's orders, newest first."""
    after = after_uuid(page)
    rows = fetch_all(session, _LIST_ORDERS, (citizen_id, after, after, page.limit))
    return [Order(*[*order, Text(title_zh, title_en)]) for *order, title_zh, title_en in rows]


def list_at_till(session: Session, citizen_id: int, terminal: Terminal, now: datetime) -> list[Voucher]:
    """Return the citizen's unused vouchers of the till's merchant: those it can take now first, then by expiry.

    There may be more than a till can show, so the order decides what a holder can use at all.
    """
    key = (citizen_id, terminal.merchant_id, now - EXPIRED_SHOWN_FOR, now, terminal.store_id, SHOWN_VOUCHERS_MAX)
    rows = fetch_all(session, _AT_TILL, key)
    return [_voucher(row) for row in rows]


def lock_vouchers(session: Session, citizen_id: int, voucher_ids: Sequence[UUID]) -> Locked:
    """Lock vouchers in ascending order and read them.

    The lock and the reading are two statements: the second one's snapshot is taken once the lock is held, so it
    sees whole what the one we waited for has written.
    """
    key = (citizen_id, list(voucher_ids))
    with pipeline(session) as queue:
        queue.run(_LOCK, key)
        vouchers = queue.run(_READ, key)
        lots = queue.run(_LOTS, key)
        shares = queue.run(_SHARES, key)
    return Locked(
        vouchers=[_voucher(row) for row in vouchers],
        lots=[LotTaken(expires_on, funder_id, Points(points)) for expires_on, funder_id, points in lots],
        shares=[FunderShare(offer_id, funder_id, AmountFen(fen)) for offer_id, funder_id, fen in shares],
    )


def use_vouchers(
    session: Session, citizen_id: int, voucher_ids: Sequence[UUID], terminal_id: int, now: datetime
) -> int:
    """Mark vouchers used; returns how many could be: only unused ones whose time is not over."""
    return execute(session, _USE, (now, terminal_id, citizen_id, list(voucher_ids), now))


def after_uuid(page: Page) -> UUID | None:
    """Return the id that the page follows.

    Raises:
        InvalidRequest: The cursor is not one of ours.
    """
    key = page.key(1)
    if key is None:
        return None
    try:
        return UUID(key[0])
    except ValueError:
        raise bad_cursor() from None


def _voucher(row: Row) -> Voucher:
    citizen_id, voucher_id, offer_id, merchant_id, title_zh, title_en, points, face_value_fen = row[:8]
    issued_at, use_ends_at, used_at, store_id, name_zh, name_en, store_ids = row[8:]
    return Voucher(
        citizen_id=citizen_id,
        voucher_id=voucher_id,
        offer_id=offer_id,
        merchant_id=merchant_id,
        title=Text(title_zh, title_en),
        points=points,
        face_value_fen=face_value_fen,
        issued_at=issued_at,
        use_ends_at=use_ends_at,
        use=None if used_at is None else Use(used_at, store_id, Text(name_zh, name_en)),
        store_ids=tuple(store_ids),
    )
