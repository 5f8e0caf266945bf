"""Tables of rewards.

What an operator sets up lies with everyone (reference); stock lies with its offer, orders and vouchers with their
citizen, sessions and the typing lock with their terminal, redemptions with their merchant, and a holder's code,
which must be unique among all citizens, with its own hash. Rows that are written at a till or in a rush hold no
foreign key to reference rows: every such check would lock the one row that everybody shares.
"""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
)
from sqlmodel import Field, SQLModel

from service.core.tables import INSTANT

merchant_id_sequence = sa.Sequence("merchant_id_seq", start=-1000, increment=-1, metadata=SQLModel.metadata)
store_id_sequence = sa.Sequence("store_id_seq", start=1, metadata=SQLModel.metadata)
terminal_id_sequence = sa.Sequence("terminal_id_seq", start=1, metadata=SQLModel.metadata)
offer_id_sequence = sa.Sequence("offer_id_seq", start=1, metadata=SQLModel.metadata)


class MerchantRow(SQLModel, table=True):
    __tablename__ = "merchant"
    __table_args__ = (
        UniqueConstraint("code"),
        CheckConstraint("merchant_id <= -1000", name="owner_id"),
        {"info": {"distribution": "reference"}},
    )

    merchant_id: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    code: str = Field(sa_type=Text)
    name_zh: str = Field(sa_type=Text)
    name_en: str = Field(sa_type=Text)
    created_at: datetime = Field(sa_type=INSTANT)


class StoreRow(SQLModel, table=True):
    __tablename__ = "store"
    __table_args__ = (
        UniqueConstraint("merchant_id", "code"),
        ForeignKeyConstraint(["merchant_id"], ["merchant.merchant_id"]),
        {"info": {"distribution": "reference"}},
    )

    store_id: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    merchant_id: int = Field(sa_type=BigInteger)
    code: str = Field(sa_type=Text)
    name_zh: str = Field(sa_type=Text)
    name_en: str = Field(sa_type=Text)
    created_at: datetime = Field(sa_type=INSTANT)


class TerminalRow(SQLModel, table=True):
    __tablename__ = "terminal"
    __table_args__ = (
        UniqueConstraint("store_id", "code"),
        ForeignKeyConstraint(["store_id"], ["store.store_id"]),
        {"info": {"distribution": "reference"}},
    )

    terminal_id: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    store_id: int = Field(sa_type=BigInteger)
    code: str = Field(sa_type=Text)
    key_id: str = Field(sa_type=Text)
    created_at: datetime = Field(sa_type=INSTANT)


class OfferRow(SQLModel, table=True):
    __tablename__ = "offer"
    __table_args__ = (
        ForeignKeyConstraint(["merchant_id"], ["merchant.merchant_id"]),
        CheckConstraint("kind IN ('amount_off', 'goods')", name="kind"),
        CheckConstraint("price_points > 0", name="price"),
        CheckConstraint("face_value_fen > 0", name="face_value"),
        CheckConstraint("sale_ends_at > sale_starts_at", name="sale_window"),
        CheckConstraint("use_days BETWEEN 1 AND 365", name="use_days"),
        {"info": {"distribution": "reference"}},
    )

    offer_id: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    merchant_id: int = Field(sa_type=BigInteger)
    kind: str = Field(sa_type=Text)
    title_zh: str = Field(sa_type=Text)
    title_en: str = Field(sa_type=Text)
    terms_zh: str = Field(sa_type=Text)
    terms_en: str = Field(sa_type=Text)
    price_points: int = Field(sa_type=BigInteger)
    face_value_fen: int = Field(sa_type=BigInteger)
    sale_starts_at: datetime = Field(sa_type=INSTANT)
    sale_ends_at: datetime = Field(sa_type=INSTANT)
    use_days: int = Field(sa_type=BigInteger)
    created_at: datetime = Field(sa_type=INSTANT)


class OfferShareRow(SQLModel, table=True):
    """Who pays what of one verified voucher; the merchant's own share names the merchant as funder."""

    __tablename__ = "offer_share"
    __table_args__ = (
        ForeignKeyConstraint(["offer_id"], ["offer.offer_id"]),
        CheckConstraint("funder_id < 0", name="funder"),
        CheckConstraint("amount_fen > 0", name="amount"),
        {"info": {"distribution": "reference"}},
    )

    offer_id: int = Field(sa_type=BigInteger, primary_key=True)
    funder_id: int = Field(sa_type=BigInteger, primary_key=True)
    amount_fen: int = Field(sa_type=BigInteger)


class OfferStoreRow(SQLModel, table=True):
    __tablename__ = "offer_store"
    __table_args__ = (
        ForeignKeyConstraint(["offer_id"], ["offer.offer_id"]),
        ForeignKeyConstraint(["store_id"], ["store.store_id"]),
        {"info": {"distribution": "reference"}},
    )

    offer_id: int = Field(sa_type=BigInteger, primary_key=True)
    store_id: int = Field(sa_type=BigInteger, primary_key=True)


class OfferStockRow(SQLModel, table=True):
    """The last word on overselling, whatever the code above it does."""

    __tablename__ = "offer_stock"
    __table_args__ = (
        CheckConstraint("sold >= 0 AND sold <= total", name="never_oversold"),
        {"info": {"distribution": "sharded:offer_id"}},
    )

    offer_id: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    total: int = Field(sa_type=BigInteger)
    sold: int = Field(sa_type=BigInteger)


