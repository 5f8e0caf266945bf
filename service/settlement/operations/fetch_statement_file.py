"""Fetch the file of a statement."""

from datetime import date

from service.core.context import Context
from service.core.database import transact
from service.settlement.domain import StatementNotFound
from service.settlement.store import find_content


def fetch_statement_file(context: Context, merchant_id: int, day: date) -> tuple[bytes, bytes]:
    """Return the bytes of a merchant's statement and their SHA-256.

    Raises:
        StatementNotFound: The day is not closed, or the merchant came later.
    """
    found = transact(context, lambda session: find_content(session, merchant_id, day))
    if found is None:
        raise StatementNotFound(merchant_id=merchant_id, day=day)
    return found
