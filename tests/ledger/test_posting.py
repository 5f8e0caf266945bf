from datetime import UTC, date, datetime
from typing import LiteralString

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service import ledger
from service.core.context import Context
from service.core.database import driver
from tests.ledger.bookings import SOURCE, Books

LOT_DAY = date(2028, 11, 30)
WALLETS = "SELECT * FROM wallet ORDER BY owner_id"
LOTS = "SELECT * FROM lot ORDER BY owner_id, expires_on, funder_id"
TRANSFERS = """
SELECT owner_id, kind, unit, from_account, to_account, amount, lot_expires_on, lot_funder_id, counterparty_id,
    source_kind, source_id, recorded_on, booked_on, recorded_at
FROM transfer ORDER BY transfer_id
"""


def test_an_earning_books_its_transfers_its_wallet_and_its_lot(books: Books) -> None:
    books.earn(7, points=1_234, mg=1_234_567)

    days = (date(2026, 11, 20), date(2026, 11, 20), datetime(2026, 11, 20, 2, 0, tzinfo=UTC))
    mg = (7, "earn_reduction", "mg", "reductions", "provisional", 1_234_567, None, None, None)
    points = (7, "earn_points", "points", "issued", "active", 1_234, LOT_DAY, -1, None)
    assert sorted(books.rows(TRANSFERS), key=lambda row: row[2]) == [
        (*mg, "test", SOURCE, *days),
        (*points, "test", SOURCE, *days),
    ]
    assert books.rows(WALLETS) == [(7, 1_234, 1_234, 0, 0, 0, 1_234_567, 0)]
    assert books.rows(LOTS) == [(7, LOT_DAY, -1, 1_234)]
    assert books.findings() == []


def test_a_batch_over_many_citizens_adds_up_per_wallet_and_lot(books: Books) -> None:
    books.earn(5, points=1)
    batch = [books.transfer(owner_id, "earn_points", owner_id) for owner_id in range(1, 2_001) for _ in "ab"]

    books.post(batch)

    assert books.rows("SELECT owner_id, active_points FROM wallet ORDER BY 1") == [
        (owner_id, 2 * owner_id + (owner_id == 5)) for owner_id in range(1, 2_001)
    ]
    assert books.findings() == []


def test_nothing_to_book_is_booked_without_a_word(books: Books) -> None:
    books.post([])

    assert books.rows(TRANSFERS) == []


def test_one_illegal_transfer_refuses_the_whole_batch(books: Books) -> None:
    good = books.transfer(1, "earn_points", 5)
    bad = books.transfer(2, "earn_points", 5, to_account="redeemed")

    with pytest.raises(ledger.IllegalTransfer):
        books.post([good, bad])

    assert (books.rows(WALLETS), books.rows(LOTS), books.rows(TRANSFERS)) == ([], [], [])


@pytest.mark.parametrize("others", [(), (1,), (1, 3)])
def test_one_short_wallet_refuses_the_whole_batch(books: Books, others: tuple[int, ...]) -> None:
    for owner_id in (1, 2, 3):
        books.earn(owner_id, points=10)
    before = (books.rows(WALLETS), books.rows(LOTS), books.rows(TRANSFERS))

    with pytest.raises(ledger.InsufficientPoints) as refused:
        books.post([books.transfer(2, "lapse", 11), *(books.transfer(one, "lapse", 10) for one in others)])

    assert refused.value.params == {"needed": 11, "available": 10}
    assert (books.rows(WALLETS), books.rows(LOTS), books.rows(TRANSFERS)) == before


def test_a_wallet_that_does_not_exist_holds_nothing(books: Books) -> None:
    with pytest.raises(ledger.InsufficientPoints) as refused:
        books.post([books.transfer(404, "lapse", 1)])

    assert refused.value.params == {"needed": 1, "available": 0}


def test_points_cannot_be_drawn_from_a_lot_that_has_fewer(books: Books) -> None:
    books.earn(2, points=10)
    other_lot = ledger.LotKey(date(2029, 1, 31), -1)

    with pytest.raises(ledger.InsufficientPoints) as refused:
        books.post([books.transfer(2, "lapse", 3, lot=other_lot)])

    assert refused.value.params == {"needed": 3, "available": 0}
    assert books.rows(LOTS) == [(2, LOT_DAY, -1, 10)]


def test_a_batch_may_fill_some_wallets_and_draw_from_others(books: Books) -> None:
    books.earn(1, points=10)
    books.earn(2, points=10)

    books.post(
        [
            books.transfer(2, "lapse", 4),
            books.transfer(3, "earn_points", 8),
            books.transfer(1, "spend", 10),
            books.transfer(2, "earn_points", 1),
        ]
    )

    assert books.rows(
        "SELECT owner_id, active_points, earned_points, spent_points, lapsed_points FROM wallet"
    ) == [
        (3, 8, 8, 0, 0),
        (1, 0, 10, 10, 0),
        (2, 7, 11, 0, 4),
    ]
    assert books.findings() == []


lines = st.lists(
    st.tuples(st.integers(1, 4), st.sampled_from(["earn_points", "earn_reduction", "spend"]), st.integers(1, 50)),
    max_size=12,
)


@given(lines=lines)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_batch_books_the_same_as_its_transfers_one_by_one(
    books: Books, context: Context, lines: list[tuple[int, str, int]]
) -> None:
    with context.open_session() as session:
        connection = session.connection()
        for owner_id in range(1, 5):
            books.earn(owner_id, points=600)
        transfers = [books.transfer(owner_id, kind, amount) for owner_id, kind, amount in lines]

        one_by_one = connection.begin_nested()
        for transfer in transfers:
            books.post([transfer])
        expected = (books.rows(WALLETS), books.rows(LOTS), books.rows(TRANSFERS))
        one_by_one.rollback()
        books.post(transfers)

        assert (books.rows(WALLETS), books.rows(LOTS), books.rows(TRANSFERS)) == expected
        assert books.findings() == []
        session.rollback()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE transfer SET amount = amount + 1",
        "DELETE FROM transfer",
        "TRUNCATE transfer",
        "ALTER TABLE transfer DISABLE TRIGGER ALL",
        "DROP TABLE transfer",
        "DELETE FROM wallet",
        "DELETE FROM lot",
        "UPDATE funder SET code = 'mine'",
        "INSERT INTO funder VALUES (-2, 'mine', 'a', 'b')",
    ],
)
def test_the_application_can_neither_change_nor_delete_what_is_booked(
    books: Books, context: Context, statement: LiteralString
) -> None:
    books.earn(1, points=5)

    with context.open_session() as session, pytest.raises(psycopg.errors.InsufficientPrivilege):
        driver(session).execute(statement)
