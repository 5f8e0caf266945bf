"""Activities: programmes, partners, batches with their lines, and the activities credited."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from service.migrations.rights import grant, grant_sequence

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)

# A coarse polygon around the municipality of Kunming, in micro-degrees of WGS 84. It is drawn by hand for the
# demonstration and is no official border.
KUNMING = (
    "[[102166000,24900000],[102500000,24383000],[103050000,24380000],[103670000,24560000],[103700000,25300000],"
    "[103400000,25700000],[103360000,26400000],[103050000,26560000],[102620000,26380000],[102560000,25800000],"
    "[102180000,25450000]]"
)


def upgrade() -> None:
    op.create_table(
        "programme",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("polygon", JSONB(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("max_age_days", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("code", name="programme_pkey"),
        sa.CheckConstraint("starts_on <= ends_on", name="programme_dates_check"),
    )
    grant("programme", "select", "insert")
    op.execute(
        "INSERT INTO programme (code, name_zh, name_en, polygon, starts_on, ends_on, max_age_days) VALUES"
        " ('kunming', '昆明碳普惠（演示范围）', 'Kunming carbon inclusion (DEMO area)',"
        f" '{KUNMING}', '2026-01-01', '2035-12-31', 30)"
    )
    op.create_table(
        "partner",
        sa.Column("partner_id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("programme_code", sa.Text(), nullable=False),
        sa.Column("activity_types", ARRAY(sa.Text()), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("partner_id", name="partner_pkey"),
        sa.UniqueConstraint("code", name="partner_code_key"),
        sa.ForeignKeyConstraint(["programme_code"], ["programme.code"], name="partner_programme_code_fkey"),
    )
    grant("partner", "select", "insert")
    grant_sequence("partner_partner_id_seq")
    _create_batches()
    _create_activities()


def _create_batches() -> None:
    op.create_table(
        "batch",
        sa.Column("partner_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("batch_no", sa.Text(), nullable=False),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("prev_digest", sa.LargeBinary(), nullable=True),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("compression", sa.Text(), nullable=False),
        sa.Column("file_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.Column("distance_m_sum", sa.BigInteger(), nullable=False),
        sa.Column("parts", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("refused_code", sa.Text(), nullable=True),
        sa.Column("refused_pointer", sa.Text(), nullable=True),
        sa.Column("registered_at", INSTANT, nullable=False),
        sa.Column("completed_at", INSTANT, nullable=True),
        sa.Column("checked_at", INSTANT, nullable=True),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.Column("lines_done", sa.BigInteger(), nullable=False),
        sa.Column("lease_id", sa.Uuid(), nullable=True),
        sa.Column("leased_until", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("partner_id", "batch_no", name="batch_pkey"),
        sa.UniqueConstraint("partner_id", "seq", name="batch_partner_id_seq_key"),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.partner_id"], name="batch_partner_id_fkey"),
        sa.CheckConstraint("state IN ('receiving', 'processing', 'done', 'refused')", name="batch_state_check"),
        sa.CheckConstraint("(state = 'refused') = (refused_code IS NOT NULL)", name="batch_refused_check"),
        sa.CheckConstraint("lines_done BETWEEN 0 AND lines", name="batch_lines_done_check"),
    )
    # The sweep asks for unfinished batches several times a second; finished ones are not in this index.
    op.create_index(
        "batch_partner_id_completed_at_idx",
        "batch",
        ["partner_id", "completed_at"],
        postgresql_where=sa.text("state = 'processing'"),
    )
    grant("batch", "select", "insert", "update")
    op.create_table(
        "batch_part",
        sa.Column("partner_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("batch_no", sa.Text(), nullable=False),
        sa.Column("part_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("part_bytes", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("partner_id", "batch_no", "part_no", name="batch_part_pkey"),
        sa.ForeignKeyConstraint(
            ["partner_id", "batch_no"],
            ["batch.partner_id", "batch.batch_no"],
            name="batch_part_partner_id_batch_no_fkey",
        ),
    )
    # Parts are mostly gzip; trying to compress them again would only cost time.
    op.execute("ALTER TABLE batch_part ALTER COLUMN content SET STORAGE EXTERNAL")
    grant("batch_part", "select", "insert", "update")
    op.create_table(
        "batch_line",
        sa.Column("partner_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("batch_no", sa.Text(), nullable=False),
        sa.Column("line_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("pointer", sa.Text(), nullable=False),
        sa.Column("event_no", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("partner_id", "batch_no", "line_no", name="batch_line_pkey"),
        sa.CheckConstraint("outcome IN ('accepted', 'rejected', 'duplicate')", name="batch_line_outcome_check"),
    )
    grant("batch_line", "select", "insert")
    op.create_table(
        "batch_tally",
        sa.Column("partner_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("batch_no", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("partner_id", "batch_no", "outcome", "code", name="batch_tally_pkey"),
        sa.CheckConstraint("lines > 0", name="batch_tally_lines_check"),
    )
    grant("batch_tally", "select", "insert", "update")


def _create_activities() -> None:
    op.create_table(
        "reported_event",
        sa.Column("event_no", sa.Text(collation="C"), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("body_digest", sa.LargeBinary(), nullable=False),
        sa.Column("citizen_id", sa.BigInteger(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("event_no", "partner_id", name="reported_event_pkey"),
    )
    grant("reported_event", "select", "insert")
    op.create_table(
        "credited_act",
        sa.Column("act_key", sa.LargeBinary(), nullable=False),
        sa.Column("citizen_id", sa.BigInteger(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("act_key", name="credited_act_pkey"),
    )
    grant("credited_act", "select", "insert")
    op.create_table(
        "activity",
        sa.Column("citizen_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=False),
        sa.Column("event_no", sa.Text(), nullable=False),
        sa.Column("activity_type", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=False),
        sa.Column("distance_m", sa.BigInteger(), nullable=False),
        sa.Column("start_lng_e6", sa.BigInteger(), nullable=True),
        sa.Column("start_lat_e6", sa.BigInteger(), nullable=True),
        sa.Column("end_lng_e6", sa.BigInteger(), nullable=True),
        sa.Column("end_lat_e6", sa.BigInteger(), nullable=True),
        sa.Column("vehicle_no", sa.Text(), nullable=True),
        sa.Column("method_id", sa.Text(), nullable=False),
        sa.Column("method_version", sa.BigInteger(), nullable=False),
        sa.Column("reduction_mg", sa.BigInteger(), nullable=False),
        sa.Column("mg_account", sa.Text(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("citizen_id", "recorded_on", "activity_id", name="activity_pkey"),
        sa.CheckConstraint("started_at <= ended_at", name="activity_times_check"),
        sa.CheckConstraint("reduction_mg >= 0 AND points >= 0", name="activity_worth_check"),
        sa.CheckConstraint(
            "mg_account IN ('creditable', 'provisional', 'incentive')", name="activity_mg_account_check"
        ),
    )
    grant("activity", "select", "insert")
