"""Posting: the same few statements for one transfer and for ten thousand.

Lock order: wallets in ascending order of owner, then lots. A lot is only ever changed by a transaction that has
changed its owner's wallet before, so lots need no order of their own.
"""

from collections.abc import Sequence
from typing import Any

import psycopg
from sqlmodel import Session

from service.core import arrays
from service.core.database import Pipeline, fetch_one, pipeline
from service.ledger.domain.accounts import WALLET_COLUMNS
from service.ledger.domain.lots import LotKey
from service.ledger.domain.refusals import InsufficientPoints
from service.ledger.domain.transfers import Moment, Transfer
from service.ledger.domain.wallets import ACTIVE, Changes, OwnerLot, changes_of

_SUMS = ", ".join(WALLET_COLUMNS)
_SUM_ARRAYS = ", ".join(["%s::bigint[]"] * len(WALLET_COLUMNS))


def _added(change: str) -> str:
    """Return the assignments that add ``change`` to every figure of a wallet."""
    return ", ".join(f"{column} = wallet.{column} + {change}.{column}" for column in WALLET_COLUMNS)


FILL_WALLETS = f"""
INSERT INTO wallet (owner_id, {_SUMS})
SELECT * FROM unnest(%s::bigint[], {_SUM_ARRAYS})
ON CONFLICT (owner_id) DO UPDATE SET {_added("excluded")}
"""

_LOCK_WALLETS = "SELECT FROM wallet WHERE owner_id = ANY(%s::bigint[]) ORDER BY owner_id FOR NO KEY UPDATE"

_DRAW_WALLETS = f"""
UPDATE wallet SET {_added("change")}
FROM unnest(%s::bigint[], {_SUM_ARRAYS}) AS change (owner_id, {_SUMS})
WHERE wallet.owner_id = change.owner_id AND wallet.active_points + change.active_points >= 0
RETURNING wallet.owner_id
"""

_FILL_LOTS = """
INSERT INTO lot (owner_id, expires_on, funder_id, remaining_points)
SELECT * FROM unnest(%s::bigint[], %s::date[], %s::bigint[], %s::bigint[])
ON CONFLICT (owner_id, expires_on, funder_id)
DO UPDATE SET remaining_points = lot.remaining_points + excluded.remaining_points
"""

_DRAW_LOTS = """
UPDATE lot SET remaining_points = lot.remaining_points + change.points
FROM unnest(%s::bigint[], %s::date[], %s::bigint[], %s::bigint[])
    AS change (owner_id, expires_on, funder_id, points)
WHERE lot.owner_id = change.owner_id AND lot.expires_on = change.expires_on AND lot.funder_id = change.funder_id
AND lot.remaining_points + change.points >= 0
RETURNING lot.owner_id, lot.expires_on, lot.funder_id
"""

_APPEND = """
INSERT INTO transfer (
    owner_id, transfer_id, movement_id, kind, unit, from_account, to_account, amount,
    lot_expires_on, lot_funder_id, counterparty_id, source_kind, source_id, recorded_on, booked_on, recorded_at
)
SELECT rows.*, %s::date, %s::date, %s::timestamptz
FROM unnest(
    %s::bigint[], %s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::bigint[],
    %s::date[], %s::bigint[], %s::bigint[], %s::text[], %s::uuid[]
) AS rows
"""

_ACTIVE = "SELECT active_points FROM wallet WHERE owner_id = %s"
_REMAINING = "SELECT remaining_points FROM lot WHERE owner_id = %s AND expires_on = %s AND funder_id = %s"

Cursor = psycopg.Cursor[tuple[Any, ...]]
WalletChange = tuple[int, list[int]]
LotChange = tuple[OwnerLot, int]


