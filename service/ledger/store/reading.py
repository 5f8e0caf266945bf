"""Reading wallets and the history of transfers; nothing here writes or locks."""

from datetime import date
from uuid import UUID

from sqlmodel import Session

from service.core.database import Row, fetch_all
from service.core.paging import Page, bad_cursor, encode_cursor
from service.core.texts import Text
from service.ledger.domain.accounts import WALLET_COLUMNS
from service.ledger.domain.lots import Lot, LotKey
from service.ledger.domain.transfers import Booked, Moment, Transfer
from service.ledger.domain.wallets import EMPTY_WALLET, Wallet, WalletView, view_wallet

# One statement, so that the wallet, its lots and their funders are of the same instant.
_WALLET = f"""
SELECT {", ".join(f"wallet.{column}" for column in WALLET_COLUMNS)},
    lot.expires_on, lot.funder_id, lot.remaining_points, funder.name_zh, funder.name_en
FROM wallet
LEFT JOIN lot ON lot.owner_id = wallet.owner_id AND lot.remaining_points > 0
LEFT JOIN funder ON funder.funder_id = lot.funder_id
WHERE wallet.owner_id = %s
"""

_COLUMNS = """
SELECT owner_id, movement_id, transfer_id, kind, unit, from_account, to_account, amount, source_kind, source_id,
    lot_expires_on, lot_funder_id, counterparty_id, recorded_at, recorded_on, booked_on
FROM transfer
"""

_NEWEST = f"""{_COLUMNS}
WHERE owner_id = %s
ORDER BY recorded_on DESC, transfer_id DESC LIMIT %s
"""

_OLDER = f"""{_COLUMNS}
WHERE owner_id = %s AND (recorded_on, transfer_id) < (%s, %s)
ORDER BY recorded_on DESC, transfer_id DESC LIMIT %s
"""


def read_wallet(session: Session, owner_id: int, today: date) -> WalletView:
    """Return the owner's wallet as of ``today``; one who never earned anything has an empty one."""
    rows = fetch_all(session, _WALLET, (owner_id,))
    return view_wallet(_wallet(rows) if rows else EMPTY_WALLET, today)


def _wallet(rows: list[Row]) -> Wallet:
    width = len(WALLET_COLUMNS)
    lots = [row[width:] for row in rows if row[width] is not None]
    return Wallet(
        **dict(zip(WALLET_COLUMNS, rows[0], strict=False)),
        lots=tuple(Lot(LotKey(expires_on, funder_id), points) for expires_on, funder_id, points, _, _ in lots),
        funders={funder_id: Text(name_zh, name_en) for _, funder_id, _, name_zh, name_en in lots},
    )


def list_transfers(session: Session, owner_id: int, page: Page) -> tuple[list[Booked], str | None]:
    """Return a page of the owner's transfers, newest first, and the cursor of the next one."""
    key = page.key(2)
    if key is None:
        rows = fetch_all(session, _NEWEST, (owner_id, page.limit + 1))
    else:
        rows = fetch_all(session, _OLDER, (owner_id, *_cursor(key), page.limit + 1))
    found = [_booked(row) for row in rows[: page.limit]]
    if len(rows) <= page.limit:
        return found, None
    last = found[-1]
    return found, encode_cursor((last.moment.recorded_on, last.transfer.transfer_id))


def _cursor(key: list[str]) -> tuple[date, UUID]:
    try:
        return date.fromisoformat(key[0]), UUID(key[1])
    except ValueError:
        raise bad_cursor() from None


def _booked(row: Row) -> Booked:
    (*first, lot_expires_on, lot_funder_id, counterparty_id, recorded_at, recorded_on, booked_on) = row
    lot = None if lot_expires_on is None else LotKey(lot_expires_on, lot_funder_id)
    transfer = Transfer(*[*first, lot, counterparty_id])
    return Booked(transfer, Moment(recorded_at, recorded_on, booked_on))
