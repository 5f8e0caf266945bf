from datetime import UTC, date, datetime
from itertools import count, product
from typing import Any
from uuid import UUID

import pytest

from service import ledger
from service.core.units import BIGINT_MAX, Points, ReductionMg
from service.ledger.domain.accounts import ACCOUNTS, KINDS, LEGS, WALLET_COLUMNS
from service.ledger.domain.refusals import IllegalTransfer
from service.ledger.domain.transfers import legal_leg

LOT = ledger.LotKey(date(2028, 11, 30), -1)
MOMENT = ledger.Moment.of(datetime(2026, 11, 20, 2, 0, tzinfo=UTC), date(2026, 11, 20))


def transfer(**other: object) -> ledger.Transfer:
    values: dict[str, Any] = {
        "owner_id": 7,
        "movement_id": UUID(int=1),
        "transfer_id": UUID(int=2),
        "kind": "spend",
        "unit": "points",
        "from_account": "active",
        "to_account": "voucher_outstanding",
        "amount": 5,
        "source_kind": "order",
        "source_id": UUID(int=3),
        "lot": LOT,
    }
    values.update(other)
    return ledger.Transfer(**values)


def test_every_pair_that_is_not_a_leg_of_its_kind_is_refused() -> None:
    refused = 0
    for kind, unit, from_account, to_account in product(KINDS, ("mg", "points", "fen"), ACCOUNTS, ACCOUNTS):
        if (kind, unit, from_account, to_account) in LEGS:
            continue
        with pytest.raises(IllegalTransfer):
            legal_leg(transfer(kind=kind, unit=unit, from_account=from_account, to_account=to_account))
        refused += 1

    assert refused == len(KINDS) * 3 * len(ACCOUNTS) ** 2 - len(LEGS)


def test_every_leg_lies_within_one_unit_and_one_party_and_moves_known_figures() -> None:
    for leg in LEGS.values():
        giving, receiving = ACCOUNTS[leg.from_account], ACCOUNTS[leg.to_account]

        assert (giving.unit, giving.party) == (receiving.unit, receiving.party)
        assert set(leg.wallet) <= set(WALLET_COLUMNS)
        assert leg.wallet.get("active_points", 0) == leg.lot_sign


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"amount": 0}, "amount 0"),
        ({"amount": -5}, "amount -5"),
        ({"amount": BIGINT_MAX + 1}, f"amount {BIGINT_MAX + 1}"),
        ({"owner_id": 0}, "owner 0"),
        ({"owner_id": -1}, "owner -1"),
        ({"lot": None}, "lot None"),
        ({"kind": "gift"}, "points active -> voucher_outstanding"),
        ({"unit": "mg"}, "mg active -> voucher_outstanding"),
        ({"to_account": "active"}, "points active -> active"),
        (
            {"kind": "pay", "unit": "fen", "from_account": "budget", "to_account": "in_transit", "lot": None},
            "owner 7",
        ),
        (
            {
                "kind": "pay",
                "unit": "fen",
                "from_account": "budget",
                "to_account": "in_transit",
                "owner_id": -1,
            },
            f"lot {LOT}",
        ),
    ],
)
def test_amount_owner_lot_and_pair_must_fit_the_kind(change: dict[str, Any], problem: str) -> None:
    with pytest.raises(IllegalTransfer) as refused:
        legal_leg(transfer(**change))

    assert refused.value.params == {"kind": change.get("kind", "spend"), "problem": problem}


def test_an_earning_is_one_movement_of_reduction_and_points_and_nothing_for_a_zero() -> None:
    ids = count(100)
    earned = [
        ledger.Earning(7, UUID(int=11), ReductionMg(1_234_567), "provisional", Points(1_234), -1),
        ledger.Earning(8, UUID(int=12), ReductionMg(999), "creditable", Points(0), -1),
        ledger.Earning(9, UUID(int=13), ReductionMg(0), "incentive", Points(10), -1),
        ledger.Earning(9, UUID(int=14), ReductionMg(0), "incentive", Points(0), -1),
    ]

    transfers = ledger.earnings(MOMENT, "activity", earned, lambda: UUID(int=next(ids)))

    def reduction(**other: object) -> ledger.Transfer:
        pair = {"kind": "earn_reduction", "unit": "mg", "from_account": "reductions", "lot": None}
        return transfer(**{**pair, **other, "source_kind": "activity"})

    def points(**other: object) -> ledger.Transfer:
        pair = {"kind": "earn_points", "from_account": "issued", "to_account": "active"}
        return transfer(**{**pair, **other, "source_kind": "activity"})

    def ids_of(movement: int, transfer: int, source: int) -> dict[str, UUID]:
        return {
            "movement_id": UUID(int=movement),
            "transfer_id": UUID(int=transfer),
            "source_id": UUID(int=source),
        }

    assert transfers == [
        reduction(owner_id=7, to_account="provisional", amount=1_234_567, **ids_of(100, 101, 11)),
        points(owner_id=7, amount=1_234, **ids_of(100, 102, 11)),
        reduction(owner_id=8, to_account="creditable", amount=999, **ids_of(103, 104, 12)),
        points(owner_id=9, amount=10, **ids_of(105, 106, 13)),
    ]
    assert all(legal_leg(one) for one in transfers)
