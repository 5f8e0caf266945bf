"""Batches: manifests, stored parts, leases and progress."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from service.activities.domain.batches import Batch, LineResult, Manifest, Tally
from service.activities.domain.refusals import BatchNotFound
from service.core.database import Row, driver, execute, fetch_all, fetch_one

_MANIFEST = (
    "batch_no, period, seq, prev_digest, format, compression, file_bytes, sha256, lines, distance_m_sum, parts"
)
_COLUMNS = (
    f"partner_id, {_MANIFEST}, state, refused_code, refused_pointer, registered_at, completed_at, finished_at,"
    " lines_done"
)
_INSERT = f"""
INSERT INTO batch (partner_id, {_MANIFEST}, state, registered_at, lines_done)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'receiving', %s, 0)
ON CONFLICT DO NOTHING
"""
_LAST = "SELECT seq, sha256 FROM batch WHERE partner_id = %s ORDER BY seq DESC LIMIT 1"
_GET = f"SELECT {_COLUMNS} FROM batch WHERE partner_id = %s AND batch_no = %s"
_OTHER_BYTES = """
SELECT coalesce(sum(part_bytes), 0)::bigint FROM batch_part
WHERE partner_id = %s AND batch_no = %s AND part_no <> %s
"""
_PUT_PART = """
INSERT INTO batch_part (partner_id, batch_no, part_no, part_bytes, content) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (partner_id, batch_no, part_no) DO UPDATE
SET part_bytes = excluded.part_bytes, content = excluded.content
"""
_PART_NOS = "SELECT part_no FROM batch_part WHERE partner_id = %s AND batch_no = %s"
_PART = "SELECT content FROM batch_part WHERE partner_id = %s AND batch_no = %s AND part_no = %s"
_PARTS = "SELECT content FROM batch_part WHERE partner_id = %s AND batch_no = %s ORDER BY part_no"
_COMPLETE = """
UPDATE batch SET state = 'processing', completed_at = %s
WHERE partner_id = %s AND batch_no = %s AND state = 'receiving'
"""
_TALLIES = """
SELECT outcome, code, lines FROM batch_tally WHERE partner_id = %s AND batch_no = %s ORDER BY outcome, code
"""
_RESULTS = """
SELECT line_no, outcome, code, pointer, event_no FROM batch_line
WHERE partner_id = %s AND batch_no = %s AND line_no > %s ORDER BY line_no LIMIT %s
"""
_WAITING = """
SELECT partner_id, batch_no FROM batch
WHERE state = 'processing' AND (leased_until IS NULL OR leased_until < %s)
ORDER BY completed_at, partner_id, batch_no LIMIT 16
"""
_LEASE = """
UPDATE batch SET lease_id = %s, leased_until = %s
WHERE partner_id = %s AND batch_no = %s AND state = 'processing' AND (leased_until IS NULL OR leased_until < %s)
"""
_PROLONG = """
UPDATE batch SET leased_until = %s
WHERE partner_id = %s AND batch_no = %s AND state = 'processing' AND lease_id = %s
"""
_CHECKED = """
UPDATE batch SET checked_at = %s, leased_until = %s
WHERE partner_id = %s AND batch_no = %s AND state = 'processing' AND lease_id = %s
"""
_REFUSE = """
UPDATE batch SET state = 'refused', refused_code = %s, refused_pointer = %s, finished_at = %s, leased_until = NULL
WHERE partner_id = %s AND batch_no = %s AND state = 'processing' AND lease_id = %s AND checked_at IS NULL
"""
_ADVANCE = """
UPDATE batch SET lines_done = %s, leased_until = %s
WHERE partner_id = %s AND batch_no = %s AND state = 'processing' AND lease_id = %s AND lines_done = %s
AND checked_at IS NOT NULL
"""
_FINISH = """
UPDATE batch SET state = 'done', finished_at = %s, leased_until = NULL
WHERE partner_id = %s AND batch_no = %s AND state = 'processing' AND lease_id = %s AND lines_done = lines
"""
_CHECKED_STATE = "SELECT checked_at IS NOT NULL FROM batch WHERE partner_id = %s AND batch_no = %s"

_LAZILY = "SET LOCAL synchronous_commit = off"

Key = tuple[int, str]
"""A batch: its partner and its number."""


def insert_batch(session: Session, partner_id: int, manifest: Manifest, now: datetime) -> bool:
    """Register a batch; ``False`` when another took its place in the sequence meanwhile."""
    values = (
        partner_id,
        manifest.batch_no,
        manifest.period,
        manifest.seq,
        manifest.prev_digest,
        manifest.format,
        manifest.compression,
        manifest.file_bytes,
        manifest.sha256,
        manifest.lines,
        manifest.distance_m_sum,
        manifest.parts,
        now,
    )
    return execute(session, _INSERT, values) == 1


def last_in_sequence(session: Session, partner_id: int) -> tuple[int, bytes | None]:
    """Return the seq and the digest of the partner's last batch; ``(0, None)`` before the first."""
    found = fetch_one(session, _LAST, (partner_id,))
    return (0, None) if found is None else (found[0], bytes(found[1]))


