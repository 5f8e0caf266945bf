"""Ledger: transfers, wallets, lots and funders. Transfers can be read and appended to, never changed."""

import sqlalchemy as sa
from alembic import op

from service.migrations.rights import grant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of the books."""
    op.create_table(
        "funder",
        sa.Column("funder_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("funder_id", name=op.f("funder_pkey")),
        sa.UniqueConstraint("code", name=op.f("funder_code_key")),
    )
    grant("funder", "select")
    op.execute(
        "INSERT INTO funder (funder_id, code, name_zh, name_en)"
        " VALUES (-1, 'programme', '碳惠春城', 'Tanhui Chuncheng')"
    )
    op.create_table(
        "transfer",
        sa.Column("owner_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.Column("movement_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("from_account", sa.Text(), nullable=False),
        sa.Column("to_account", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("lot_expires_on", sa.Date(), nullable=True),
        sa.Column("lot_funder_id", sa.BigInteger(), nullable=True),
        sa.Column("counterparty_id", sa.BigInteger(), nullable=True),
        sa.Column("source_kind", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("owner_id", "recorded_on", "transfer_id", name=op.f("transfer_pkey")),
        sa.CheckConstraint("amount > 0", name=op.f("transfer_amount_check")),
        sa.CheckConstraint("from_account <> to_account", name=op.f("transfer_accounts_check")),
        sa.CheckConstraint(
            "(unit = 'points') = (lot_expires_on IS NOT NULL AND lot_funder_id IS NOT NULL)",
            name=op.f("transfer_lot_check"),
        ),
    )
    grant("transfer", "select", "insert")
    op.create_table(
        "wallet",
        sa.Column("owner_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("active_points", sa.BigInteger(), nullable=False),
        sa.Column("earned_points", sa.BigInteger(), nullable=False),
        sa.Column("spent_points", sa.BigInteger(), nullable=False),
        sa.Column("lapsed_points", sa.BigInteger(), nullable=False),
        sa.Column("creditable_mg", sa.BigInteger(), nullable=False),
        sa.Column("provisional_mg", sa.BigInteger(), nullable=False),
        sa.Column("incentive_mg", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("owner_id", name=op.f("wallet_pkey")),
        sa.CheckConstraint("active_points >= 0", name=op.f("wallet_active_points_check")),
        postgresql_with={"fillfactor": 80},
    )
    grant("wallet", "select", "insert", "update")
    op.create_table(
        "lot",
        sa.Column("owner_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("funder_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("remaining_points", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("owner_id", "expires_on", "funder_id", name=op.f("lot_pkey")),
        sa.ForeignKeyConstraint(["funder_id"], ["funder.funder_id"], name=op.f("lot_funder_id_fkey")),
        sa.CheckConstraint("remaining_points >= 0", name=op.f("lot_remaining_points_check")),
        postgresql_with={"fillfactor": 80},
    )
    grant("lot", "select", "insert", "update")
