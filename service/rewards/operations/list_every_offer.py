"""List every offer, for operators."""

from service.core.context import Context
from service.core.database import transact
from service.core.paging import Page
from service.rewards.answers import Answer, operator_offer_answer, paged
from service.rewards.store import offers


def list_every_offer(context: Context, page: Page) -> Answer:
    """Return a page of all offers, oldest first."""
    now = context.now()
    rows = transact(context, lambda session: offers.list_offers(session, page))
    return paged("offers", [operator_offer_answer(row, now) for row in rows], page, "offer_id")
