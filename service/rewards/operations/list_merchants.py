"""List merchants."""

from service.core.context import Context
from service.core.database import transact
from service.core.paging import Page
from service.rewards.answers import Answer, merchant_answer, paged
from service.rewards.store import merchants


def list_merchants(context: Context, page: Page) -> Answer:
    """Return a page of merchants, oldest first."""
    rows = transact(context, lambda session: merchants.list_merchants(session, page))
    return paged("merchants", [merchant_answer(row) for row in rows], page, "merchant_id")
