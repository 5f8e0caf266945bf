"""One chunk of lines into the tables: look-ups and claims by arrays, rows by COPY, no statement per line."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from service.activities.domain.batches import Tally, outcome_of
from service.activities.domain.columns import is_business_no
from service.activities.domain.judging import Credits, Judged
from service.activities.domain.reasons import Problem
from service.activities.store.batches import Key
from service.core import arrays
from service.core.database import driver, execute, fetch_all, pipeline
from service.ledger import Moment

_EVENTS = """
SELECT event_no, body_digest FROM reported_event WHERE event_no = ANY(%s::text[]) AND partner_id = %s
"""
_ACTS = "SELECT act_key FROM credited_act WHERE act_key = ANY(%s::bytea[])"
_CLAIM_EVENTS = """
INSERT INTO reported_event (event_no, partner_id, body_digest, citizen_id, activity_id)
SELECT event_no, %s, body_digest, citizen_id, activity_id
FROM unnest(%s::text[], %s::bytea[], %s::bigint[], %s::uuid[])
    AS claim (event_no, body_digest, citizen_id, activity_id)
ON CONFLICT DO NOTHING
"""
_CLAIM_ACTS = """
INSERT INTO credited_act (act_key, citizen_id, activity_id)
SELECT * FROM unnest(%s::bytea[], %s::bigint[], %s::uuid[])
ON CONFLICT DO NOTHING
"""
_COPY_ACTIVITIES = """
COPY activity (
    citizen_id, recorded_on, activity_id, recorded_at, partner_id, event_no, activity_type, evidence, started_at,
    ended_at, distance_m, start_lng_e6, start_lat_e6, end_lng_e6, end_lat_e6, vehicle_no, method_id,
    method_version, reduction_mg, mg_account, points
) FROM STDIN
"""
_COPY_LINES = "COPY batch_line (partner_id, batch_no, line_no, outcome, code, pointer, event_no) FROM STDIN"
_COUNT = """
INSERT INTO batch_tally (partner_id, batch_no, outcome, code, lines)
SELECT %s, %s, outcome, code, lines
FROM unnest(%s::text[], %s::text[], %s::bigint[]) AS tally (outcome, code, lines)
ON CONFLICT (partner_id, batch_no, outcome, code) DO UPDATE SET lines = batch_tally.lines + excluded.lines
"""
_NULL = r"\N"


@dataclass(frozen=True, slots=True)
class Chunk:
    """A decided chunk: which rides are credited, under which ids."""

    key: Key
    first_line: int
    judged: Judged
    credits: Credits
    activity_ids: Sequence[UUID]
    acts: Mapping[int, bytes]


def find_events(session: Session, partner_id: int, judged: Judged) -> dict[str, bytes]:
    """Return which of the chunk's events were taken before, with the digests of what they said."""
    event_no = judged.rides.event_no
    asked = sorted({event_no[row] for row in judged.readable})
    rows = fetch_all(session, _EVENTS, (arrays.of_business_numbers(asked), partner_id))
    return {row[0]: bytes(row[1]) for row in rows}


def find_acts(session: Session, keys: Iterable[bytes]) -> frozenset[bytes]:
    """Return which of the acts were credited before, by any partner."""
    return frozenset(bytes(row[0]) for row in fetch_all(session, _ACTS, (arrays.of_bytes(sorted(set(keys))),)))


@contextmanager
def claiming(session: Session, chunk: Chunk) -> Iterator[None]:
    """Claim the events and the acts while the caller goes on preparing what it writes next.

    Keys are claimed in their order, so that two chunks never wait for each other in a ring.

    Raises:
        GuardFailed: Another transaction claimed one of them after we looked; the chunk must be decided anew.
    """
    rows = chunk.credits.rows
    with pipeline(session) as queue:
        if rows:
            queue.run(_CLAIM_EVENTS, _event_arrays(chunk), expect=len(rows), label="events")
            queue.run(_CLAIM_ACTS, _act_arrays(chunk), expect=len(rows), label="acts")
        yield


def _event_arrays(chunk: Chunk) -> tuple[object, ...]:
    event_no, digests = chunk.judged.rides.event_no, chunk.judged.digests
    ordered = sorted(range(len(chunk.credits.rows)), key=[event_no[row] for row in chunk.credits.rows].__getitem__)
    rows = [chunk.credits.rows[n] for n in ordered]
    return (
        chunk.key[0],
        arrays.of_business_numbers([event_no[row] for row in rows]),
        arrays.of_bytes([digests[row] for row in rows]),
        arrays.of_numbers([chunk.credits.citizen_ids[n] for n in ordered]),
        arrays.of_ids([chunk.activity_ids[n] for n in ordered]),
    )


