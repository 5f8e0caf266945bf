"""Tables of settlement: closings of business days, and one statement per merchant and closing.

Statements of a merchant stand in the order in which they were drawn, so each can name the hash of the one before
it even when a forgotten day is closed late.
"""

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
)
from sqlmodel import Field, SQLModel

from service.core.tables import INSTANT


class ClosingRow(SQLModel, table=True):
    """Numbered without a gap; two closings at once get two numbers, one after the other."""

    __tablename__ = "closing"
    __table_args__ = (UniqueConstraint("day"), {"info": {"distribution": "reference"}})

    closing_no: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    day: date = Field(sa_type=Date)
    operator_id: int = Field(sa_type=BigInteger)
    closed_at: datetime = Field(sa_type=INSTANT)


class StatementRow(SQLModel, table=True):
    """What a merchant is owed for one business day, as a file; appended, never changed."""

    __tablename__ = "statement"
    __table_args__ = (
        UniqueConstraint("merchant_id", "day"),
        ForeignKeyConstraint(["closing_no"], ["closing.closing_no"]),
        # A closing is summed up each time it is asked for, and statements are kept for ever.
        Index("statement_closing_no_idx", "closing_no"),
        CheckConstraint("rows >= 0", name="rows"),
        CheckConstraint("total_fen >= 0", name="total"),
        {"info": {"distribution": "sharded:merchant_id"}},
    )

    merchant_id: int = Field(sa_type=BigInteger, primary_key=True)
    closing_no: int = Field(sa_type=BigInteger, primary_key=True)
    day: date = Field(sa_type=Date)
    rows: int = Field(sa_type=BigInteger)
    total_fen: int = Field(sa_type=BigInteger)
    sha256: bytes = Field(sa_type=LargeBinary)
    prev_sha256: bytes | None = Field(default=None, sa_type=LargeBinary, nullable=True)
    chain_sha256: bytes = Field(sa_type=LargeBinary)
    content: bytes = Field(sa_type=LargeBinary)
