"""Read one's own account."""

from sqlmodel import Session

from service.core.context import Context
from service.core.database import transact
from service.identity.domain.citizens import Citizen
from service.identity.store import citizens, consent


def read_citizen(context: Context, citizen_id: int) -> tuple[Citizen, bool]:
    """Return a citizen, and whether an entrustment is in force."""

    def read(session: Session) -> tuple[Citizen, bool]:
        citizen = citizens.get_citizen(session, context.keyring, citizen_id)
        return citizen, consent.find_entrustment(session, citizen_id) is not None

    return transact(context, read)
