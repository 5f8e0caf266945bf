from datetime import date

import pytest

from service import ledger
from service.core.paging import Page
from service.core.refusals import InvalidRequest
from tests.clock import MovingClock
from tests.ledger.bookings import Books


def amounts(books: Books, owner_id: int, limit: int) -> list[list[int]]:
    """Return the amounts of every page."""
    pages: list[list[int]] = []
    after: str | None = None
    with books.context.open_session() as session:
        while True:
            found, after = ledger.list_transfers(session, owner_id, Page(after, limit))
            pages.append([booked.transfer.amount for booked in found])
            if after is None:
                return pages


def test_pages_give_every_transfer_once_newest_first(books: Books, clock: MovingClock) -> None:
    for amount in range(1, 8):
        books.earn(7, points=amount)
        books.earn(8, points=100)
        clock.advance(hours=9)

    assert amounts(books, 7, limit=3) == [[7, 6, 5], [4, 3, 2], [1]]
    assert amounts(books, 7, limit=7) == [[7, 6, 5, 4, 3, 2, 1]]
    assert amounts(books, 404, limit=7) == [[]]


def test_a_page_is_not_moved_by_what_is_booked_meanwhile(books: Books, clock: MovingClock) -> None:
    for amount in range(1, 5):
        books.earn(7, points=amount)
        clock.advance(minutes=1)
    with books.context.open_session() as session:
        _, after = ledger.list_transfers(session, 7, Page(None, 2))
    books.earn(7, points=99)

    with books.context.open_session() as session:
        found, _ = ledger.list_transfers(session, 7, Page(after, 2))

    assert [booked.transfer.amount for booked in found] == [2, 1]


def test_a_listed_transfer_is_the_one_that_was_booked(books: Books) -> None:
    booked = books.transfer(7, "earn_points", 12, counterparty_id=-1)
    books.post([booked])

    with books.context.open_session() as session:
        found, after = ledger.list_transfers(session, 7, Page(None, 10))

    moment = ledger.Moment(books.context.now(), date(2026, 11, 20), date(2026, 11, 20))
    assert (found, after) == ([ledger.Booked(booked, moment)], None)


@pytest.mark.parametrize("after", ["nonsense", "WyJhIiwiYiJd", "WyJhIl0"])
def test_a_cursor_that_is_not_ours_is_refused(books: Books, after: str) -> None:
    with books.context.open_session() as session, pytest.raises(InvalidRequest) as refused:
        ledger.list_transfers(session, 7, Page(after, 10))

    assert [error.code for error in refused.value.errors] == ["BAD_CURSOR"]
