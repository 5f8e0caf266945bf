"""Say that the worker of a batch still lives."""

from datetime import timedelta

from service.activities.domain.batches import LEASE_S, Job, LeaseLost
from service.activities.store.batches import prolong_lease
from service.core.context import Context
from service.core.database import transact


def keep_lease(context: Context, job: Job) -> None:
    """Prolong the lease.

    Raises:
        LeaseLost: Another worker has the batch by now.
    """
    until = context.now() + timedelta(seconds=LEASE_S)
    if not transact(context, lambda session: prolong_lease(session, job.key, job.lease_id, until), numbered=True):
        raise LeaseLost(job.key)
