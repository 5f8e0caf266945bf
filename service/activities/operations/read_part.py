"""Read one stored part of a batch."""

from service.activities.domain.batches import Job
from service.activities.store.batches import get_part
from service.core.context import Context
from service.core.database import transact


def read_part(context: Context, job: Job, part_no: int) -> bytes:
    """Return the content of a part; the worker reads them one by one, so a large file needs no more memory."""
    return transact(context, lambda session: get_part(session, job.key, part_no), numbered=True)
