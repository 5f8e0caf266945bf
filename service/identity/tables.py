"""Tables of identity: citizens, operators, machine keys, and what they sign in and sign with.

Nothing here can be read as it lies: phones are sealed and found by a keyed hash, codes, session tokens and partner
subjects are kept as keyed hashes only, the private signing key is sealed.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, Text, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from service.core.tables import INSTANT


class CitizenRow(SQLModel, table=True):
    __tablename__ = "citizen"
    __table_args__ = (
        CheckConstraint("citizen_id > 0", name="citizen_id"),
        {"info": {"distribution": "sharded:citizen_id"}},
    )

    citizen_id: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    phone_sealed: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=INSTANT)


class CitizenPhoneRow(SQLModel, table=True):
    __tablename__ = "citizen_phone"
    __table_args__ = ({"info": {"distribution": "sharded:phone_hash"}},)

    phone_hash: bytes = Field(sa_type=LargeBinary, primary_key=True)
    citizen_id: int = Field(sa_type=BigInteger)


class SignInCodeRow(SQLModel, table=True):
    __tablename__ = "sign_in_code"
    __table_args__ = (
        Index(None, "expires_at"),
        {"info": {"distribution": "sharded:phone_hash"}},
    )

    phone_hash: bytes = Field(sa_type=LargeBinary, primary_key=True)
    code_hash: bytes = Field(sa_type=LargeBinary)
    wrong_attempts: int = Field(sa_type=BigInteger)
    expires_at: datetime = Field(sa_type=INSTANT)
    spent_at: datetime | None = Field(default=None, sa_type=INSTANT, nullable=True)


class AttemptCountRow(SQLModel, table=True):
    __tablename__ = "attempt_count"
    __table_args__ = (
        Index(None, "window_ends_at"),
        {"info": {"distribution": "sharded:subject_hash"}},
    )

    subject_hash: bytes = Field(sa_type=LargeBinary, primary_key=True)
    purpose: str = Field(sa_type=Text, primary_key=True)
    attempts: int = Field(sa_type=BigInteger)
    window_ends_at: datetime = Field(sa_type=INSTANT)


class CitizenSessionRow(SQLModel, table=True):
    __tablename__ = "citizen_session"
    __table_args__ = (
        CheckConstraint("generation > 0", name="generation"),
        Index(None, "expires_at"),
        {"info": {"distribution": "sharded:citizen_id"}},
    )

    citizen_id: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    session_id: UUID = Field(sa_type=Uuid, primary_key=True)
    generation: int = Field(sa_type=BigInteger)
    started_at: datetime = Field(sa_type=INSTANT)
    expires_at: datetime = Field(sa_type=INSTANT)
    ended_at: datetime | None = Field(default=None, sa_type=INSTANT, nullable=True)


class SigningKeyRow(SQLModel, table=True):
    __tablename__ = "signing_key"
    __table_args__ = (
        UniqueConstraint("key_id"),
        {"info": {"distribution": "reference"}},
    )

    generation: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    key_id: str = Field(sa_type=Text)
    public_jwk: dict[str, Any] = Field(sa_type=JSONB)
    private_sealed: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=INSTANT)


class EntrustmentRow(SQLModel, table=True):
    __tablename__ = "entrustment"
    __table_args__ = (
        # A citizen has at most one entrustment in force, whatever two requests do at once.
        Index(
            "entrustment_in_force_idx",
            "citizen_id",
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
        {"info": {"distribution": "sharded:citizen_id"}},
    )

    citizen_id: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    entrustment_id: UUID = Field(sa_type=Uuid, primary_key=True)
    version: str = Field(sa_type=Text)
    given_at: datetime = Field(sa_type=INSTANT)
    withdrawn_at: datetime | None = Field(default=None, sa_type=INSTANT, nullable=True)


class BindingRow(SQLModel, table=True):
    __tablename__ = "binding"
    __table_args__ = ({"info": {"distribution": "sharded:citizen_id"}},)

    citizen_id: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    binding_id: UUID = Field(sa_type=Uuid, primary_key=True)
    partner_id: int = Field(sa_type=BigInteger)
    subject_hash: bytes = Field(sa_type=LargeBinary)
    bound_at: datetime = Field(sa_type=INSTANT)
    ended_at: datetime | None = Field(default=None, sa_type=INSTANT, nullable=True)


class BoundSubjectRow(SQLModel, table=True):
    __tablename__ = "bound_subject"
    __table_args__ = ({"info": {"distribution": "sharded:subject_hash"}},)

    subject_hash: bytes = Field(sa_type=LargeBinary, primary_key=True)
    partner_id: int = Field(sa_type=BigInteger)
    citizen_id: int = Field(sa_type=BigInteger)
    binding_id: UUID = Field(sa_type=Uuid)
    bound_at: datetime = Field(sa_type=INSTANT)


class MachineKeyRow(SQLModel, table=True):
    __tablename__ = "machine_key"
    __table_args__ = (
        CheckConstraint("kind IN ('partner', 'terminal')", name="kind"),
        {"info": {"distribution": "reference"}},
    )

    key_id: str = Field(sa_type=Text, primary_key=True)
    kind: str = Field(sa_type=Text)
    machine_id: int = Field(sa_type=BigInteger)
    public_jwk: dict[str, Any] = Field(sa_type=JSONB)
    registered_at: datetime = Field(sa_type=INSTANT)


class SpentProofRow(SQLModel, table=True):
    __tablename__ = "spent_proof"
    __table_args__ = (
        Index(None, "expires_at"),
        {"info": {"distribution": "sharded:key_id"}},
    )

    key_id: str = Field(sa_type=Text, primary_key=True)
    one_time_id: UUID = Field(sa_type=Uuid, primary_key=True)
    received_id: UUID | None = Field(default=None, sa_type=Uuid, nullable=True)
    expires_at: datetime = Field(sa_type=INSTANT)


class OperatorRow(SQLModel, table=True):
    __tablename__ = "operator"
    __table_args__ = (
        CheckConstraint("role IN ('system', 'operations', 'audit')", name="role"),
        UniqueConstraint("login"),
        {"info": {"distribution": "reference"}},
    )

    operator_id: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    login: str = Field(sa_type=Text)
    role: str = Field(sa_type=Text)
    password_hash: str = Field(sa_type=Text)
    created_at: datetime = Field(sa_type=INSTANT)


class OperatorSessionRow(SQLModel, table=True):
    __tablename__ = "operator_session"
    __table_args__ = (
        Index(None, "expires_at"),
        {"info": {"distribution": "sharded:token_hash"}},
    )

    token_hash: bytes = Field(sa_type=LargeBinary, primary_key=True)
    operator_id: int = Field(sa_type=BigInteger)
    expires_at: datetime = Field(sa_type=INSTANT)


class DevelopmentSmsRow(SQLModel, table=True):
    __tablename__ = "development_sms"
    __table_args__ = (
        Index(None, "expires_at"),
        {"info": {"distribution": "local"}},
    )

    sms_id: UUID = Field(sa_type=Uuid, primary_key=True)
    phone: str = Field(sa_type=Text)
    code: str = Field(sa_type=Text)
    expires_at: datetime = Field(sa_type=INSTANT)
