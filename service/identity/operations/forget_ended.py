"""Delete what has ended and proves nothing any more."""

from sqlmodel import Session

from service.core.context import Context
from service.core.database import transact
from service.identity.store.ended import ROWS_MAX, delete_ended


def forget_ended(context: Context) -> bool:
    """Delete a bounded number of ended codes, windows, sessions and one-time ids; tells whether more are left."""

    def forget(session: Session) -> bool:
        return ROWS_MAX in delete_ended(session, context.now())

    return transact(context, forget)
