"""List stores."""

from service.core.context import Context
from service.core.database import transact
from service.core.paging import Page
from service.rewards.answers import Answer, paged, store_answer
from service.rewards.store import merchants


def list_stores(context: Context, page: Page) -> Answer:
    """Return a page of stores, oldest first."""
    rows = transact(context, lambda session: merchants.list_stores(session, page))
    return paged("stores", [store_answer(row) for row in rows], page, "store_id")
