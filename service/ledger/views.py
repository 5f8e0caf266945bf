"""What the ledger publishes for reading: SELECTs that a higher context may join, never write."""

BOOKED_TRANSFERS = """
SELECT owner_id, movement_id, kind, unit, from_account, to_account, amount, lot_expires_on, lot_funder_id,
    counterparty_id, source_kind, source_id, booked_on
FROM transfer
"""
"""Every transfer, with what it moved and the business day it is booked on."""