class CitizenOrderRow(SQLModel, table=True):
    __tablename__ = "citizen_order"
    __table_args__ = (
        CheckConstraint("points > 0", name="points"),
        {"info": {"distribution": "sharded:citizen_id"}},
    )

    citizen_id: int = Field(sa_type=BigInteger, primary_key=True)
    order_id: UUID = Field(primary_key=True)
    order_no: str = Field(sa_type=Text)
    offer_id: int = Field(sa_type=BigInteger)
    points: int = Field(sa_type=BigInteger)
    ordered_at: datetime = Field(sa_type=INSTANT)


class VoucherRow(SQLModel, table=True):
    __tablename__ = "voucher"
    __table_args__ = (
        ForeignKeyConstraint(["citizen_id", "order_id"], ["citizen_order.citizen_id", "citizen_order.order_id"]),
        CheckConstraint("state IN ('issued', 'used')", name="state"),
        CheckConstraint("(state = 'used') = (used_at IS NOT NULL)", name="used_at"),
        CheckConstraint("(state = 'used') = (used_terminal_id IS NOT NULL)", name="used_terminal"),
        Index("voucher_citizen_id_merchant_id_idx", "citizen_id", "merchant_id"),
        {"info": {"distribution": "sharded:citizen_id"}},
    )

    citizen_id: int = Field(sa_type=BigInteger, primary_key=True)
    voucher_id: UUID = Field(primary_key=True)
    order_id: UUID
    offer_id: int = Field(sa_type=BigInteger)
    merchant_id: int = Field(sa_type=BigInteger)
    state: str = Field(sa_type=Text)
    issued_at: datetime = Field(sa_type=INSTANT)
    use_ends_at: datetime = Field(sa_type=INSTANT)
    used_at: datetime | None = Field(default=None, sa_type=INSTANT, nullable=True)
    used_terminal_id: int | None = Field(default=None, sa_type=BigInteger, nullable=True)


class VoucherLotRow(SQLModel, table=True):
    """Which lots paid a voucher, so that its points can be traced and, one day, given back."""

    __tablename__ = "voucher_lot"
    __table_args__ = (
        ForeignKeyConstraint(["citizen_id", "voucher_id"], ["voucher.citizen_id", "voucher.voucher_id"]),
        CheckConstraint("points > 0", name="points"),
        {"info": {"distribution": "sharded:citizen_id"}},
    )

    citizen_id: int = Field(sa_type=BigInteger, primary_key=True)
    voucher_id: UUID = Field(primary_key=True)
    expires_on: date = Field(sa_type=Date, primary_key=True)
    funder_id: int = Field(sa_type=BigInteger, primary_key=True)
    points: int = Field(sa_type=BigInteger)


class HolderCodeRow(SQLModel, table=True):
    """A code on a citizen's screen, kept only as a keyed hash."""

    __tablename__ = "holder_code"
    __table_args__ = (
        Index("holder_code_expires_at_idx", "expires_at"),
        {"info": {"distribution": "sharded:code_hash"}},
    )

    code_hash: bytes = Field(sa_type=LargeBinary, primary_key=True)
    citizen_id: int = Field(sa_type=BigInteger)
    expires_at: datetime = Field(sa_type=INSTANT)
    spent_at: datetime | None = Field(default=None, sa_type=INSTANT, nullable=True)


class TerminalTypingRow(SQLModel, table=True):
    """The typing lock of each terminal; its row lock makes parallel guesses count one by one."""

    __tablename__ = "terminal_typing"
    __table_args__ = (
        CheckConstraint("wrong_codes >= 0", name="wrong_codes"),
        {"info": {"distribution": "sharded:terminal_id"}},
    )

    terminal_id: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    wrong_codes: int = Field(sa_type=BigInteger)
    window_ends_at: datetime | None = Field(default=None, sa_type=INSTANT, nullable=True)


class TillSessionRow(SQLModel, table=True):
    __tablename__ = "till_session"
    __table_args__ = (
        Index("till_session_expires_at_idx", "expires_at"),
        {"info": {"distribution": "sharded:terminal_id"}},
    )

    terminal_id: int = Field(sa_type=BigInteger, primary_key=True)
    session_id: UUID = Field(primary_key=True)
    citizen_id: int = Field(sa_type=BigInteger)
    expires_at: datetime = Field(sa_type=INSTANT)


class RedemptionRow(SQLModel, table=True):
    """One verified voucher on the business day it counts for; appended, never changed."""

    __tablename__ = "redemption"
    __table_args__ = (
        CheckConstraint("points > 0", name="points"),
        CheckConstraint("settle_fen BETWEEN 0 AND face_value_fen", name="settle"),
        Index("redemption_merchant_id_terminal_id_verify_no_idx", "merchant_id", "terminal_id", "verify_no"),
        # A close reads one day of all merchants. Rows are appended day by day, so a summary per block range finds
        # it, at next to no cost for a verification.
        Index("redemption_day_idx", "day", postgresql_using="brin", postgresql_with={"autosummarize": True}),
        {"info": {"distribution": "sharded:merchant_id"}},
    )

    merchant_id: int = Field(sa_type=BigInteger, primary_key=True)
    day: date = Field(sa_type=Date, primary_key=True)
    redemption_id: UUID = Field(primary_key=True)
    verify_id: UUID
    verify_no: str = Field(sa_type=Text)
    terminal_id: int = Field(sa_type=BigInteger)
    store_id: int = Field(sa_type=BigInteger)
    clerk: str | None = Field(default=None, sa_type=Text, nullable=True)
    citizen_id: int = Field(sa_type=BigInteger)
    voucher_id: UUID
    offer_id: int = Field(sa_type=BigInteger)
    points: int = Field(sa_type=BigInteger)
    face_value_fen: int = Field(sa_type=BigInteger)
    settle_fen: int = Field(sa_type=BigInteger)
    verified_at: datetime = Field(sa_type=INSTANT)