def post(session: Session, moment: Moment, transfers: Sequence[Transfer]) -> None:
    """Book ``transfers`` and change the wallets and lots they touch; all of them or, by rolling back, none.

    Raises:
        IllegalTransfer: One is between accounts, on an owner, a lot or an amount its kind does not allow.
        InsufficientPoints: A wallet or a lot holds less than is drawn from it.
    """
    if not transfers:
        return
    changes = changes_of(transfers)
    drawn_wallets = [change for change in changes.wallets if change[1][ACTIVE] < 0]
    drawn_lots = [change for change in changes.lots if change[1] < 0]
    with pipeline(session) as queue:
        if drawn_wallets and len(changes.wallets) > 1:
            queue.run(_LOCK_WALLETS, (arrays.of_numbers(owner_id for owner_id, _ in changes.wallets),))
        _fill(queue, changes)
        wallets = queue.run(_DRAW_WALLETS, _wallet_arrays(drawn_wallets)) if drawn_wallets else None
        lots = queue.run(_DRAW_LOTS, _lot_arrays(drawn_lots)) if drawn_lots else None
        queue.run(_APPEND, _transfer_arrays(moment, transfers), expect=len(transfers), label="transfers")
    if wallets is not None and wallets.rowcount != len(drawn_wallets):
        raise _short_wallet(session, drawn_wallets, wallets)
    if lots is not None and lots.rowcount != len(drawn_lots):
        raise _short_lot(session, drawn_lots, lots)


def _fill(queue: Pipeline, changes: Changes) -> None:
    wallets = [change for change in changes.wallets if change[1][ACTIVE] >= 0]
    lots = [change for change in changes.lots if change[1] >= 0]
    if wallets:
        queue.run(FILL_WALLETS, _wallet_arrays(wallets), expect=len(wallets), label="wallets")
    if lots:
        queue.run(_FILL_LOTS, _lot_arrays(lots), expect=len(lots), label="lots")


def _wallet_arrays(changes: Sequence[WalletChange]) -> list[str]:
    owner_ids, sums = zip(*changes, strict=True)
    return [arrays.of_numbers(owner_ids), *map(arrays.of_numbers, zip(*sums, strict=True))]


def _lot_arrays(changes: Sequence[LotChange]) -> tuple[str, ...]:
    return (
        arrays.of_numbers(owner_id for (owner_id, _), _ in changes),
        arrays.of_optional_days(key.expires_on for (_, key), _ in changes),
        arrays.of_numbers(key.funder_id for (_, key), _ in changes),
        arrays.of_numbers(points for _, points in changes),
    )


def _transfer_arrays(moment: Moment, transfers: Sequence[Transfer]) -> tuple[object, ...]:
    lots = [one.lot for one in transfers]
    return (
        moment.recorded_on,
        moment.booked_on,
        moment.recorded_at,
        arrays.of_numbers(one.owner_id for one in transfers),
        arrays.of_ids(one.transfer_id for one in transfers),
        arrays.of_ids(one.movement_id for one in transfers),
        arrays.of_words(one.kind for one in transfers),
        arrays.of_words(one.unit for one in transfers),
        arrays.of_words(one.from_account for one in transfers),
        arrays.of_words(one.to_account for one in transfers),
        arrays.of_numbers(one.amount for one in transfers),
        arrays.of_optional_days(None if lot is None else lot.expires_on for lot in lots),
        arrays.of_optional_numbers(None if lot is None else lot.funder_id for lot in lots),
        arrays.of_optional_numbers(one.counterparty_id for one in transfers),
        arrays.of_words(one.source_kind for one in transfers),
        arrays.of_ids(one.source_id for one in transfers),
    )


def _short_wallet(session: Session, drawn: Sequence[WalletChange], done: Cursor) -> InsufficientPoints:
    enough = {owner_id for (owner_id,) in done}
    owner_id, sums = next(change for change in drawn if change[0] not in enough)
    found = fetch_one(session, _ACTIVE, (owner_id,))
    return InsufficientPoints(needed=-sums[ACTIVE], available=0 if found is None else found[0])


def _short_lot(session: Session, drawn: Sequence[LotChange], done: Cursor) -> InsufficientPoints:
    enough = {(owner_id, LotKey(expires_on, funder_id)) for owner_id, expires_on, funder_id in done}
    (owner_id, key), points = next(change for change in drawn if change[0] not in enough)
    found = fetch_one(session, _REMAINING, (owner_id, key.expires_on, key.funder_id))
    return InsufficientPoints(needed=-points, available=0 if found is None else found[0])
