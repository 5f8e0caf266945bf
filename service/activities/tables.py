"""Tables of activities.

A batch and everything about its lines lie with the partner; an activity lies with the citizen. What must be unique
across citizens has a small table of its own, spread by that key: the partner's event number, and the keyed hash of
the act.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKeyConstraint,
    Identity,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from service.core.tables import INSTANT

_BATCH_KEY = ["batch.partner_id", "batch.batch_no"]


class ProgrammeRow(SQLModel, table=True):
    __tablename__ = "programme"
    __table_args__ = (
        CheckConstraint("starts_on <= ends_on", name="dates"),
        {"info": {"distribution": "reference"}},
    )

    code: str = Field(sa_type=Text, primary_key=True)
    name_zh: str = Field(sa_type=Text)
    name_en: str = Field(sa_type=Text)
    polygon: list[list[int]] = Field(sa_type=JSONB)
    starts_on: date = Field(sa_type=Date)
    ends_on: date = Field(sa_type=Date)
    max_age_days: int = Field(sa_type=BigInteger)


class PartnerRow(SQLModel, table=True):
    __tablename__ = "partner"
    __table_args__ = (
        UniqueConstraint("code"),
        ForeignKeyConstraint(["programme_code"], ["programme.code"]),
        {"info": {"distribution": "reference"}},
    )

    partner_id: int = Field(sa_type=BigInteger, sa_column_args=[Identity()], primary_key=True)
    code: str = Field(sa_type=Text)
    name_zh: str = Field(sa_type=Text)
    name_en: str = Field(sa_type=Text)
    programme_code: str = Field(sa_type=Text)
    activity_types: Any = Field(sa_type=ARRAY(Text))
    key_id: str = Field(sa_type=Text)
    created_at: datetime = Field(sa_type=INSTANT)


class BatchRow(SQLModel, table=True):
    __tablename__ = "batch"
    __table_args__ = (
        UniqueConstraint("partner_id", "seq"),
        ForeignKeyConstraint(["partner_id"], ["partner.partner_id"]),
        CheckConstraint("state IN ('receiving', 'processing', 'done', 'refused')", name="state"),
        CheckConstraint("(state = 'refused') = (refused_code IS NOT NULL)", name="refused"),
        CheckConstraint("lines_done BETWEEN 0 AND lines", name="lines_done"),
        Index(None, "partner_id", "completed_at", postgresql_where=text("state = 'processing'")),
        {"info": {"distribution": "sharded:partner_id"}},
    )

    partner_id: int = Field(sa_type=BigInteger, primary_key=True)
    batch_no: str = Field(sa_type=Text, primary_key=True)
    period: date = Field(sa_type=Date)
    seq: int = Field(sa_type=BigInteger)
    prev_digest: bytes | None = Field(default=None, sa_type=LargeBinary, nullable=True)
    format: str = Field(sa_type=Text)
    compression: str = Field(sa_type=Text)
    file_bytes: int = Field(sa_type=BigInteger)
    sha256: bytes = Field(sa_type=LargeBinary)
    lines: int = Field(sa_type=BigInteger)
    distance_m_sum: int = Field(sa_type=BigInteger)
    parts: int = Field(sa_type=BigInteger)
    state: str = Field(sa_type=Text)
    refused_code: str | None = Field(default=None, sa_type=Text, nullable=True)
    refused_pointer: str | None = Field(default=None, sa_type=Text, nullable=True)
    registered_at: datetime = Field(sa_type=INSTANT)
    completed_at: datetime | None = Field(default=None, sa_type=INSTANT, nullable=True)
    checked_at: datetime | None = Field(default=None, sa_type=INSTANT, nullable=True)
    finished_at: datetime | None = Field(default=None, sa_type=INSTANT, nullable=True)
    lines_done: int = Field(sa_type=BigInteger)
    lease_id: UUID | None = Field(default=None, sa_type=Uuid, nullable=True)
    leased_until: datetime | None = Field(default=None, sa_type=INSTANT, nullable=True)


class BatchPartRow(SQLModel, table=True):
    __tablename__ = "batch_part"
    __table_args__ = (
        ForeignKeyConstraint(["partner_id", "batch_no"], _BATCH_KEY),
        {"info": {"distribution": "sharded:partner_id"}},
    )

    partner_id: int = Field(sa_type=BigInteger, primary_key=True)
    batch_no: str = Field(sa_type=Text, primary_key=True)
    part_no: int = Field(sa_type=BigInteger, primary_key=True)
    part_bytes: int = Field(sa_type=BigInteger)
    content: bytes = Field(sa_type=LargeBinary)


class BatchLineRow(SQLModel, table=True):
    __tablename__ = "batch_line"
    __table_args__ = (
        CheckConstraint("outcome IN ('accepted', 'rejected', 'duplicate')", name="outcome"),
        {"info": {"distribution": "sharded:partner_id"}},
    )

    partner_id: int = Field(sa_type=BigInteger, primary_key=True)
    batch_no: str = Field(sa_type=Text, primary_key=True)
    line_no: int = Field(sa_type=BigInteger, primary_key=True)
    outcome: str = Field(sa_type=Text)
    code: str = Field(sa_type=Text)
    pointer: str = Field(sa_type=Text)
    event_no: str | None = Field(default=None, sa_type=Text, nullable=True)


class BatchTallyRow(SQLModel, table=True):
    __tablename__ = "batch_tally"
    __table_args__ = (
        CheckConstraint("lines > 0", name="lines"),
        {"info": {"distribution": "sharded:partner_id"}},
    )

    partner_id: int = Field(sa_type=BigInteger, primary_key=True)
    batch_no: str = Field(sa_type=Text, primary_key=True)
    outcome: str = Field(sa_type=Text, primary_key=True)
    code: str = Field(sa_type=Text, primary_key=True)
    lines: int = Field(sa_type=BigInteger)


class ReportedEventRow(SQLModel, table=True):
    __tablename__ = "reported_event"
    __table_args__ = ({"info": {"distribution": "sharded:event_no"}},)

    event_no: str = Field(sa_type=Text(collation="C"), primary_key=True)
    partner_id: int = Field(sa_type=BigInteger, primary_key=True)
    body_digest: bytes = Field(sa_type=LargeBinary)
    citizen_id: int = Field(sa_type=BigInteger)
    activity_id: UUID = Field(sa_type=Uuid)


class CreditedActRow(SQLModel, table=True):
    __tablename__ = "credited_act"
    __table_args__ = ({"info": {"distribution": "sharded:act_key"}},)

    act_key: bytes = Field(sa_type=LargeBinary, primary_key=True)
    citizen_id: int = Field(sa_type=BigInteger)
    activity_id: UUID = Field(sa_type=Uuid)


class ActivityRow(SQLModel, table=True):
    __tablename__ = "activity"
    __table_args__ = (
        CheckConstraint("started_at <= ended_at", name="times"),
        CheckConstraint("reduction_mg >= 0 AND points >= 0", name="worth"),
        CheckConstraint("mg_account IN ('creditable', 'provisional', 'incentive')", name="mg_account"),
        {"info": {"distribution": "sharded:citizen_id"}},
    )

    citizen_id: int = Field(sa_type=BigInteger, primary_key=True)
    recorded_on: date = Field(sa_type=Date, primary_key=True)
    activity_id: UUID = Field(sa_type=Uuid, primary_key=True)
    recorded_at: datetime = Field(sa_type=INSTANT)
    partner_id: int = Field(sa_type=BigInteger)
    event_no: str = Field(sa_type=Text)
    activity_type: str = Field(sa_type=Text)
    evidence: str = Field(sa_type=Text)
    started_at: datetime = Field(sa_type=INSTANT)
    ended_at: datetime = Field(sa_type=INSTANT)
    distance_m: int = Field(sa_type=BigInteger)
    start_lng_e6: int | None = Field(default=None, sa_type=BigInteger, nullable=True)
    start_lat_e6: int | None = Field(default=None, sa_type=BigInteger, nullable=True)
    end_lng_e6: int | None = Field(default=None, sa_type=BigInteger, nullable=True)
    end_lat_e6: int | None = Field(default=None, sa_type=BigInteger, nullable=True)
    vehicle_no: str | None = Field(default=None, sa_type=Text, nullable=True)
    method_id: str = Field(sa_type=Text)
    method_version: int = Field(sa_type=BigInteger)
    reduction_mg: int = Field(sa_type=BigInteger)
    mg_account: str = Field(sa_type=Text)
    points: int = Field(sa_type=BigInteger)
