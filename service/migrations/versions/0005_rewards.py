"""Rewards: merchants, stores, terminals, offers, orders, vouchers, what happens at a till, redemptions."""

import sqlalchemy as sa
from alembic import op

from service.migrations.rights import grant, grant_sequence

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    make_setup_tables()
    make_citizen_tables()
    make_till_tables()


def instant(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.TIMESTAMP(timezone=True), nullable=nullable)


def number(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.BigInteger(), nullable=nullable, autoincrement=False)


def text(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Text(), nullable=nullable)


def uuid(name: str) -> sa.Column:
    return sa.Column(name, sa.Uuid(), nullable=False)


def make_setup_tables() -> None:
    for sequence, start, step in (
        ("merchant_id_seq", -1000, -1),
        ("store_id_seq", 1, 1),
        ("terminal_id_seq", 1, 1),
        ("offer_id_seq", 1, 1),
    ):
        op.execute(f"CREATE SEQUENCE {sequence} AS bigint START WITH {start} INCREMENT BY {step}")
        grant_sequence(sequence)
    op.create_table(
        "merchant",
        number("merchant_id"),
        text("code"),
        text("name_zh"),
        text("name_en"),
        instant("created_at"),
        sa.PrimaryKeyConstraint("merchant_id", name="merchant_pkey"),
        sa.UniqueConstraint("code", name="merchant_code_key"),
        sa.CheckConstraint("merchant_id <= -1000", name="merchant_owner_id_check"),
    )
    op.create_table(
        "store",
        number("store_id"),
        number("merchant_id"),
        text("code"),
        text("name_zh"),
        text("name_en"),
        instant("created_at"),
        sa.PrimaryKeyConstraint("store_id", name="store_pkey"),
        sa.UniqueConstraint("merchant_id", "code", name="store_merchant_id_code_key"),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.merchant_id"], name="store_merchant_id_fkey"),
    )
    op.create_table(
        "terminal",
        number("terminal_id"),
        number("store_id"),
        text("code"),
        text("key_id"),
        instant("created_at"),
        sa.PrimaryKeyConstraint("terminal_id", name="terminal_pkey"),
        sa.UniqueConstraint("store_id", "code", name="terminal_store_id_code_key"),
        sa.ForeignKeyConstraint(["store_id"], ["store.store_id"], name="terminal_store_id_fkey"),
    )
    op.create_table(
        "offer",
        number("offer_id"),
        number("merchant_id"),
        text("kind"),
        text("title_zh"),
        text("title_en"),
        text("terms_zh"),
        text("terms_en"),
        number("price_points"),
        number("face_value_fen"),
        instant("sale_starts_at"),
        instant("sale_ends_at"),
        number("use_days"),
        instant("created_at"),
        sa.PrimaryKeyConstraint("offer_id", name="offer_pkey"),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.merchant_id"], name="offer_merchant_id_fkey"),
        sa.CheckConstraint("kind IN ('amount_off', 'goods')", name="offer_kind_check"),
        sa.CheckConstraint("price_points > 0", name="offer_price_check"),
        sa.CheckConstraint("face_value_fen > 0", name="offer_face_value_check"),
        sa.CheckConstraint("sale_ends_at > sale_starts_at", name="offer_sale_window_check"),
        sa.CheckConstraint("use_days BETWEEN 1 AND 365", name="offer_use_days_check"),
    )
    op.create_table(
        "offer_share",
        number("offer_id"),
        number("funder_id"),
        number("amount_fen"),
        sa.PrimaryKeyConstraint("offer_id", "funder_id", name="offer_share_pkey"),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.offer_id"], name="offer_share_offer_id_fkey"),
        sa.CheckConstraint("funder_id < 0", name="offer_share_funder_check"),
        sa.CheckConstraint("amount_fen > 0", name="offer_share_amount_check"),
    )
    op.create_table(
        "offer_store",
        number("offer_id"),
        number("store_id"),
        sa.PrimaryKeyConstraint("offer_id", "store_id", name="offer_store_pkey"),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.offer_id"], name="offer_store_offer_id_fkey"),
        sa.ForeignKeyConstraint(["store_id"], ["store.store_id"], name="offer_store_store_id_fkey"),
    )
    op.create_table(
        "offer_stock",
        number("offer_id"),
        number("total"),
        number("sold"),
        sa.PrimaryKeyConstraint("offer_id", name="offer_stock_pkey"),
        sa.CheckConstraint("sold >= 0 AND sold <= total", name="offer_stock_never_oversold_check"),
    )
    for table in ("merchant", "store", "terminal", "offer", "offer_share", "offer_store"):
        grant(table, "select", "insert")
    grant("offer_stock", "select", "insert", "update")


