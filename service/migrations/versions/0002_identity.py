"""Identity: citizens, operators, machine keys, and what they sign in and sign with."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from service.migrations.rights import grant, grant_sequence

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    _citizens()
    _sign_in()
    _consent()
    _machines()
    _operators()


def _citizens() -> None:
    # Below 2^53, so that every client reads the id exactly; not from 1, so that an id tells little.
    op.execute("CREATE SEQUENCE citizen_id_seq AS bigint START 1000001 MAXVALUE 9007199254740991")
    grant_sequence("citizen_id_seq")
    op.create_table(
        "citizen",
        sa.Column("citizen_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("citizen_id", name="citizen_pkey"),
        sa.CheckConstraint("citizen_id > 0", name="citizen_citizen_id_check"),
    )
    # Rights to change: a row that is locked FOR UPDATE needs them.
    grant("citizen", "select", "insert", "update")
    op.create_table(
        "citizen_phone",
        sa.Column("phone_hash", sa.LargeBinary(), nullable=False),
        sa.Column("citizen_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("phone_hash", name="citizen_phone_pkey"),
    )
    grant("citizen_phone", "select", "insert")


def _sign_in() -> None:
    op.create_table(
        "sign_in_code",
        sa.Column("phone_hash", sa.LargeBinary(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("wrong_attempts", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("spent_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("phone_hash", name="sign_in_code_pkey"),
    )
    op.create_index("sign_in_code_expires_at_idx", "sign_in_code", ["expires_at"])
    grant("sign_in_code", "select", "insert", "update", "delete")
    op.create_table(
        "attempt_count",
        sa.Column("subject_hash", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("window_ends_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("subject_hash", "purpose", name="attempt_count_pkey"),
    )
    op.create_index("attempt_count_window_ends_at_idx", "attempt_count", ["window_ends_at"])
    grant("attempt_count", "select", "insert", "update", "delete")
    op.create_table(
        "citizen_session",
        sa.Column("citizen_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("generation", sa.BigInteger(), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("citizen_id", "session_id", name="citizen_session_pkey"),
        sa.CheckConstraint("generation > 0", name="citizen_session_generation_check"),
    )
    op.create_index("citizen_session_expires_at_idx", "citizen_session", ["expires_at"])
    grant("citizen_session", "select", "insert", "update", "delete")
    op.create_table(
        "signing_key",
        sa.Column("generation", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("public_jwk", JSONB(), nullable=False),
        sa.Column("private_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("generation", name="signing_key_pkey"),
        sa.UniqueConstraint("key_id", name="signing_key_key_id_key"),
    )
    grant("signing_key", "select", "insert")
    op.create_table(
        "development_sms",
        sa.Column("sms_id", sa.Uuid(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("sms_id", name="development_sms_pkey"),
    )
    op.create_index("development_sms_expires_at_idx", "development_sms", ["expires_at"])
    grant("development_sms", "select", "insert", "delete")


def _consent() -> None:
    op.create_table(
        "entrustment",
        sa.Column("citizen_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entrustment_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("given_at", INSTANT, nullable=False),
        sa.Column("withdrawn_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("citizen_id", "entrustment_id", name="entrustment_pkey"),
    )
    op.create_index(
        "entrustment_in_force_idx",
        "entrustment",
        ["citizen_id"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    grant("entrustment", "select", "insert", "update")
    op.create_table(
        "binding",
        sa.Column("citizen_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("binding_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=False),
        sa.Column("subject_hash", sa.LargeBinary(), nullable=False),
        sa.Column("bound_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("citizen_id", "binding_id", name="binding_pkey"),
    )
    grant("binding", "select", "insert", "update")
    op.create_table(
        "bound_subject",
        sa.Column("subject_hash", sa.LargeBinary(), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=False),
        sa.Column("citizen_id", sa.BigInteger(), nullable=False),
        sa.Column("binding_id", sa.Uuid(), nullable=False),
        sa.Column("bound_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("subject_hash", name="bound_subject_pkey"),
    )
    grant("bound_subject", "select", "insert", "delete")


def _machines() -> None:
    op.create_table(
        "machine_key",
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("machine_id", sa.BigInteger(), nullable=False),
        sa.Column("public_jwk", JSONB(), nullable=False),
        sa.Column("registered_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("key_id", name="machine_key_pkey"),
        sa.CheckConstraint("kind IN ('partner', 'terminal')", name="machine_key_kind_check"),
    )
    grant("machine_key", "select", "insert")
    op.create_table(
        "spent_proof",
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("one_time_id", sa.Uuid(), nullable=False),
        sa.Column("received_id", sa.Uuid(), nullable=True),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("key_id", "one_time_id", name="spent_proof_pkey"),
    )
    op.create_index("spent_proof_expires_at_idx", "spent_proof", ["expires_at"])
    grant("spent_proof", "select", "insert", "update", "delete")


def _operators() -> None:
    op.create_table(
        "operator",
        sa.Column("operator_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("operator_id", name="operator_pkey"),
        sa.UniqueConstraint("login", name="operator_login_key"),
        sa.CheckConstraint("role IN ('system', 'operations', 'audit')", name="operator_role_check"),
    )
    grant("operator", "select", "insert")
    op.create_table(
        "operator_session",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("operator_id", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="operator_session_pkey"),
    )
    op.create_index("operator_session_expires_at_idx", "operator_session", ["expires_at"])
    grant("operator_session", "select", "insert", "delete")
