"""Show what a terminal has done under one of its numbers."""

from sqlmodel import Session

from service import identity
from service.core.context import Context
from service.core.database import transact
from service.rewards.answers import Answer, verification_answer
from service.rewards.domain.refusals import VerificationNotFound
from service.rewards.store.merchants import get_terminal
from service.rewards.store.redemptions import redemptions_of_number


def show_verification(context: Context, caller: identity.MachineCaller, verify_no: str) -> Answer:
    """Return the verification that stands under the number, as it was answered first.

    Raises:
        VerificationNotFound: Nothing was done under it; it may be sent with the same number.
    """

    def work(session: Session) -> Answer:
        identity.spend_proof(session, caller, context.now())
        found = redemptions_of_number(session, get_terminal(session, caller.machine_id), verify_no)
        if not found:
            raise VerificationNotFound(verify_no=verify_no)
        return {"verification": verification_answer(found), "outcome": "done"}

    return transact(context, work)
