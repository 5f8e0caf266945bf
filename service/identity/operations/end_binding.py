"""End a binding."""

from uuid import UUID

from sqlmodel import Session

from service.core.context import Context
from service.core.database import transact
from service.identity.domain.consent import Binding
from service.identity.refusals import BindingNotFound
from service.identity.store import consent


def end_binding(context: Context, citizen_id: int, binding_id: UUID) -> Binding:
    """End one's own binding and free the partner's account; ending it twice changes nothing.

    Raises:
        BindingNotFound: The citizen has no such binding.
    """

    def end(session: Session) -> Binding:
        consent.end_binding(session, citizen_id, binding_id, context.now())
        ended = consent.find_binding(session, citizen_id, binding_id)
        if ended is None:
            raise BindingNotFound
        return ended

    return transact(context, end)
