"""Create an offer."""

from dataclasses import asdict

from sqlmodel import Session

from service.core.context import Context
from service.core.database import transact
from service.core.numbers import claim, remember
from service.core.refusals import InvalidRequest
from service.identity import OperatorCaller
from service.rewards.answers import Answer, again, done, operator_offer_answer
from service.rewards.domain.offers import OfferTerms, offer_problems
from service.rewards.domain.refusals import MerchantNotFound
from service.rewards.store.merchants import find_merchant, list_store_ids, next_id
from service.rewards.store.offers import find_offer, insert_offer


def create_offer(
    context: Context, caller: OperatorCaller, request_no: str, terms: OfferTerms, stock_total: int
) -> Answer:
    """Publish an offer of a merchant with its stock.

    Raises:
        MerchantNotFound: There is no such merchant.
        InvalidRequest: The terms contradict themselves; each place is pointed to.
        NumberReused: The request number stands for something else.
    """
    key = caller.number_key("create_offer", request_no)

    def work(session: Session) -> Answer:
        now = context.now()
        first = claim(session, key, {**asdict(terms), "stock": stock_total}, now)
        if first is not None:
            return again(first)
        if find_merchant(session, terms.merchant_id) is None:
            raise MerchantNotFound(merchant_id=terms.merchant_id)
        problems = list(offer_problems(terms, list_store_ids(session, terms.merchant_id)))
        if problems:
            raise InvalidRequest(errors=problems)
        offer_id = next_id(session, "offer")
        insert_offer(session, offer_id, terms, stock_total, now)
        offer = find_offer(session, offer_id)
        assert offer is not None, "it was added just now"  # noqa: S101 - for the type checker
        answer = done(offer=operator_offer_answer(offer, now))
        remember(session, key, answer)
        return answer

    return transact(context, work, numbered=True)
