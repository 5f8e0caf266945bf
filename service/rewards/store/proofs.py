"""The book checks of rewards: each is one statement that answers nothing but broken rows, read as a stream.

They read the ledger's transfers. The ledger publishes no view of them yet; this is the one place that names them.
"""

from collections.abc import Iterator
from typing import Any, cast

from sqlmodel import Session

from service.core.checks import Finding, NamedCheck
from service.core.database import driver

FETCHED_ROWS = 500

_OUTSTANDING = """
SELECT format('citizen %s funder %s', citizen_id, funder_id), coalesce(booked.points, 0), coalesce(held.points, 0)
FROM (
    SELECT owner_id AS citizen_id, lot_funder_id AS funder_id,
        sum(CASE WHEN to_account = 'voucher_outstanding' THEN amount ELSE -amount END) AS points
    FROM transfer WHERE 'voucher_outstanding' IN (from_account, to_account)
    GROUP BY owner_id, lot_funder_id
) AS booked
FULL JOIN (
    SELECT voucher.citizen_id, voucher_lot.funder_id, sum(voucher_lot.points) AS points
    FROM voucher
    JOIN voucher_lot ON voucher_lot.citizen_id = voucher.citizen_id AND voucher_lot.voucher_id = voucher.voucher_id
    WHERE voucher.state = 'issued'
    GROUP BY voucher.citizen_id, voucher_lot.funder_id
) AS held USING (citizen_id, funder_id)
WHERE coalesce(booked.points, 0) <> coalesce(held.points, 0)
"""

_REDEEMED = """
SELECT format('merchant %s on %s', merchant_id, day), coalesce(booked.points, 0), coalesce(written.points, 0)
FROM (
    SELECT counterparty_id AS merchant_id, booked_on AS day, sum(amount) AS points
    FROM transfer WHERE to_account = 'redeemed' GROUP BY counterparty_id, booked_on
) AS booked
FULL JOIN (
    SELECT merchant_id, day, sum(points) AS points FROM redemption GROUP BY merchant_id, day
) AS written USING (merchant_id, day)
WHERE coalesce(booked.points, 0) <> coalesce(written.points, 0)
"""

_PAYABLE = """
SELECT format('merchant %s on %s', merchant_id, day), coalesce(booked.fen, 0), coalesce(written.fen, 0)
FROM (
    SELECT owner_id AS merchant_id, booked_on AS day,
        sum(CASE WHEN to_account = 'payable' THEN amount ELSE -amount END) AS fen
    FROM transfer WHERE 'payable' IN (from_account, to_account) GROUP BY owner_id, booked_on
) AS booked
FULL JOIN (
    SELECT merchant_id, day, sum(settle_fen) AS fen FROM redemption GROUP BY merchant_id, day
) AS written USING (merchant_id, day)
WHERE coalesce(booked.fen, 0) <> coalesce(written.fen, 0)
"""

_USED_ONCE = """
SELECT format('citizen %s voucher %s', citizen_id, voucher_id), coalesce(used.times, 0), coalesce(written.times, 0)
FROM (SELECT citizen_id, voucher_id, 1 AS times FROM voucher WHERE state = 'used') AS used
FULL JOIN (
    SELECT citizen_id, voucher_id, count(*) AS times FROM redemption GROUP BY citizen_id, voucher_id
) AS written USING (citizen_id, voucher_id)
WHERE coalesce(used.times, 0) <> coalesce(written.times, 0)
"""

_SOLD = """
SELECT format('offer %s', offer_id), coalesce(stock.sold, 0), coalesce(bought.orders, 0)
FROM offer_stock AS stock
FULL JOIN (SELECT offer_id, count(*) AS orders FROM citizen_order GROUP BY offer_id) AS bought USING (offer_id)
WHERE coalesce(stock.sold, 0) <> coalesce(bought.orders, 0)
"""

_PAID_BY_LOTS = """
SELECT format('citizen %s order %s', citizen_id, order_id), bought.points, coalesce(paid.points, 0)
FROM citizen_order AS bought
LEFT JOIN (
    SELECT voucher.citizen_id, voucher.order_id, sum(voucher_lot.points) AS points
    FROM voucher
    JOIN voucher_lot ON voucher_lot.citizen_id = voucher.citizen_id AND voucher_lot.voucher_id = voucher.voucher_id
    GROUP BY voucher.citizen_id, voucher.order_id
) AS paid USING (citizen_id, order_id)
WHERE bought.points <> coalesce(paid.points, 0)
"""


def proof_by_sql(name: str, proves: str, sql: str) -> NamedCheck:
    """Return the check that streams what ``sql`` finds wrong: subject, expected, found."""

    def run(session: Session) -> Iterator[Finding]:
        with driver(session).cursor(name=f"check_{name}") as cursor:
            cursor.itersize = FETCHED_ROWS
            cursor.execute(sql)
            for subject, expected, found in cast("Iterator[tuple[Any, Any, Any]]", cursor):
                yield Finding(name, subject, int(expected), int(found))

    return NamedCheck(name, proves, run)


CHECKS: tuple[NamedCheck, ...] = (
    proof_by_sql(
        "vouchers_equal_outstanding",
        "The points of every citizen's unused vouchers are what the books hold as voucher_outstanding, by funder.",
        _OUTSTANDING,
    ),
    proof_by_sql(
        "redemptions_equal_redeemed",
        "The points of every merchant's redemptions of a day are what the books booked as redeemed.",
        _REDEEMED,
    ),
    proof_by_sql(
        "redemptions_equal_payable",
        "What every merchant's redemptions of a day settle is what the books booked as payable.",
        _PAYABLE,
    ),
    proof_by_sql("vouchers_redeemed_once", "Every used voucher has exactly one redemption.", _USED_ONCE),
    proof_by_sql("orders_equal_stock", "As many are sold of every offer as were ordered.", _SOLD),
    proof_by_sql("lots_equal_price", "The lots that paid an order add up to its price.", _PAID_BY_LOTS),
)
