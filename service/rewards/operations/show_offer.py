"""Show an offer."""

from service.core.context import Context
from service.core.database import transact
from service.rewards.answers import Answer, offer_answer
from service.rewards.domain.refusals import OfferNotFound
from service.rewards.store.offers import find_offer


def show_offer(context: Context, offer_id: int) -> Answer:
    """Return an offer.

    Raises:
        OfferNotFound: There is no such offer.
    """
    offer = transact(context, lambda session: find_offer(session, offer_id))
    if offer is None:
        raise OfferNotFound(offer_id=offer_id)
    return {"offer": offer_answer(offer, context.now())}