def _act_arrays(chunk: Chunk) -> tuple[object, ...]:
    keys = [chunk.acts[row] for row in chunk.credits.rows]
    ordered = sorted(range(len(keys)), key=keys.__getitem__)
    return (
        arrays.of_bytes([keys[n] for n in ordered]),
        arrays.of_numbers([chunk.credits.citizen_ids[n] for n in ordered]),
        arrays.of_ids([chunk.activity_ids[n] for n in ordered]),
    )


def activity_lines(chunk: Chunk, moment: Moment) -> str:
    """Return the activities in COPY's text form."""
    rides, methods, credited = chunk.judged.rides, chunk.judged.methods, chunk.credits
    recorded_on, ending = f"{moment.recorded_on}", f"{moment.recorded_at.isoformat()}\t{chunk.key[0]}"
    worths = zip(credited.reductions_mg, credited.mg_accounts, credited.points, strict=True)
    named = {id(method): f"{method.method_id}\t{method.version}" for method in methods.values()}
    return "".join(
        [
            f"{citizen_id}\t{recorded_on}\t{activity_id.hex}\t{ending}"
            f"\t{rides.event_no[row]}\t{rides.activity_type[row]}\t{rides.evidence[row]}"
            f"\t{rides.started_at[row]}\t{rides.ended_at[row]}\t{rides.distance_m[row]}"
            f"\t{_place(rides.start_lng_e6[row], rides.start_lat_e6[row])}"
            f"\t{_place(rides.end_lng_e6[row], rides.end_lat_e6[row])}"
            f"\t{_text(rides.vehicle_no[row])}\t{named[id(methods[row])]}\t{mg}\t{account}\t{points}\n"
            for row, citizen_id, activity_id, (mg, account, points) in zip(
                credited.rows, credited.citizen_ids, chunk.activity_ids, worths, strict=True
            )
        ]
    )


def result_lines(chunk: Chunk, verdicts: Mapping[int, Problem]) -> str:
    """Return what became of every line of the chunk, in COPY's text form."""
    partner_id, batch_no = chunk.key
    rides = chunk.judged.rides
    event_nos = dict(zip(rides.places, rides.event_no, strict=True))
    lines = []
    for place in range(chunk.judged.size):
        verdict = verdicts.get(place)
        shown = event_nos.get(place, _NULL)
        if verdict is None:
            ending = f"accepted\t\t\t{shown}"
        else:
            # A refused line may hold anything in its place, so only what has the form of a number is kept.
            kept = shown if is_business_no(shown) else _NULL
            ending = f"{outcome_of(verdict)}\t{verdict.code}\t{_escaped(verdict.pointer)}\t{kept}"
        lines.append(f"{partner_id}\t{batch_no}\t{chunk.first_line + place}\t{ending}\n")
    return "".join(lines)


def copy_activities(session: Session, lines: str) -> None:
    """Append the activities."""
    _copy(session, _COPY_ACTIVITIES, lines)


def copy_results(session: Session, lines: str) -> None:
    """Append what became of the lines."""
    _copy(session, _COPY_LINES, lines)


def add_tallies(session: Session, key: Key, tallies: Sequence[Tally]) -> None:
    """Add the chunk's counts to the batch's."""
    columns = ([t.outcome for t in tallies], [t.code for t in tallies], [t.lines for t in tallies])
    execute(session, _COUNT, (*key, *columns))


def _place(lng_e6: int | None, lat_e6: int | None) -> str:
    return f"{_NULL}\t{_NULL}" if lng_e6 is None else f"{lng_e6}\t{lat_e6}"


def _text(value: str) -> str:
    return _escaped(value) if value else _NULL


def _escaped(value: str) -> str:
    """Escape for COPY's text form; the sheet holds no control characters, so the backslash is all there is."""
    return value.replace("\\", "\\\\")


def _copy(session: Session, sql: LiteralString, lines: str) -> None:
    if lines:  # COPY takes every line or raises; there is no count to guard.
        with driver(session).cursor() as cursor, cursor.copy(sql) as copy:
            copy.write(lines)
