"""Withdraw an entrustment."""

from dataclasses import replace

from sqlmodel import Session

from service.core.context import Context
from service.core.database import transact
from service.identity.domain.consent import Entrustment
from service.identity.refusals import EntrustmentNotFound
from service.identity.store import citizens, consent


def withdraw_entrustment(context: Context, citizen_id: int) -> Entrustment:
    """End the entrustment in force; what was credited before stays.

    Raises:
        EntrustmentNotFound: None is in force.
    """

    def withdraw(session: Session) -> Entrustment:
        now = context.now()
        citizens.lock_citizen(session, citizen_id)
        in_force = consent.find_entrustment(session, citizen_id)
        if in_force is None:
            raise EntrustmentNotFound
        consent.withdraw_entrustment(session, citizen_id, now)
        return replace(in_force, withdrawn_at=now)

    return transact(context, withdraw)
