"""Take the next unfinished batch for one worker."""

from datetime import timedelta
from uuid import UUID

from sqlmodel import Session

from service.activities.domain.batches import LEASE_S, Job
from service.activities.store import batches, partners
from service.activities.store.programmes import get_programme
from service.core.context import Context
from service.core.database import transact


def lease_batch(context: Context) -> Job | None:
    """Return a batch that nobody else processes for the next :data:`LEASE_S` seconds, or ``None``."""
    now = context.now()
    lease_id = context.new_id()
    until = now + timedelta(seconds=LEASE_S)

    def work(session: Session) -> Job | None:
        for key in batches.list_waiting(session, now):
            if batches.take_lease(session, key, lease_id, now, until):
                return _job(session, key, lease_id)
        return None

    return transact(context, work, numbered=True)


def _job(session: Session, key: batches.Key, lease_id: UUID) -> Job:
    batch = batches.get_batch(session, key)
    partner = partners.get_partner(session, batch.partner_id)
    return Job(
        partner_id=batch.partner_id,
        activity_types=partner.activity_types,
        programme=get_programme(session, partner.programme_code),
        manifest=batch.manifest,
        received_at=batch.completed_at or batch.registered_at,
        checked=batches.is_checked(session, key),
        lines_done=batch.lines_done,
        lease_id=lease_id,
    )
