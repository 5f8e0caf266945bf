"""Tables of the books.

``transfer`` is the truth and is only ever appended to: the application's role may SELECT and INSERT, nothing else.
``wallet`` and ``lot`` are sums over it, changed in the same transaction; ``tanhui check-ledger`` proves that they
agree. ``recorded_on`` is in the key of a transfer, so that partitioning by time never changes a key.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKeyConstraint, Text, UniqueConstraint, Uuid
from sqlmodel import Field, SQLModel

from service.core.tables import INSTANT


class FunderRow(SQLModel, table=True):
    __tablename__ = "funder"
    __table_args__ = (
        UniqueConstraint("code"),
        {"info": {"distribution": "reference"}},
    )

    funder_id: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    code: str = Field(sa_type=Text)
    name_zh: str = Field(sa_type=Text)
    name_en: str = Field(sa_type=Text)


class TransferRow(SQLModel, table=True):
    __tablename__ = "transfer"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("from_account <> to_account", name="accounts"),
        CheckConstraint(
            "(unit = 'points') = (lot_expires_on IS NOT NULL AND lot_funder_id IS NOT NULL)", name="lot"
        ),
        {"info": {"distribution": "sharded:owner_id"}},
    )

    owner_id: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    recorded_on: date = Field(sa_type=Date, primary_key=True)
    transfer_id: UUID = Field(sa_type=Uuid, primary_key=True)
    movement_id: UUID = Field(sa_type=Uuid)
    kind: str = Field(sa_type=Text)
    unit: str = Field(sa_type=Text)
    from_account: str = Field(sa_type=Text)
    to_account: str = Field(sa_type=Text)
    amount: int = Field(sa_type=BigInteger)
    lot_expires_on: date | None = Field(default=None, sa_type=Date, nullable=True)
    lot_funder_id: int | None = Field(default=None, sa_type=BigInteger, nullable=True)
    counterparty_id: int | None = Field(default=None, sa_type=BigInteger, nullable=True)
    source_kind: str = Field(sa_type=Text)
    source_id: UUID = Field(sa_type=Uuid)
    booked_on: date = Field(sa_type=Date)
    recorded_at: datetime = Field(sa_type=INSTANT)


class WalletRow(SQLModel, table=True):
    __tablename__ = "wallet"
    __table_args__ = (
        # The last word, should a guarded statement ever be written wrong.
        CheckConstraint("active_points >= 0", name="active_points"),
        {"info": {"distribution": "sharded:owner_id"}, "postgresql_with": {"fillfactor": 80}},
    )

    owner_id: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    active_points: int = Field(sa_type=BigInteger)
    earned_points: int = Field(sa_type=BigInteger)
    spent_points: int = Field(sa_type=BigInteger)
    lapsed_points: int = Field(sa_type=BigInteger)
    creditable_mg: int = Field(sa_type=BigInteger)
    provisional_mg: int = Field(sa_type=BigInteger)
    incentive_mg: int = Field(sa_type=BigInteger)


class LotRow(SQLModel, table=True):
    __tablename__ = "lot"
    __table_args__ = (
        CheckConstraint("remaining_points >= 0", name="remaining_points"),
        ForeignKeyConstraint(["funder_id"], ["funder.funder_id"]),
        {"info": {"distribution": "sharded:owner_id"}, "postgresql_with": {"fillfactor": 80}},
    )

    owner_id: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    expires_on: date = Field(sa_type=Date, primary_key=True)
    funder_id: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    remaining_points: int = Field(sa_type=BigInteger)
