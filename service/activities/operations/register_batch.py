"""Register a batch by its manifest."""

from sqlmodel import Session

from service import identity
from service.activities.domain.batches import Manifest
from service.activities.domain.refusals import BatchSequenceBroken
from service.activities.store import batches
from service.activities.wire import batch_wire, manifest_wire
from service.core import numbers
from service.core.context import Context
from service.core.database import transact


def register_batch(context: Context, caller: identity.MachineCaller, manifest: Manifest) -> dict[str, object]:
    """Register a batch and return the answer; the same manifest again gives the same answer.

    Raises:
        BatchSequenceBroken: It does not follow the partner's last batch.
        NumberReused: The batch number stands for another manifest.
        RequestReplayed: The request was used before.
    """
    now = context.now()
    key = caller.number_key("register_batch", manifest.batch_no)

    def work(session: Session) -> dict[str, object]:
        identity.spend_proof(session, caller, now)
        first = numbers.claim(session, key, manifest_wire(manifest), now)
        if first is not None:
            return {**first, "replayed": True}
        seq, digest = batches.last_in_sequence(session, caller.machine_id)
        follows = (manifest.seq, manifest.prev_digest) == (seq + 1, digest)
        if not follows or not batches.insert_batch(session, caller.machine_id, manifest, now):
            seq, digest = batches.last_in_sequence(session, caller.machine_id)
            raise BatchSequenceBroken(seq=seq + 1, prev_digest=None if digest is None else digest.hex())
        batch = batches.get_batch(session, (caller.machine_id, manifest.batch_no))
        answer: dict[str, object] = {"batch": batch_wire(batch), "outcome": "done", "replayed": False}
        numbers.remember(session, key, answer)
        return answer

    return transact(context, work, numbered=True)
