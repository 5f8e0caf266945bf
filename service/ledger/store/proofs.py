"""The book checks: each is one statement, so it sees one instant of the books while others keep posting.

The statements answer nothing but broken rows, and those are read through a server-side cursor, so a check needs
the same memory whatever the size of the books.
"""

from collections.abc import Iterator
from typing import Any, cast

from sqlmodel import Session

from service.core.checks import BookCheck, Finding, NamedCheck
from service.core.database import driver
from service.ledger.domain.accounts import ACCOUNTS, LEGS, WALLET_COLUMNS

FETCHED_ROWS = 500

_PAIRS = ", ".join(
    "('{}', '{}', '{}', '{}', {})".format(*leg_key, 1 if leg.party == "citizen" else -1)
    for leg_key, leg in LEGS.items()
)
_ILLEGAL = f"""
SELECT format('%s %s: %s %s %s -> %s', owner_id, transfer_id, kind, unit, from_account, to_account), 1, 0
FROM transfer
WHERE (kind, unit, from_account, to_account, sign(owner_id)::integer) NOT IN (VALUES {_PAIRS})
OR amount <= 0 OR (unit = 'points') <> (lot_expires_on IS NOT NULL AND lot_funder_id IS NOT NULL)
ORDER BY owner_id, recorded_on, transfer_id
"""
"""The constraints of the table are proved again: an owner can drop them."""


def _booked(column: str) -> str:
    """Return the sum over an owner's transfers that ``column`` of the wallet must show."""
    cases = [
        f"WHEN kind = '{kind}' AND from_account = '{from_account}' AND to_account = '{to_account}'"
        f" THEN {leg.wallet[column]} * amount"
        for (kind, _, from_account, to_account), leg in LEGS.items()
        if column in leg.wallet
    ]
    return f"coalesce(sum(CASE {' '.join(cases)} END), 0) AS {column}"


_FIGURES = ", ".join(
    f"({place}, '{column}', coalesce(booked.{column}, 0), coalesce(wallet.{column}, 0))"
    for place, column in enumerate(WALLET_COLUMNS)
)
_WALLETS = f"""
SELECT format('%s %s', owner_id, figure.name), figure.booked, figure.shown
FROM (SELECT owner_id, {", ".join(_booked(column) for column in WALLET_COLUMNS)}
    FROM transfer WHERE owner_id > 0 GROUP BY owner_id) AS booked
FULL JOIN wallet USING (owner_id)
CROSS JOIN LATERAL (VALUES {_FIGURES}) AS figure (place, name, booked, shown)
WHERE figure.booked <> figure.shown
ORDER BY owner_id, figure.place
"""

_LOTS = """
SELECT format('%s %s %s', owner_id, expires_on, funder_id),
    coalesce(booked.points, 0), coalesce(lot.remaining_points, 0)
FROM (SELECT owner_id, lot_expires_on AS expires_on, lot_funder_id AS funder_id,
        sum(amount * ((to_account = 'active')::integer - (from_account = 'active')::integer)) AS points
    FROM transfer WHERE unit = 'points' GROUP BY owner_id, lot_expires_on, lot_funder_id) AS booked
FULL JOIN lot USING (owner_id, expires_on, funder_id)
WHERE coalesce(booked.points, 0) <> coalesce(lot.remaining_points, 0)
ORDER BY owner_id, expires_on, funder_id
"""

_LOTS_OF_WALLETS = """
SELECT format('%s', owner_id), coalesce(wallet.active_points, 0), coalesce(lots.points, 0)
FROM (SELECT owner_id, sum(remaining_points) AS points FROM lot GROUP BY owner_id) AS lots
FULL JOIN wallet USING (owner_id)
WHERE coalesce(wallet.active_points, 0) <> coalesce(lots.points, 0)
ORDER BY owner_id
"""

_HOLDINGS = ", ".join(f"'{account.name}'" for account in ACCOUNTS.values() if account.normally == "receives")
_BELOW_ZERO = f"""
SELECT format('%s %s %s %s', owner_id, account, lot_expires_on, lot_funder_id), 0, sum(amount)
FROM (
    SELECT owner_id, to_account AS account, lot_expires_on, lot_funder_id, amount FROM transfer
    UNION ALL
    SELECT owner_id, from_account, lot_expires_on, lot_funder_id, -amount FROM transfer
) AS side
WHERE account IN ({_HOLDINGS}) AND account <> 'in_transit'
GROUP BY owner_id, account, lot_expires_on, lot_funder_id
HAVING sum(amount) < 0
ORDER BY owner_id, account, lot_expires_on, lot_funder_id
"""

_IN_TRANSIT = """
SELECT format('%s', movement_id), 0, sum(CASE WHEN to_account = 'in_transit' THEN amount ELSE -amount END)
FROM transfer WHERE 'in_transit' IN (from_account, to_account)
GROUP BY movement_id
HAVING sum(CASE WHEN to_account = 'in_transit' THEN amount ELSE -amount END) <> 0
ORDER BY movement_id
"""


def _proof(name: str, proves: str, sql: str) -> NamedCheck:
    """Return the check that streams what ``sql`` finds: subject, expected, found."""
    return NamedCheck(name, proves, _streaming(name, sql))


def _streaming(name: str, sql: str) -> BookCheck:
    def run(session: Session) -> Iterator[Finding]:
        with driver(session).cursor(name=f"check_{name}") as cursor:
            cursor.itersize = FETCHED_ROWS
            cursor.execute(sql)
            for subject, expected, found in cast("Iterator[tuple[Any, Any, Any]]", cursor):
                yield Finding(name, subject, int(expected), int(found))

    return run


CHECKS: tuple[NamedCheck, ...] = (
    _proof("legal_pairs", "Every transfer is between a pair of accounts its kind allows.", _ILLEGAL),
    _proof("accounts_not_below_zero", "No account that receives has given more than it got.", _BELOW_ZERO),
    _proof("wallets_equal_transfers", "Every figure of every wallet is the sum of its transfers.", _WALLETS),
    _proof("lots_equal_transfers", "What is left in every lot is the sum of its transfers.", _LOTS),
    _proof("lots_equal_wallets", "The lots of every wallet add up to its active points.", _LOTS_OF_WALLETS),
    _proof("nothing_in_transit", "Every movement between two owners arrived in full.", _IN_TRANSIT),
)
