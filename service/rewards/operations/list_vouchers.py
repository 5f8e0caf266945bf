"""List a citizen's vouchers."""

from service.core.context import Context
from service.core.database import transact
from service.core.paging import Page
from service.rewards.answers import Answer, paged, voucher_answer
from service.rewards.store import vouchers


def list_vouchers(context: Context, citizen_id: int, page: Page) -> Answer:
    """Return a page of the citizen's vouchers, newest first, each in the state of this instant."""
    now = context.now()
    rows = transact(context, lambda session: vouchers.list_vouchers(session, citizen_id, page))
    return paged("vouchers", [voucher_answer(row, now) for row in rows], page, "voucher_id")
