"""Core: business numbers and the business calendar."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSON

from service.migrations.rights import grant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "business_number",
        sa.Column("caller_id", sa.BigInteger(), nullable=False),
        sa.Column("caller_kind", sa.Text(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("answer", JSON(), nullable=True),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "caller_id", "caller_kind", "verb", "number", name="business_number_pkey"
        ),
    )
    grant("business_number", "select", "insert", "update")
    op.create_table(
        "business_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("day", name="business_day_pkey"),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("business_day_state_check")),
    )
    grant("business_day", "select", "insert", "update")
    grant("alembic_version", "select")
