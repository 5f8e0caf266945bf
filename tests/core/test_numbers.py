import threading

import pytest
from sqlmodel import Session

from service.core.context import Context
from service.core.database import transact
from service.core.numbers import NumberKey, claim, remember
from service.core.refusals import NumberReused

KEY = NumberKey("citizen", 7, "order", "A-1")


def test_a_number_answers_the_same_for_ever(context: Context, session: Session) -> None:
    assert claim(session, KEY, {"offer": 1}, context.now()) is None
    remember(session, KEY, {"order_id": "x", "points": 5})

    assert claim(session, KEY, {"offer": 1}, context.now()) == {"order_id": "x", "points": 5}


def test_a_number_used_for_something_else_is_refused(context: Context, session: Session) -> None:
    claim(session, KEY, {"offer": 1}, context.now())
    remember(session, KEY, {})

    with pytest.raises(NumberReused):
        claim(session, KEY, {"offer": 2}, context.now())


@pytest.mark.parametrize(
    "other",
    [
        NumberKey("citizen", 8, "order", "A-1"),
        NumberKey("terminal", 7, "order", "A-1"),
        NumberKey("citizen", 7, "cancel", "A-1"),
        NumberKey("citizen", 7, "order", "A-2"),
    ],
)
def test_a_number_belongs_to_its_caller_and_verb(other: NumberKey, context: Context, session: Session) -> None:
    claim(session, KEY, {"offer": 1}, context.now())
    remember(session, KEY, {})

    assert claim(session, other, {"offer": 2}, context.now()) is None


def test_what_was_not_done_frees_its_number(committed: Context) -> None:
    def refused(session: Session) -> None:
        claim(session, KEY, {"offer": 1}, committed.now())
        raise LookupError

    with pytest.raises(LookupError):
        transact(committed, refused)

    assert transact(committed, lambda session: claim(session, KEY, {"offer": 2}, committed.now())) is None


def test_of_many_at_once_exactly_one_does_the_work(committed: Context) -> None:
    done: list[int] = []
    answers: list[object] = []
    start = threading.Barrier(8)

    def ask(me: int) -> None:
        def work(session: Session) -> object:
            first = claim(session, KEY, {"offer": 1}, committed.now())
            if first is not None:
                return first["by"]
            done.append(me)
            remember(session, KEY, {"by": me})
            return me

        start.wait()
        answers.append(transact(committed, work, numbered=True))

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(done) == 1
    assert answers == done * 8
