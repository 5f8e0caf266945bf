"""The book checks of the ledger: transfers, wallets and lots agree."""

from service.core.checks import NamedCheck, proof_by_sql
from service.core.texts import Text
from service.ledger.domain.accounts import ACCOUNTS, LEGS, WALLET_COLUMNS

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


CHECKS: tuple[NamedCheck, ...] = (
    proof_by_sql(
        "legal_pairs",
        Text(
            "每笔转账的账户对都是其类型所允许的。", "Every transfer is between a pair of accounts its kind allows."
        ),
        _ILLEGAL,
    ),
    proof_by_sql(
        "accounts_not_below_zero",
        Text("凡收入类账户，转出从未超过转入。", "No account that receives has given more than it got."),
        _BELOW_ZERO,
    ),
    proof_by_sql(
        "wallets_equal_transfers",
        Text(
            "每个碳账户的每个数字都等于其转账之和。", "Every figure of every wallet is the sum of its transfers."
        ),
        _WALLETS,
    ),
    proof_by_sql(
        "lots_equal_transfers",
        Text("每个积分批次的余额等于其转账之和。", "What is left in every lot is the sum of its transfers."),
        _LOTS,
    ),
    proof_by_sql(
        "lots_equal_wallets",
        Text("每个碳账户的各批次合计等于其有效积分。", "The lots of every wallet add up to its active points."),
        _LOTS_OF_WALLETS,
    ),
    proof_by_sql(
        "nothing_in_transit",
        Text("每笔跨主体的流转都已全额到达。", "Every movement between two owners arrived in full."),
        _IN_TRANSIT,
    ),
)
