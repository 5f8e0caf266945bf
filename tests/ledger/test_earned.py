from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from service import ledger
from service.core.context import Context
from service.core.units import Points, ReductionMg
from service.ledger import IllegalTransfer

ACCOUNTS = ("creditable", "provisional", "incentive")
BOOKS = (
    """
    SELECT owner_id, kind, unit, from_account, to_account, amount, lot_expires_on, lot_funder_id, counterparty_id,
        source_kind, source_id, recorded_on, booked_on, recorded_at
    FROM transfer ORDER BY source_id, kind
    """,
    "SELECT * FROM wallet ORDER BY owner_id",
    "SELECT * FROM lot ORDER BY owner_id, expires_on, funder_id",
    "SELECT source_id, count(DISTINCT movement_id) FROM transfer GROUP BY source_id ORDER BY source_id",
)
earnings = st.lists(
    st.tuples(st.integers(1, 5), st.sampled_from(ACCOUNTS), st.integers(0, 5_000_000), st.integers(0, 5_000)),
    max_size=12,
)


def books(session: Session) -> list[list[tuple[Any, ...]]]:
    return [[tuple(row) for row in session.connection().exec_driver_sql(sql)] for sql in BOOKS]


def source(n: int) -> UUID:
    return UUID(int=n + 1)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(earned=earnings)
def test_columns_book_the_same_rows_as_single_earnings(
    earned: list[tuple[int, Any, int, int]], context: Context
) -> None:
    moment = ledger.Moment.of(context.now(), context.now().date())
    single = [
        ledger.Earning(owner_id, source(n), ReductionMg(mg), account, Points(points), ledger.PROGRAMME_FUNDER_ID)
        for n, (owner_id, account, mg, points) in enumerate(earned)
    ]
    columns = ledger.Earned(
        owner_ids=[one.owner_id for one in single],
        source_ids=[one.source_id for one in single],
        reductions_mg=[one.reduction_mg for one in single],
        mg_accounts=[one.mg_account for one in single],
        points=[one.points for one in single],
        funder_id=ledger.PROGRAMME_FUNDER_ID,
    )

    with context.open_session() as session:
        ledger.post(session, moment, ledger.earnings(moment, "activity", single, context.new_id))
        one_by_one = books(session)
    with context.open_session() as session:
        ledger.post_earned(session, moment, "activity", columns, context.new_id)
        by_columns = books(session)

    assert by_columns == one_by_one


@pytest.mark.parametrize(
    ("owner_id", "mg", "points"), [(0, 1, 1), (-1, 1, 1), (1, -1, 1), (1, 1, -1), (1, 2**63, 1)]
)
def test_an_earning_that_cannot_be_is_refused(owner_id: int, mg: int, points: int, context: Context) -> None:
    moment = ledger.Moment.of(context.now(), context.now().date())
    columns = ledger.Earned([owner_id], [source(1)], [mg], ["provisional"], [points], ledger.PROGRAMME_FUNDER_ID)

    with context.open_session() as session:
        before = books(session)
        with pytest.raises(IllegalTransfer):
            ledger.post_earned(session, moment, "activity", columns, context.new_id)

        assert books(session) == before
