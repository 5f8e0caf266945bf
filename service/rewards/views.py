"""What higher contexts may read of rewards by joining: plain SELECTs, never to be written through."""

REDEMPTION_LINES = """
SELECT redemption.merchant_id, redemption.day, redemption.redemption_id, redemption.verify_no,
       redemption.verified_at, store.code AS store_code, terminal.code AS terminal_code, redemption.clerk,
       redemption.offer_id, offer.title_zh AS title, redemption.voucher_id, redemption.face_value_fen,
       redemption.settle_fen
FROM redemption
JOIN store ON store.store_id = redemption.store_id
JOIN terminal ON terminal.terminal_id = redemption.terminal_id
JOIN offer ON offer.offer_id = redemption.offer_id
"""
"""One row per verified voucher, with what a merchant calls its store, its terminal and its offer."""

MERCHANT_IDS = "SELECT merchant_id FROM merchant"
"""Every merchant, those without a single redemption too."""
