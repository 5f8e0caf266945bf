"""Create a merchant."""

from dataclasses import asdict, dataclass

from sqlmodel import Session

from service.core.context import Context
from service.core.database import transact
from service.core.numbers import claim, remember
from service.core.texts import Text
from service.identity import OperatorCaller
from service.rewards.answers import Answer, again, done, merchant_answer
from service.rewards.domain.offers import Merchant
from service.rewards.domain.refusals import CodeTaken
from service.rewards.store.merchants import insert_merchant, next_id


@dataclass(frozen=True, slots=True)
class NewMerchant:
    """What is asked."""

    code: str
    name: Text


def create_merchant(context: Context, caller: OperatorCaller, request_no: str, asked: NewMerchant) -> Answer:
    """Create a merchant with an owner id of its own in the books.

    Raises:
        CodeTaken: Another merchant has the code.
        NumberReused: The request number stands for something else.
    """
    key = caller.number_key("create_merchant", request_no)

    def work(session: Session) -> Answer:
        now = context.now()
        first = claim(session, key, asdict(asked), now)
        if first is not None:
            return again(first)
        merchant = Merchant(next_id(session, "merchant"), asked.code, asked.name, now)
        if not insert_merchant(session, merchant):
            raise CodeTaken(taken=asked.code)
        answer = done(merchant=merchant_answer(merchant))
        remember(session, key, answer)
        return answer

    return transact(context, work, numbered=True)
