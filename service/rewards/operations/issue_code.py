"""Issue a holder's code."""

from sqlmodel import Session

from service.core.clock import rfc3339
from service.core.context import Context
from service.core.database import transact
from service.rewards.answers import Answer
from service.rewards.codes import CODE_LIFETIME, HASH_PURPOSE, draw_code, qr_text
from service.rewards.store.tills import insert_code


def issue_code(context: Context, citizen_id: int) -> Answer:
    """Return a new code for the citizen's screen; it works once, for a minute, and is kept only as a hash.

    Earlier codes run out by themselves, so a till may still take the one that was on the screen a second ago.
    """

    def work(session: Session) -> Answer:
        expires_at = context.now() + CODE_LIFETIME
        code = draw_code(context.random_bytes)
        while not insert_code(session, context.keyring.hash(HASH_PURPOSE, code), citizen_id, expires_at):
            code = draw_code(context.random_bytes)
        return {"code": code, "expires_at": rfc3339(expires_at), "qr_text": qr_text(code), "outcome": "done"}

    return transact(context, work)
