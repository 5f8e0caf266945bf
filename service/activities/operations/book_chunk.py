"""Book one chunk of a batch: claims, activities, transfers, results and progress in one transaction."""

from datetime import timedelta
from typing import Final

from sqlmodel import Session

from service import identity, ledger
from service.activities.domain.batches import LEASE_S, Job, LeaseLost, chunk_tallies
from service.activities.domain.deciding import Books, Candidates, decide, keyed_hash
from service.activities.domain.judging import ACT_PURPOSE, Judged, act_keys, check_subjects, credits_of
from service.activities.store import batches, chunks
from service.core.context import Context
from service.core.database import GuardFailed, transact

ATTEMPTS_MAX: Final = 5
"""How often a chunk is decided anew after another transaction claimed one of its events or acts first."""

SOURCE_KIND: Final = "activity"


def book_chunk(context: Context, job: Job, first_line: int, judged: Judged) -> None:
    """Decide and book the lines ``first_line`` and following; once, whoever tries it and however often.

    Raises:
        LeaseLost: Another worker has the batch by now, or the chunk is booked already.
    """
    attempt = 1
    while True:
        try:
            return transact(
                context, lambda session: _book(context, session, job, first_line, judged.again()), numbered=True
            )
        except GuardFailed:
            if attempt >= ATTEMPTS_MAX:
                raise
            attempt += 1


def _book(context: Context, session: Session, job: Job, first_line: int, judged: Judged) -> None:
    now = context.now()
    until = now + timedelta(seconds=LEASE_S)
    done = first_line - 1
    if not batches.advance(session, job.key, job.lease_id, (done, done + judged.size), until):
        raise LeaseLost(job.key)
    moment = ledger.open_moment(session, now)
    chunk = _decide(context, session, job, first_line, judged)
    verdicts = judged.verdicts()
    with chunks.claiming(session, chunk):
        activities = chunks.activity_lines(chunk, moment)
        results = chunks.result_lines(chunk, verdicts)
    chunks.copy_activities(session, activities)
    chunks.copy_results(session, results)
    chunks.add_tallies(session, job.key, chunk_tallies(verdicts, judged.size))
    credited = chunk.credits
    earned = ledger.Earned(
        owner_ids=credited.citizen_ids,
        source_ids=chunk.activity_ids,
        reductions_mg=credited.reductions_mg,
        mg_accounts=credited.mg_accounts,
        points=credited.points,
        funder_id=ledger.PROGRAMME_FUNDER_ID,
    )
    ledger.post_earned(session, moment, SOURCE_KIND, earned, context.new_id)
    if not batches.set_done(session, job.key, job.lease_id, now):
        batches.commit_lazily(session)


def _decide(context: Context, session: Session, job: Job, first_line: int, judged: Judged) -> chunks.Chunk:
    events = chunks.find_events(session, job.partner_id, judged)
    bound = identity.find_bound(session, job.partner_id, sorted(set(judged.subjects.values())))
    citizen_ids = check_subjects(judged, {subject: one.citizen_id for subject, one in bound.items()})
    keys = act_keys(judged, citizen_ids, keyed_hash(context.keyring.key(ACT_PURPOSE)))
    books = Books(events, chunks.find_acts(session, keys.values()))
    rows = decide(judged.rides, Candidates(judged.readable, judged.digests, keys), books)
    entrusted = frozenset(one.citizen_id for one in bound.values() if one.entrusted)
    credited = credits_of(judged, rows, citizen_ids, entrusted)
    activity_ids = [context.new_id() for _ in rows]
    return chunks.Chunk(job.key, first_line, judged, credited, activity_ids, keys)
