"""Create a store."""

from dataclasses import asdict, dataclass

from sqlmodel import Session

from service.core.context import Context
from service.core.database import transact
from service.core.numbers import claim, remember
from service.core.texts import Text
from service.identity import OperatorCaller
from service.rewards.answers import Answer, again, done, store_answer
from service.rewards.domain.offers import Store
from service.rewards.domain.refusals import CodeTaken, MerchantNotFound
from service.rewards.store.merchants import find_merchant, insert_store, next_id


@dataclass(frozen=True, slots=True)
class NewStore:
    """What is asked."""

    merchant_id: int
    code: str
    name: Text


def create_store(context: Context, caller: OperatorCaller, request_no: str, asked: NewStore) -> Answer:
    """Create a store of a merchant.

    Raises:
        MerchantNotFound: There is no such merchant.
        CodeTaken: Another store of the merchant has the code.
        NumberReused: The request number stands for something else.
    """
    key = caller.number_key("create_store", request_no)

    def work(session: Session) -> Answer:
        now = context.now()
        first = claim(session, key, asdict(asked), now)
        if first is not None:
            return again(first)
        if find_merchant(session, asked.merchant_id) is None:
            raise MerchantNotFound(merchant_id=asked.merchant_id)
        store = Store(next_id(session, "store"), asked.merchant_id, asked.code, asked.name, now)
        if not insert_store(session, store):
            raise CodeTaken(taken=asked.code)
        answer = done(store=store_answer(store))
        remember(session, key, answer)
        return answer

    return transact(context, work, numbered=True)
