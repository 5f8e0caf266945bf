"""One chunk of lines into the tables: look-ups and claims by arrays, rows by COPY, no statement per line."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID

from sqlmodel import Session

from service.activities.domain.batches import Tally, outcome_of
from service.activities.domain.judging import Credits, Judged
from service.activities.domain.reasons import Problem
from service.activities.domain.rides import is_business_no
from service.activities.store.batches import Key
from service.core import arrays
from service.core.database import GuardFailed, driver, execute, fetch_all
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


def claim(session: Session, chunk: Chunk) -> None:
    """Claim the events and the acts, in the order of their keys, so that two chunks never wait in a ring.

    Raises:
        GuardFailed: Another transaction claimed one of them after we looked; the chunk must be decided anew.
    """
    rows = chunk.credits.rows
    if not rows:
        return
    event_no, digests = chunk.judged.rides.event_no, chunk.judged.digests
    citizen_ids = dict(zip(rows, chunk.credits.citizen_ids, strict=True))
    ids = dict(zip(rows, chunk.activity_ids, strict=True))
    by_event = sorted(rows, key=event_no.__getitem__)
    events = (
        chunk.key[0],
        arrays.of_business_numbers([event_no[row] for row in by_event]),
        arrays.of_bytes([digests[row] for row in by_event]),
        arrays.of_numbers([citizen_ids[row] for row in by_event]),
        arrays.of_ids([ids[row] for row in by_event]),
    )
    _guarded(session, "events", len(rows), _CLAIM_EVENTS, events)
    by_act = sorted(rows, key=chunk.acts.__getitem__)
    acts = (
        arrays.of_bytes([chunk.acts[row] for row in by_act]),
        arrays.of_numbers([citizen_ids[row] for row in by_act]),
        arrays.of_ids([ids[row] for row in by_act]),
    )
    _guarded(session, "acts", len(rows), _CLAIM_ACTS, acts)


def _guarded(session: Session, label: str, expected: int, sql: str, values: tuple[object, ...]) -> None:
    found = execute(session, sql, values)
    if found != expected:
        raise GuardFailed(label, expected, found)


def copy_activities(session: Session, chunk: Chunk, moment: Moment) -> None:
    """Append the activities."""
    rides, methods, credited = chunk.judged.rides, chunk.judged.methods, chunk.credits
    recorded_on, ending = f"{moment.recorded_on}", f"{moment.recorded_at.isoformat()}\t{chunk.key[0]}"
    worths = zip(credited.reductions_mg, credited.mg_accounts, credited.points, strict=True)
    lines = [
        f"{citizen_id}\t{recorded_on}\t{activity_id.hex}\t{ending}"
        f"\t{rides.event_no[row]}\t{rides.activity_type[row]}\t{rides.evidence[row]}"
        f"\t{rides.started_at[row]}\t{rides.ended_at[row]}\t{rides.distance_m[row]}"
        f"\t{_place(rides.start_lng_e6[row], rides.start_lat_e6[row])}"
        f"\t{_place(rides.end_lng_e6[row], rides.end_lat_e6[row])}"
        f"\t{_text(rides.vehicle_no[row])}\t{methods[row].method_id}\t{methods[row].version}"
        f"\t{mg}\t{account}\t{points}\n"
        for row, citizen_id, activity_id, (mg, account, points) in zip(
            credited.rows, credited.citizen_ids, chunk.activity_ids, worths, strict=True
        )
    ]
    _copy(session, _COPY_ACTIVITIES, lines)


def copy_lines(session: Session, chunk: Chunk, verdicts: Mapping[int, Problem]) -> None:
    """Append what became of every line of the chunk."""
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


def _copy(session: Session, sql: LiteralString, lines: list[str]) -> None:
    if lines:  # COPY takes every line or raises; there is no count to guard.
        with driver(session).cursor() as cursor, cursor.copy(sql) as copy:
            copy.write("".join(lines))
