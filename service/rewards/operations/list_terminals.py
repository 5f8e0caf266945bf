"""List terminals."""

from service.core.context import Context
from service.core.database import transact
from service.core.paging import Page
from service.rewards.answers import Answer, paged, terminal_answer
from service.rewards.store import merchants


def list_terminals(context: Context, page: Page) -> Answer:
    """Return a page of terminals, oldest first."""
    rows = transact(context, lambda session: merchants.list_terminals(session, page))
    return paged("terminals", [terminal_answer(row) for row in rows], page, "terminal_id")
