"""Create a terminal."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from sqlmodel import Session

from service import identity
from service.core.context import Context
from service.core.database import transact
from service.core.numbers import claim, remember
from service.rewards.answers import Answer, again, done, terminal_answer
from service.rewards.domain.offers import Terminal
from service.rewards.domain.refusals import CodeTaken, StoreNotFound
from service.rewards.store.merchants import find_store, insert_terminal, next_id


@dataclass(frozen=True, slots=True)
class NewTerminal:
    """What is asked; ``public_key`` is a JWK, the private half never leaves the till."""

    store_id: int
    code: str
    public_key: Mapping[str, str]


def create_terminal(
    context: Context, caller: identity.OperatorCaller, request_no: str, asked: NewTerminal
) -> Answer:
    """Create a terminal in a store and let its key in.

    Raises:
        StoreNotFound: There is no such store.
        CodeTaken: Another terminal of the store has the code.
        NumberReused: The request number stands for something else.
    """
    key = caller.number_key("create_terminal", request_no)

    def work(session: Session) -> Answer:
        now = context.now()
        first = claim(session, key, asdict(asked), now)
        if first is not None:
            return again(first)
        store = find_store(session, asked.store_id)
        if store is None:
            raise StoreNotFound(store_id=asked.store_id)
        terminal_id = next_id(session, "terminal")
        key_id = identity.register_machine(session, "terminal", terminal_id, dict(asked.public_key), now)
        terminal = Terminal(terminal_id, store.store_id, store.merchant_id, asked.code, key_id, now)
        if not insert_terminal(session, terminal):
            raise CodeTaken(taken=asked.code)
        answer = done(terminal=terminal_answer(terminal))
        remember(session, key, answer)
        return answer

    return transact(context, work, numbered=True)
