"""Note that a batch's whole file is what its manifest says."""

from datetime import timedelta

from service.activities.domain.batches import LEASE_S, Job, LeaseLost
from service.activities.store.batches import set_checked
from service.core.context import Context
from service.core.database import transact


def confirm_batch(context: Context, job: Job) -> None:
    """Let the batch be booked; a worker that takes over need not check it again.

    Raises:
        LeaseLost: Another worker has the batch by now.
    """
    now = context.now()
    until = now + timedelta(seconds=LEASE_S)
    if not transact(
        context, lambda session: set_checked(session, job.key, job.lease_id, now, until), numbered=True
    ):
        raise LeaseLost(job.key)
