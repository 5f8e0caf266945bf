"""Refuse a batch as a whole."""

from service.activities.domain.batches import Job, LeaseLost
from service.activities.domain.reasons import BrokenBatch
from service.activities.store.batches import set_refused
from service.core.context import Context
from service.core.database import transact


def refuse_batch(context: Context, job: Job, broken: BrokenBatch) -> None:
    """End a batch of which nothing was booked.

    Raises:
        LeaseLost: Another worker has the batch by now.
    """
    now = context.now()
    reason = (broken.code, broken.pointer)
    if not transact(
        context, lambda session: set_refused(session, job.key, job.lease_id, reason, now), numbered=True
    ):
        raise LeaseLost(job.key)
