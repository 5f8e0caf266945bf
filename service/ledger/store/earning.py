"""Posting what a whole chunk of activities brought, a column at a time.

It books the same rows as ``post`` does with ``earnings`` (a test holds the two against each other), without an
object for every transfer: a partner's file of a million lines is two million transfers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from service.core import arrays
from service.core.database import Pipeline, driver, pipeline
from service.core.units import BIGINT_MAX
from service.ledger.domain.accounts import LEGS, WALLET_COLUMNS, MgAccount
from service.ledger.domain.lots import lot_expiry
from service.ledger.domain.refusals import IllegalTransfer
from service.ledger.domain.transfers import Moment, NewId
from service.ledger.store.posting import FILL_WALLETS

_FILL_LOTS = """
INSERT INTO lot (owner_id, expires_on, funder_id, remaining_points)
SELECT owner_id, %s::date, %s::bigint, points
FROM unnest(%s::bigint[], %s::bigint[]) AS change (owner_id, points)
ON CONFLICT (owner_id, expires_on, funder_id)
DO UPDATE SET remaining_points = lot.remaining_points + excluded.remaining_points
"""
_COPY_TRANSFERS = """
COPY transfer (
    owner_id, transfer_id, movement_id, kind, unit, from_account, to_account, amount,
    lot_expires_on, lot_funder_id, source_kind, source_id, recorded_on, booked_on, recorded_at
) FROM STDIN
"""
_MG_ACCOUNTS = frozenset({"creditable", "provisional", "incentive"})
_POINTS_COLUMNS = tuple(LEGS["earn_points", "points", "issued", "active"].wallet)


@dataclass(frozen=True, slots=True)
class Earned:
    """What some activities brought their citizens, as columns of one length; ``funder_id`` gives the points."""

    owner_ids: Sequence[int]
    source_ids: Sequence[UUID]
    reductions_mg: Sequence[int]
    mg_accounts: Sequence[MgAccount]
    points: Sequence[int]
    funder_id: int


def post_earned(session: Session, moment: Moment, source_kind: str, earned: Earned, new_id: NewId) -> None:
    """Book what activities brought; zeros are not booked. Wallets are changed in ascending order of owner.

    Raises:
        IllegalTransfer: One is of no citizen, on no account, or below zero.
    """
    if not earned.owner_ids:
        return
    _check(earned, source_kind)
    with pipeline(session) as queue:
        _fill_wallets(queue, earned)
        _fill_lots(queue, moment, earned)
        # While the server changes wallets and lots, the transfers are written out.
        lines = _lines(moment, source_kind, earned, new_id)
    if lines:
        with driver(session).cursor() as cursor, cursor.copy(_COPY_TRANSFERS) as copy:
            copy.write("".join(lines))


def _check(earned: Earned, source_kind: str) -> None:
    if not source_kind.isidentifier():
        raise IllegalTransfer(kind="earn", problem=f"source kind {source_kind!r}")
    accounts = set(earned.mg_accounts)
    if not accounts <= _MG_ACCOUNTS:
        raise IllegalTransfer(kind="earn_reduction", problem=f"accounts {sorted(accounts)}")
    if min(earned.owner_ids) < 1:
        raise IllegalTransfer(kind="earn", problem=f"owner {min(earned.owner_ids)}")
    lowest = min(*earned.reductions_mg, *earned.points)
    highest = max(*earned.reductions_mg, *earned.points)
    if lowest < 0 or highest > BIGINT_MAX:
        raise IllegalTransfer(kind="earn", problem=f"amounts from {lowest} to {highest}")


def _fill_wallets(queue: Pipeline, earned: Earned) -> None:
    points = _sums(zip(earned.owner_ids, earned.points, strict=True))
    sums = dict.fromkeys(_POINTS_COLUMNS, points)
    for account in set(earned.mg_accounts):
        rows = zip(earned.owner_ids, earned.reductions_mg, earned.mg_accounts, strict=True)
        sums[f"{account}_mg"] = _sums((owner_id, mg) for owner_id, mg, of in rows if of == account)
    owner_ids = sorted(set().union(*sums.values()))
    if owner_ids:
        zeros = arrays.of_numbers([0] * len(owner_ids))
        columns = {
            name: arrays.of_numbers([found.get(owner_id, 0) for owner_id in owner_ids])
            for name, found in sums.items()
        }
        values = [arrays.of_numbers(owner_ids), *(columns.get(name, zeros) for name in WALLET_COLUMNS)]
        queue.run(FILL_WALLETS, values, expect=len(owner_ids), label="wallets")


def _fill_lots(queue: Pipeline, moment: Moment, earned: Earned) -> None:
    points = _sums(zip(earned.owner_ids, earned.points, strict=True))
    if points:
        owner_ids = sorted(points)
        columns = (arrays.of_numbers(owner_ids), arrays.of_numbers([points[owner_id] for owner_id in owner_ids]))
        values = (lot_expiry(moment.booked_on), earned.funder_id, *columns)
        queue.run(_FILL_LOTS, values, expect=len(owner_ids), label="lots")


def _sums(amounts: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Add up amounts by owner; an owner who gets nothing is left out."""
    sums: dict[int, int] = {}
    for owner_id, amount in amounts:
        if amount:
            sums[owner_id] = sums.get(owner_id, 0) + amount
    return sums


def _lines(moment: Moment, source_kind: str, earned: Earned, new_id: NewId) -> list[str]:
    """Return the transfers in COPY's text form.

    A source earns once, so its id names the movement and the first transfer of it: one id less to make for each,
    and the key of the table refuses a source that earns a second time at the same moment.
    """
    lot = f"{lot_expiry(moment.booked_on)}\t{earned.funder_id}\t{source_kind}"
    no_lot = f"\\N\t\\N\t{source_kind}"
    ending = f"{moment.recorded_on}\t{moment.booked_on}\t{moment.recorded_at.isoformat()}\n"
    lines: list[str] = []
    for owner_id, source_id, mg, account, points in zip(
        earned.owner_ids,
        earned.source_ids,
        earned.reductions_mg,
        earned.mg_accounts,
        earned.points,
        strict=True,
    ):
        if not mg and not points:
            continue
        source = movement = transfer = source_id.hex
        if mg:
            lines.append(
                f"{owner_id}\t{transfer}\t{movement}\tearn_reduction\tmg\treductions\t{account}"
                f"\t{mg}\t{no_lot}\t{source}\t{ending}"
            )
            transfer = new_id().hex if points else ""
        if points:
            lines.append(
                f"{owner_id}\t{transfer}\t{movement}\tearn_points\tpoints\tissued\tactive"
                f"\t{points}\t{lot}\t{source}\t{ending}"
            )
    return lines
