"""Complete a batch."""

from hashlib import sha256

from sqlmodel import Session

from service import identity
from service.activities.domain.batches import Batch
from service.activities.domain.refusals import BatchDigestDiffers, BatchPartsMissing, BatchSizeDiffers
from service.activities.store import batches
from service.activities.wire import batch_wire
from service.core.context import Context
from service.core.database import transact
from service.core.refusals import FieldProblem

MISSING_SHOWN = 10


def complete_batch(context: Context, caller: identity.MachineCaller, batch_no: str) -> dict[str, object]:
    """Hand a batch whose file is whole to the worker; a batch that was completed before stays as it is.

    Raises:
        BatchNotFound: The partner has no such batch.
        BatchPartsMissing: Not all declared parts are there.
        BatchSizeDiffers: The parts together are not as large as the manifest says.
        BatchDigestDiffers: The parts together are another file than the manifest's.
        RequestReplayed: The request was used before.
    """
    key = (caller.machine_id, batch_no)
    now = context.now()

    def work(session: Session) -> dict[str, object]:
        identity.spend_proof(session, caller, now)
        batch = batches.get_batch(session, key, lock=True)
        replayed = batch.state != "receiving"
        if not replayed:
            _check_whole(session, batch)
            batches.set_completed(session, key, now)
            batch = batches.get_batch(session, key)
        return {"batch": batch_wire(batch), "outcome": "done", "replayed": replayed}

    return transact(context, work, numbered=True)


def _check_whole(session: Session, batch: Batch) -> None:
    key, manifest = (batch.partner_id, batch.manifest.batch_no), batch.manifest
    missing = sorted(set(range(1, manifest.parts + 1)) - batches.part_nos(session, key))
    if missing:
        problem = FieldProblem("#/parts", BatchPartsMissing.code, BatchPartsMissing.title)
        raise BatchPartsMissing(errors=[problem], missing=", ".join(map(str, missing[:MISSING_SHOWN])))
    found, digest = 0, sha256()
    for content in batches.stream_parts(session, key):
        found += len(content)
        digest.update(content)
    if found != manifest.file_bytes:
        problem = FieldProblem("#/bytes", BatchSizeDiffers.code, BatchSizeDiffers.title)
        raise BatchSizeDiffers(errors=[problem], declared=manifest.file_bytes, found=found)
    if digest.digest() != manifest.sha256:
        problem = FieldProblem("#/sha256", BatchDigestDiffers.code, BatchDigestDiffers.title)
        raise BatchDigestDiffers(errors=[problem], found=digest.hexdigest())
