"""Show how far a batch has come."""

from sqlmodel import Session

from service import identity
from service.activities.domain.batches import Batch, Tally
from service.activities.store import batches
from service.core.context import Context
from service.core.database import transact


def show_batch(context: Context, caller: identity.MachineCaller, batch_no: str) -> tuple[Batch, list[Tally]]:
    """Return a batch of the partner and the counts of its lines by outcome and code.

    Raises:
        BatchNotFound: The partner has no such batch.
        RequestReplayed: The request was used before.
    """
    key = (caller.machine_id, batch_no)

    def work(session: Session) -> tuple[Batch, list[Tally]]:
        identity.spend_proof(session, caller, context.now())
        return batches.get_batch(session, key), batches.list_tallies(session, key)

    return transact(context, work, numbered=True)
