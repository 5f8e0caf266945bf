"""Bind a partner's account to a citizen."""

from uuid import UUID

from sqlmodel import Session

from service.core.context import Context
from service.core.database import transact
from service.core.signing import NotAccepted, Ticket, check_ticket, read_key_id
from service.identity.domain.consent import Binding
from service.identity.refusals import SubjectAlreadyBound, TicketInvalid, TicketSpent, ticket_refusal
from service.identity.store import consent, machines
from service.identity.store.machines import MachineKey


def bind_subject(context: Context, citizen_id: int, ticket: str) -> tuple[Binding, bool]:
    """Bind the subject that a partner's ticket proves.

    Returns:
        The binding, and whether it was there before: a citizen whose first answer was lost may send the same
        ticket again.

    Raises:
        TicketInvalid: The ticket is not a partner's, or is flawed.
        TicketExpired: It is too old.
        TicketSpent: It was used before, and what it bound is no longer bound.
        SubjectAlreadyBound: Another citizen holds the partner's account.
    """

    def bind(session: Session) -> tuple[Binding, bool]:
        key, proved = _proved(session, context, ticket)
        subject = consent.subject_hash(context.keyring, key.machine_id, proved.subject_token)
        made = Binding(context.new_id(), key.machine_id, context.now(), None)
        while not consent.take_subject(session, citizen_id, made, subject):
            held = consent.find_subject(session, subject)
            if held is None:
                # Its holder ended the binding between our two statements: it is free again.
                continue
            return _held(session, citizen_id, *held), True
        if not machines.spend_once(session, key.key_id, proved.once):
            raise TicketSpent
        return made, False

    return transact(context, bind)


def _held(session: Session, citizen_id: int, holder_id: int, binding_id: UUID) -> Binding:
    binding = None if holder_id != citizen_id else consent.find_binding(session, citizen_id, binding_id)
    if binding is None:
        raise SubjectAlreadyBound
    return binding


def _proved(session: Session, context: Context, ticket: str) -> tuple[MachineKey, Ticket]:
    try:
        key = machines.find_machine_key(session, read_key_id(ticket))
        if key is None or key.kind != "partner":
            raise TicketInvalid(reason="UNKNOWN_KEY")
        return key, check_ticket(ticket, key.public_key, now=context.now())
    except NotAccepted as found:
        raise ticket_refusal(found) from None
