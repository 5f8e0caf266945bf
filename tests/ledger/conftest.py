import pytest

from service.core.context import Context
from tests.ledger.bookings import Books


@pytest.fixture
def books(context: Context) -> Books:
    """The books of one rolled-back transaction."""
    return Books(context)


@pytest.fixture
def committed_books(committed: Context) -> Books:
    """Books that really commit."""
    return Books(committed)
