"""The worker's part of the intake: it finds unfinished batches as a state in our tables and processes them.

A batch is read twice: first as a whole, to see that it is what its manifest says, so that a broken file books
nothing; then chunk by chunk. Each chunk is one transaction that also moves the batch's line counter, so a worker
that is killed at any instant leaves a batch that the next one continues where the last chunk ended.
"""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import partial

import structlog

from service import identity, methodology
from service.activities.domain.batches import CHUNK_LINES_MAX, Job, LeaseLost
from service.activities.domain.checks import Frame
from service.activities.domain.deciding import keyed_hash
from service.activities.domain.files import LineGroup, Totals, line_groups
from service.activities.domain.judging import BODY_PURPOSE, Doors, Judged, judge
from service.activities.domain.reasons import BrokenBatch
from service.activities.operations.book_chunk import book_chunk
from service.activities.operations.confirm_batch import confirm_batch
from service.activities.operations.keep_lease import keep_lease
from service.activities.operations.lease_batch import lease_batch
from service.activities.operations.read_part import read_part
from service.activities.operations.refuse_batch import refuse_batch
from service.activities.operations.release_lease import release_lease
from service.core.context import Context
from service.core.opening import Sweep

CHUNKS_AHEAD = 2
"""How many chunks are read and checked while the database books another; memory holds no more than these."""

KEEP_LEASE_EVERY = 20
"""After how many groups of the first reading the worker says that it lives."""

log = structlog.get_logger("tanhui.intake")


def sweeps(catalogue: methodology.Catalogue) -> tuple[Sweep, ...]:
    """Return the sweeps of this context."""
    return (Sweep("process_batches", partial(process_batch, catalogue=catalogue)),)


def process_batch(
    context: Context, catalogue: methodology.Catalogue, *, chunk_lines: int = CHUNK_LINES_MAX
) -> bool:
    """Process one unfinished batch to its end; ``False`` when there is none."""
    job = lease_batch(context)
    if job is None:
        return False
    try:
        _process(context, catalogue, job, chunk_lines)
    except LeaseLost:
        log.warning("lease_lost", partner_id=job.partner_id, batch_no=job.manifest.batch_no)
    return True


def _process(context: Context, catalogue: methodology.Catalogue, job: Job, chunk_lines: int) -> None:
    if not job.checked:
        try:
            _check_file(context, job)
        except BrokenBatch as broken:
            refuse_batch(context, job, broken)
            log.info("batch_refused", partner_id=job.partner_id, batch_no=job.manifest.batch_no, code=broken.code)
            return
        confirm_batch(context, job)
    doors = Doors(
        method_for=catalogue.method_for,
        body_hash=keyed_hash(context.keyring.key(BODY_PURPOSE)),
        subject_hash=partial(identity.subject_hash, context.keyring, job.partner_id),
    )
    frame = Frame(job.activity_types, job.programme, job.received_at)
    groups = line_groups(_parts(context, job), job.manifest, skip=job.lines_done, size=chunk_lines)
    try:
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="judge") as pool:
            for first_line, judged in _judged_ahead(
                pool, groups, lambda group: judge(group.sheet(), frame, doors)
            ):
                book_chunk(context, job, first_line, judged)
    except Exception:
        release_lease(context, job)
        raise
    log.info("batch_done", partner_id=job.partner_id, batch_no=job.manifest.batch_no, lines=job.manifest.lines)


def _check_file(context: Context, job: Job) -> None:
    """Read the whole file once.

    Raises:
        BrokenBatch: It cannot be read, or it is not what the manifest says.
    """
    totals = Totals()
    for number, group in enumerate(line_groups(_parts(context, job), job.manifest), start=1):
        totals.add(group, job.manifest)
        if number % KEEP_LEASE_EVERY == 0:
            keep_lease(context, job)
    totals.check(job.manifest)


def _parts(context: Context, job: Job) -> Iterator[bytes]:
    for part_no in range(1, job.manifest.parts + 1):
        yield read_part(context, job, part_no)


def _judged_ahead(
    pool: Executor, groups: Iterator[LineGroup], judge_group: Callable[[LineGroup], Judged]
) -> Iterator[tuple[int, Judged]]:
    """Judge the next chunks in a second thread while the database books the present one."""
    waiting: deque[tuple[int, Future[Judged]]] = deque()
    for group in groups:
        waiting.append((group.first_line, pool.submit(judge_group, group)))
        if len(waiting) > CHUNKS_AHEAD:
            first_line, judged = waiting.popleft()
            yield first_line, judged.result()
    while waiting:
        first_line, judged = waiting.popleft()
        yield first_line, judged.result()
