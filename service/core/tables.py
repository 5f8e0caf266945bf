"""Tables of core, and what every context's tables are made with.

Every table says in ``info["distribution"]`` how it lies when the database is spread: ``sharded:<column>``,
``reference`` or ``local``; a contract test holds the first column of every key against it.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Date, LargeBinary, Text
from sqlalchemy.dialects.postgresql import JSON, TIMESTAMP
from sqlmodel import Field, SQLModel

NAMING_CONVENTION = {
    "pk": "%(table_name)s_pkey",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "ck": "%(table_name)s_%(constraint_name)s_check",
}
SQLModel.metadata.naming_convention = NAMING_CONVENTION

metadata = SQLModel.metadata

INSTANT: Any = TIMESTAMP(timezone=True)
"""The column type of every instant."""


class BusinessNumberRow(SQLModel, table=True):
    __tablename__ = "business_number"
    __table_args__ = ({"info": {"distribution": "sharded:caller_id"}},)

    caller_id: int = Field(sa_type=BigInteger, primary_key=True)
    caller_kind: str = Field(sa_type=Text, primary_key=True)
    verb: str = Field(sa_type=Text, primary_key=True)
    number: str = Field(sa_type=Text, primary_key=True)
    digest: bytes = Field(sa_type=LargeBinary)
    # json, not jsonb: a replayed answer keeps the order of its first writing.
    answer: dict[str, Any] | None = Field(default=None, sa_type=JSON, nullable=True)
    created_at: datetime = Field(sa_type=INSTANT)


class BusinessDayRow(SQLModel, table=True):
    __tablename__ = "business_day"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'closed')", name="state"),
        {"info": {"distribution": "reference"}},
    )

    day: date = Field(sa_type=Date, primary_key=True)
    state: str = Field(sa_type=Text)
    closed_at: datetime | None = Field(default=None, sa_type=INSTANT, nullable=True)
