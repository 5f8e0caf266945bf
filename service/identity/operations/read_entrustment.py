"""Read one's own entrustments."""

from sqlmodel import Session

from service.core.context import Context
from service.core.database import transact
from service.identity.domain.consent import Entrustment
from service.identity.store import consent


def read_entrustment(context: Context, citizen_id: int) -> list[Entrustment]:
    """Return what was given and withdrawn, newest first; only the first can be in force."""

    def read(session: Session) -> list[Entrustment]:
        return consent.list_entrustments(session, citizen_id)

    return transact(context, read)
