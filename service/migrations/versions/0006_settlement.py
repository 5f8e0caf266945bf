"""Settlement: the closings of business days and the statements they draw."""

import sqlalchemy as sa
from alembic import op

from service.migrations.rights import grant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "closing",
        sa.Column("closing_no", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("operator_id", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("closing_no", name="closing_pkey"),
        sa.UniqueConstraint("day", name="closing_day_key"),
    )
    grant("closing", "select", "insert")
    op.create_table(
        "statement",
        sa.Column("merchant_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("closing_no", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("total_fen", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("prev_sha256", sa.LargeBinary(), nullable=True),
        sa.Column("chain_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("merchant_id", "closing_no", name="statement_pkey"),
        sa.UniqueConstraint("merchant_id", "day", name="statement_merchant_id_day_key"),
        sa.ForeignKeyConstraint(["closing_no"], ["closing.closing_no"], name="statement_closing_no_fkey"),
        sa.CheckConstraint("rows >= 0", name="statement_rows_check"),
        sa.CheckConstraint("total_fen >= 0", name="statement_total_check"),
    )
    op.create_index("statement_closing_no_idx", "statement", ["closing_no"])
    # Files are written once and seldom read: compressing them costs more than all the rest of a close.
    op.execute("ALTER TABLE statement ALTER COLUMN content SET STORAGE EXTERNAL")
    grant("statement", "select", "insert")