def make_citizen_tables() -> None:
    op.create_table(
        "citizen_order",
        number("citizen_id"),
        uuid("order_id"),
        text("order_no"),
        number("offer_id"),
        number("points"),
        instant("ordered_at"),
        sa.PrimaryKeyConstraint("citizen_id", "order_id", name="citizen_order_pkey"),
        sa.CheckConstraint("points > 0", name="citizen_order_points_check"),
    )
    op.create_table(
        "voucher",
        number("citizen_id"),
        uuid("voucher_id"),
        uuid("order_id"),
        number("offer_id"),
        number("merchant_id"),
        text("state"),
        instant("issued_at"),
        instant("use_ends_at"),
        instant("used_at", nullable=True),
        number("used_terminal_id", nullable=True),
        sa.PrimaryKeyConstraint("citizen_id", "voucher_id", name="voucher_pkey"),
        sa.ForeignKeyConstraint(
            ["citizen_id", "order_id"],
            ["citizen_order.citizen_id", "citizen_order.order_id"],
            name="voucher_citizen_id_order_id_fkey",
        ),
        sa.CheckConstraint("state IN ('issued', 'used')", name="voucher_state_check"),
        sa.CheckConstraint("(state = 'used') = (used_at IS NOT NULL)", name="voucher_used_at_check"),
        sa.CheckConstraint(
            "(state = 'used') = (used_terminal_id IS NOT NULL)", name="voucher_used_terminal_check"
        ),
    )
    op.create_index("voucher_citizen_id_merchant_id_idx", "voucher", ["citizen_id", "merchant_id"])
    op.create_table(
        "voucher_lot",
        number("citizen_id"),
        uuid("voucher_id"),
        sa.Column("expires_on", sa.Date(), nullable=False),
        number("funder_id"),
        number("points"),
        sa.PrimaryKeyConstraint("citizen_id", "voucher_id", "expires_on", "funder_id", name="voucher_lot_pkey"),
        sa.ForeignKeyConstraint(
            ["citizen_id", "voucher_id"],
            ["voucher.citizen_id", "voucher.voucher_id"],
            name="voucher_lot_citizen_id_voucher_id_fkey",
        ),
        sa.CheckConstraint("points > 0", name="voucher_lot_points_check"),
    )
    op.create_table(
        "holder_code",
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        number("citizen_id"),
        instant("expires_at"),
        instant("spent_at", nullable=True),
        sa.PrimaryKeyConstraint("code_hash", name="holder_code_pkey"),
    )
    op.create_index("holder_code_expires_at_idx", "holder_code", ["expires_at"])
    grant("citizen_order", "select", "insert")
    grant("voucher", "select", "insert", "update")
    grant("voucher_lot", "select", "insert")
    grant("holder_code", "select", "insert", "update", "delete")


def make_till_tables() -> None:
    op.create_table(
        "terminal_typing",
        number("terminal_id"),
        number("wrong_codes"),
        instant("window_ends_at", nullable=True),
        sa.PrimaryKeyConstraint("terminal_id", name="terminal_typing_pkey"),
        sa.CheckConstraint("wrong_codes >= 0", name="terminal_typing_wrong_codes_check"),
    )
    op.create_table(
        "till_session",
        number("terminal_id"),
        uuid("session_id"),
        number("citizen_id"),
        instant("expires_at"),
        sa.PrimaryKeyConstraint("terminal_id", "session_id", name="till_session_pkey"),
    )
    op.create_index("till_session_expires_at_idx", "till_session", ["expires_at"])
    op.create_table(
        "redemption",
        number("merchant_id"),
        sa.Column("day", sa.Date(), nullable=False),
        uuid("redemption_id"),
        uuid("verify_id"),
        text("verify_no"),
        number("terminal_id"),
        number("store_id"),
        text("clerk", nullable=True),
        number("citizen_id"),
        uuid("voucher_id"),
        number("offer_id"),
        number("points"),
        number("face_value_fen"),
        number("settle_fen"),
        instant("verified_at"),
        sa.PrimaryKeyConstraint("merchant_id", "day", "redemption_id", name="redemption_pkey"),
        sa.CheckConstraint("points > 0", name="redemption_points_check"),
        sa.CheckConstraint("settle_fen BETWEEN 0 AND face_value_fen", name="redemption_settle_check"),
    )
    op.create_index(
        "redemption_merchant_id_terminal_id_verify_no_idx", "redemption", ["merchant_id", "terminal_id", "verify_no"]
    )
    op.create_index(
        "redemption_day_idx",
        "redemption",
        ["day"],
        postgresql_using="brin",
        postgresql_with={"autosummarize": True},
    )
    grant("terminal_typing", "select", "insert", "update")
    grant("till_session", "select", "insert", "delete")
    grant("redemption", "select", "insert")