def get_batch(session: Session, key: Key, *, lock: bool = False) -> Batch:
    """Return a batch of the partner, locked against everybody else if asked.

    Raises:
        BatchNotFound: The partner has none of this number.
    """
    found = fetch_one(session, _GET + (" FOR UPDATE" if lock else ""), key)
    if found is None:
        raise BatchNotFound(batch_no=key[1])
    return _batch(found)


def put_part(session: Session, key: Key, part_no: int, content: bytes) -> None:
    """Store a part, in the place of an earlier one of the same number."""
    execute(session, _PUT_PART, (*key, part_no, len(content), content))


def bytes_of_other_parts(session: Session, key: Key, part_no: int) -> int:
    """Return how much is stored of the batch besides one part."""
    found = fetch_one(session, _OTHER_BYTES, (*key, part_no))
    return int(found[0]) if found else 0


def part_nos(session: Session, key: Key) -> set[int]:
    """Return which parts are there."""
    return {row[0] for row in fetch_all(session, _PART_NOS, key)}


def get_part(session: Session, key: Key, part_no: int) -> bytes:
    """Return the content of one part."""
    found = fetch_one(session, _PART, (*key, part_no))
    if found is None:
        message = f"batch {key} has no part {part_no}"
        raise LookupError(message)
    return bytes(found[0])


def stream_parts(session: Session, key: Key) -> Iterator[bytes]:
    """Yield the contents of the parts in their order, one in memory at a time."""
    with driver(session).cursor(name="batch_parts") as cursor:
        cursor.itersize = 1
        for row in cursor.execute(_PARTS, key):
            yield bytes(row[0])


def set_completed(session: Session, key: Key, now: datetime) -> bool:
    """Hand a batch to the worker."""
    return execute(session, _COMPLETE, (now, *key)) == 1


def list_tallies(session: Session, key: Key) -> list[Tally]:
    """Return how the lines of a batch ended, counted."""
    return [Tally(*row) for row in fetch_all(session, _TALLIES, key)]


def list_results(session: Session, key: Key, after_line: int, limit: int) -> list[LineResult]:
    """Return what became of the lines, in order."""
    return [LineResult(*row) for row in fetch_all(session, _RESULTS, (*key, after_line, limit))]


def list_waiting(session: Session, now: datetime) -> Sequence[Key]:
    """Return unfinished batches that no worker holds, the longest waiting first."""
    return [(row[0], row[1]) for row in fetch_all(session, _WAITING, (now,))]


def take_lease(session: Session, key: Key, lease_id: UUID, now: datetime, until: datetime) -> bool:
    """Take a batch for one worker; ``False`` when another was faster."""
    return execute(session, _LEASE, (lease_id, until, *key, now)) == 1


def prolong_lease(session: Session, key: Key, lease_id: UUID, until: datetime) -> bool:
    """Say that the worker still lives; ``False`` when the lease is another's by now."""
    return execute(session, _PROLONG, (until, *key, lease_id)) == 1


def set_checked(session: Session, key: Key, lease_id: UUID, now: datetime, until: datetime) -> bool:
    """Note that the whole file is what its manifest says, so that it may be booked."""
    return execute(session, _CHECKED, (now, until, *key, lease_id)) == 1


def is_checked(session: Session, key: Key) -> bool:
    """Tell whether the whole file was checked before."""
    found = fetch_one(session, _CHECKED_STATE, key)
    return found is not None and bool(found[0])


def set_refused(session: Session, key: Key, lease_id: UUID, reason: tuple[str, str], now: datetime) -> bool:
    """Refuse a batch of which nothing was booked; ``reason`` is code and pointer."""
    return execute(session, _REFUSE, (*reason, now, *key, lease_id)) == 1


def advance(session: Session, key: Key, lease_id: UUID, lines: tuple[int, int], until: datetime) -> bool:
    """Move a batch from ``lines[0]`` to ``lines[1]`` lines done, and hold its row until the commit.

    This is what keeps two workers, or one that was thought dead, from booking a chunk twice.
    """
    before, after = lines
    return execute(session, _ADVANCE, (after, until, *key, lease_id, before)) == 1


def set_done(session: Session, key: Key, lease_id: UUID, now: datetime) -> bool:
    """Finish a batch whose last line is done; ``False`` while there are more."""
    return execute(session, _FINISH, (now, *key, lease_id)) == 1


def commit_lazily(session: Session) -> None:
    """Let the commit of a chunk that is not the last return before it is on disk.

    A power failure may then take the last chunks back as a whole, line counter included, and they are booked anew;
    whatever is committed after them in earnest (the last chunk, somebody's order) brings them to the disk first.
    """
    execute(session, _LAZILY)


def _batch(row: Row) -> Batch:
    partner_id, batch_no, period, seq, prev_digest, *rest = row
    form, compression, file_bytes, sha256, lines, distance_m_sum, parts, *state = rest
    manifest = Manifest(
        batch_no=batch_no,
        period=period,
        seq=seq,
        prev_digest=None if prev_digest is None else bytes(prev_digest),
        format=form,
        compression=compression,
        file_bytes=file_bytes,
        sha256=bytes(sha256),
        lines=lines,
        distance_m_sum=distance_m_sum,
        parts=parts,
    )
    return Batch(partner_id, manifest, *state)
