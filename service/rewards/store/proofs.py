"""The book checks of rewards: vouchers, redemptions and stock agree with each other and with the books."""

from service import ledger
from service.core.checks import NamedCheck, proof_by_sql
from service.core.texts import Text

_OUTSTANDING = f"""
SELECT format('citizen %s funder %s', citizen_id, funder_id), coalesce(booked.points, 0), coalesce(held.points, 0)
FROM (
    SELECT owner_id AS citizen_id, lot_funder_id AS funder_id,
        sum(CASE WHEN to_account = 'voucher_outstanding' THEN amount ELSE -amount END) AS points
    FROM ({ledger.BOOKED_TRANSFERS}) AS transfer WHERE 'voucher_outstanding' IN (from_account, to_account)
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

_REDEEMED = f"""
SELECT format('merchant %s on %s', merchant_id, day), coalesce(booked.points, 0), coalesce(written.points, 0)
FROM (
    SELECT counterparty_id AS merchant_id, booked_on AS day, sum(amount) AS points
    FROM ({ledger.BOOKED_TRANSFERS}) AS transfer WHERE to_account = 'redeemed' GROUP BY counterparty_id, booked_on
) AS booked
FULL JOIN (
    SELECT merchant_id, day, sum(points) AS points FROM redemption GROUP BY merchant_id, day
) AS written USING (merchant_id, day)
WHERE coalesce(booked.points, 0) <> coalesce(written.points, 0)
"""

_PAYABLE = f"""
SELECT format('merchant %s on %s', merchant_id, day), coalesce(booked.fen, 0), coalesce(written.fen, 0)
FROM (
    SELECT owner_id AS merchant_id, booked_on AS day,
        sum(CASE WHEN to_account = 'payable' THEN amount ELSE -amount END) AS fen
    FROM ({ledger.BOOKED_TRANSFERS}) AS transfer WHERE 'payable' IN (from_account, to_account)
    GROUP BY owner_id, booked_on
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


CHECKS: tuple[NamedCheck, ...] = (
    proof_by_sql(
        "vouchers_equal_outstanding",
        Text(
            "每位市民未用凭证的积分，按出资方等于账本中的 voucher_outstanding。",
            "The points of every citizen's unused vouchers are the voucher_outstanding of the books, by funder.",
        ),
        _OUTSTANDING,
    ),
    proof_by_sql(
        "redemptions_equal_redeemed",
        Text(
            "每家商户每日核销的积分等于账本中的 redeemed。",
            "The points of every merchant's redemptions of a day are what the books booked as redeemed.",
        ),
        _REDEEMED,
    ),
    proof_by_sql(
        "redemptions_equal_payable",
        Text(
            "每家商户每日核销的结算额等于账本中的 payable。",
            "What every merchant's redemptions of a day settle is what the books booked as payable.",
        ),
        _PAYABLE,
    ),
    proof_by_sql(
        "vouchers_redeemed_once",
        Text("每张已用凭证恰好有一次核销。", "Every used voucher has exactly one redemption."),
        _USED_ONCE,
    ),
    proof_by_sql(
        "orders_equal_stock",
        Text("每个优惠售出的数量等于其订单数。", "As many are sold of every offer as were ordered."),
        _SOLD,
    ),
    proof_by_sql(
        "lots_equal_price",
        Text("支付订单的各批次合计等于其价格。", "The lots that paid an order add up to its price."),
        _PAID_BY_LOTS,
    ),
)
