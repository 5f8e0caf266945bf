"""Create a programme."""

from sqlmodel import Session

from service.activities.domain.programme import Programme
from service.activities.domain.refusals import ProgrammeExists
from service.activities.store.programmes import get_programme, insert_programme
from service.core.context import Context
from service.core.database import transact


def create_programme(context: Context, programme: Programme) -> bool:
    """Write a programme; ``False`` when the very same one exists.

    Raises:
        ProgrammeExists: Its code stands for another programme; programmes never change.
    """

    def work(session: Session) -> bool:
        if insert_programme(session, programme):
            return True
        if get_programme(session, programme.code) != programme:
            raise ProgrammeExists(programme_code=programme.code)
        return False

    return transact(context, work)
