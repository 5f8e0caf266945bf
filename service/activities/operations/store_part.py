"""Store one part of a batch."""

from hashlib import sha256

from sqlmodel import Session

from service import identity
from service.activities.domain.batches import PART_BYTES_MAX
from service.activities.domain.refusals import BatchNotReceiving, PartEmpty, PartNotDeclared, PartTooLarge
from service.activities.store import batches
from service.core.context import Context
from service.core.database import transact


def store_part(
    context: Context, caller: identity.MachineCaller, place: tuple[str, int], content: bytes
) -> dict[str, object]:
    """Store a part of a batch that still receives; the same number again puts it in the earlier one's place.

    Args:
        context: The doors to the outside.
        caller: The partner.
        place: The batch number and the number of the part, from 1.
        content: The bytes of the part.

    Raises:
        BatchNotFound: The partner has no such batch.
        BatchNotReceiving: The batch was completed.
        PartNotDeclared: The manifest has fewer parts.
        PartEmpty: There is no content.
        PartTooLarge: The part is too large, or all parts together are larger than the manifest says.
        RequestReplayed: The request was used before.
    """
    batch_no, part_no = place
    key = (caller.machine_id, batch_no)
    if not content:
        raise PartEmpty
    if len(content) > PART_BYTES_MAX:
        raise PartTooLarge(limit_bytes=PART_BYTES_MAX)

    def work(session: Session) -> dict[str, object]:
        identity.spend_proof(session, caller, context.now())
        batch = batches.get_batch(session, key, lock=True)
        if batch.state != "receiving":
            raise BatchNotReceiving(batch_no=batch_no, state=batch.state)
        if not 1 <= part_no <= batch.manifest.parts:
            raise PartNotDeclared(parts=batch.manifest.parts)
        room = batch.manifest.file_bytes - batches.bytes_of_other_parts(session, key, part_no)
        if len(content) > room:
            raise PartTooLarge(limit_bytes=room)
        batches.put_part(session, key, part_no, content)
        return {
            "part": {"part_no": part_no, "bytes": len(content), "sha256": sha256(content).hexdigest()},
            "outcome": "done",
        }

    return transact(context, work, numbered=True)
