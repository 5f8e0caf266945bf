"""Show the summary of a statement."""

from datetime import date

from service.core.context import Context
from service.core.database import transact
from service.settlement.answers import Answer, statement_answer
from service.settlement.domain import StatementNotFound
from service.settlement.store import find_statement


def show_statement(context: Context, merchant_id: int, day: date) -> Answer:
    """Return the summary of a merchant's statement.

    Raises:
        StatementNotFound: The day is not closed, or the merchant came later.
    """
    statement = transact(context, lambda session: find_statement(session, merchant_id, day))
    if statement is None:
        raise StatementNotFound(merchant_id=merchant_id, day=day)
    return {"statement": statement_answer(statement)}
