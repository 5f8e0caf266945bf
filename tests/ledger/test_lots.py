from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.units import Points
from service.ledger.domain.lots import Lot, LotKey, LotTaken, Spending, lot_expiry, plan_spending
from service.ledger.domain.refusals import IllegalTransfer, InsufficientPoints

TODAY = date(2026, 11, 20)

lots_of_any_age = st.dictionaries(
    st.builds(LotKey, st.dates(TODAY - timedelta(days=90), TODAY + timedelta(days=730)), st.integers(-3, -1)),
    st.integers(0, 1_000),
    max_size=8,
).map(lambda found: [Lot(key, Points(points)) for key, points in found.items()])


def lot(expires_on: date, points: int, funder_id: int = -1) -> Lot:
    return Lot(LotKey(expires_on, funder_id), Points(points))


@pytest.mark.parametrize(
    ("credited_on", "expires_on"),
    [
        (date(2026, 11, 20), date(2028, 11, 30)),
        (date(2026, 11, 30), date(2028, 11, 30)),
        (date(2026, 12, 1), date(2028, 12, 31)),
        (date(2026, 2, 1), date(2028, 2, 29)),
        (date(2028, 2, 29), date(2030, 2, 28)),
    ],
)
def test_a_lot_ends_with_the_month_two_years_after_crediting(credited_on: date, expires_on: date) -> None:
    assert lot_expiry(credited_on) == expires_on


def test_the_soonest_expiry_is_spent_first_and_the_overdue_lapses() -> None:
    lots = [
        lot(date(2028, 11, 30), 50),
        lot(TODAY - timedelta(days=1), 7),
        lot(TODAY, 20),
        lot(date(2027, 1, 31), 30, funder_id=-2),
        lot(date(2027, 1, 31), 30, funder_id=-1),
    ]

    plan = plan_spending(lots, Points(60), TODAY)

    assert plan == Spending(
        lapsed=(LotTaken(TODAY - timedelta(days=1), -1, Points(7)),),
        taken=(
            LotTaken(TODAY, -1, Points(20)),
            LotTaken(date(2027, 1, 31), -2, Points(30)),
            LotTaken(date(2027, 1, 31), -1, Points(10)),
        ),
    )


@pytest.mark.parametrize("points", [0, -1])
def test_nothing_or_less_cannot_be_spent(points: int) -> None:
    with pytest.raises(IllegalTransfer):
        plan_spending([lot(TODAY, 5)], Points(points), TODAY)


@given(lots=lots_of_any_age, points=st.integers(1, 6_000))
def test_a_plan_takes_exactly_what_is_asked_from_lots_that_have_it_or_is_refused(
    lots: list[Lot], points: int
) -> None:
    held = {one.key: one.remaining_points for one in lots}
    available = sum(one.remaining_points for one in lots if one.key.expires_on >= TODAY)

    if available < points:
        with pytest.raises(InsufficientPoints) as refused:
            plan_spending(lots, Points(points), TODAY)
        assert refused.value.params == {"needed": points, "available": available}
        return
    plan = plan_spending(lots, Points(points), TODAY)

    assert sum(taken.points for taken in plan.taken) == points
    assert all(0 < taken.points <= held[taken.key] and taken.expires_on >= TODAY for taken in plan.taken)
    assert [taken.key for taken in plan.taken] == sorted({taken.key for taken in plan.taken})
    # Only the last lot may be left half full, and nothing sooner is passed over.
    last = plan.taken[-1].key
    sooner = {key for key, rest in held.items() if rest and key.expires_on >= TODAY and key < last}
    assert {taken.key for taken in plan.taken[:-1]} == sooner
    assert all(taken.points == held[taken.key] for taken in plan.taken[:-1])
    assert {taken.key: taken.points for taken in plan.lapsed} == {
        key: rest for key, rest in held.items() if rest and key.expires_on < TODAY
    }
