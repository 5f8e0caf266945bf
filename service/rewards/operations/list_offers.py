"""List the offers that everybody may see."""

from service.core.context import Context
from service.core.database import transact
from service.core.paging import Page
from service.rewards.answers import Answer, offer_answer, paged
from service.rewards.store.offers import list_offers_ending_after


def list_offers(context: Context, page: Page) -> Answer:
    """Return a page of the offers whose sale is not over, oldest first."""
    now = context.now()
    rows = transact(context, lambda session: list_offers_ending_after(session, now, page))
    return paged("offers", [offer_answer(row, now) for row in rows], page, "offer_id")
