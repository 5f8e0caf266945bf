"""The chart of accounts, and the kinds of transfers with the pairs of accounts each may touch.

A transfer moves one unit from one account to another on one owner, so the books balance by construction. What can
still go wrong is a transfer between accounts that have nothing to do with each other; every kind therefore lists
its legs, and a transfer that is none of them is refused before it is booked (and found by ``check-ledger`` if
somebody wrote it past us).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from service.core.texts import Text

Unit = Literal["mg", "points", "fen"]
Party = Literal["citizen", "house"]
"""Whose account it is: citizens have positive owner ids; the programme, funders and merchants negative ones."""

MgAccount = Literal["creditable", "provisional", "incentive"]

PROGRAMME_FUNDER_ID = -1
MERCHANT_ID_HIGHEST = -1000
"""Merchants have owner ids from here downwards."""


@dataclass(frozen=True, slots=True)
class Account:
    """One account: its unit, whose it is, and on which side it normally stands.

    An account that normally ``receives`` never stands below zero; one that normally ``gives`` is where a unit
    comes from, and its balance says how much of it there is.
    """

    name: str
    unit: Unit
    party: Party
    normally: Literal["gives", "receives"]
    meaning: str


ACCOUNTS: Mapping[str, Account] = {
    account.name: account
    for account in (
        Account("reductions", "mg", "citizen", "gives", "What low-carbon activities have avoided."),
        Account("creditable", "mg", "citizen", "receives", "Reductions that may be pooled into PHCER."),
        Account("provisional", "mg", "citizen", "receives", "Reductions by a method that is not filed yet."),
        Account("incentive", "mg", "citizen", "receives", "Reductions that are rewarded but never pooled."),
        Account("issued", "points", "citizen", "gives", "Points the programme has given out."),
        Account("active", "points", "citizen", "receives", "Points that can be spent; they lie in lots."),
        Account("voucher_outstanding", "points", "citizen", "receives", "Points that became vouchers."),
        Account("redeemed", "points", "citizen", "receives", "Points whose voucher a merchant verified."),
        Account("lapsed", "points", "citizen", "receives", "Points whose lot ran out."),
        Account("budget", "fen", "house", "gives", "What a funder has paid towards offers."),
        Account("in_transit", "fen", "house", "receives", "On its way between two owners; zero per movement."),
        Account("payable", "fen", "house", "receives", "What a merchant is owed for verified vouchers."),
    )
}


@dataclass(frozen=True, slots=True)
class Leg:
    """One legal pair of accounts of a kind, and what such a transfer does to the owner's wallet."""

    from_account: str
    to_account: str
    wallet: Mapping[str, int] = field(default_factory=dict)
    """Wallet column -> +1 or -1 times the amount."""

    @property
    def unit(self) -> Unit:
        """The unit both accounts are in."""
        return ACCOUNTS[self.from_account].unit

    @property
    def party(self) -> Party:
        """Whose accounts they are."""
        return ACCOUNTS[self.from_account].party

    @property
    def lot_sign(self) -> int:
        """What it does to the lot it names: fill (+1), draw (-1) or only name it (0)."""
        return (self.to_account == "active") - (self.from_account == "active")


@dataclass(frozen=True, slots=True)
class Kind:
    """What a transfer is for."""

    name: str
    title: Text
    legs: tuple[Leg, ...]


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "earn_reduction",
            Text("减排量入账", "Reduction credited"),
            (
                Leg("reductions", "creditable", {"creditable_mg": 1}),
                Leg("reductions", "provisional", {"provisional_mg": 1}),
                Leg("reductions", "incentive", {"incentive_mg": 1}),
            ),
        ),
        Kind(
            "earn_points",
            Text("获得碳积分", "Points earned"),
            (Leg("issued", "active", {"active_points": 1, "earned_points": 1}),),
        ),
        Kind(
            "spend",
            Text("兑换优惠", "Points spent on an offer"),
            (Leg("active", "voucher_outstanding", {"active_points": -1, "spent_points": 1}),),
        ),
        Kind(
            "redeem",
            Text("优惠券已核销", "Voucher verified"),
            (Leg("voucher_outstanding", "redeemed"),),
        ),
        Kind(
            "lapse",
            Text("碳积分到期失效", "Points lapsed"),
            (Leg("active", "lapsed", {"active_points": -1, "lapsed_points": 1}),),
        ),
        Kind(
            "pay",
            Text("商户应付款", "Owed to the merchant"),
            (Leg("budget", "in_transit"), Leg("in_transit", "payable")),
        ),
    )
}

LEGS: Mapping[tuple[str, str, str, str], Leg] = {
    (kind.name, leg.unit, leg.from_account, leg.to_account): leg for kind in KINDS.values() for leg in kind.legs
}
"""Every legal (kind, unit, from, to)."""

WALLET_COLUMNS = (
    "active_points",
    "earned_points",
    "spent_points",
    "lapsed_points",
    "creditable_mg",
    "provisional_mg",
    "incentive_mg",
)
"""What a wallet keeps; each is a sum over the owner's transfers."""
