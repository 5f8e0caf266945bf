"""List a citizen's orders."""

from service.core.context import Context
from service.core.database import transact
from service.core.paging import Page
from service.rewards.answers import Answer, order_answer, paged
from service.rewards.store import vouchers


def list_orders(context: Context, citizen_id: int, page: Page) -> Answer:
    """Return a page of the citizen's orders, newest first."""
    rows = transact(context, lambda session: vouchers.list_orders(session, citizen_id, page))
    return paged("orders", [order_answer(row) for row in rows], page, "order_id")
