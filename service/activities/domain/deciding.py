"""Which rides are credited: each event once, each act once, whoever reports it and in whatever pieces it comes."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from service.activities.domain.batches import DUPLICATE
from service.activities.domain.columns import MICROSECONDS
from service.activities.domain.reasons import Problem
from service.activities.domain.rides import Rides

KEY_BYTES: Final = 16
"""Keyed hashes are kept to 128 bits: enough never to collide, half the index."""

KeyedHash = Callable[[str], bytes]

_SEPARATOR: Final = "\x1f"
"""The sheet holds no control characters, so joined texts cannot be read two ways."""


@dataclass(frozen=True, slots=True)
class Books:
    """What was taken before this chunk: events with the digest of their body, and acts."""

    events: Mapping[str, bytes]
    acts: frozenset[bytes]


def keyed_hash(key: bytes) -> KeyedHash:
    """Return a keyed hash of :data:`KEY_BYTES` (BLAKE2b, RFC 7693); without the key nobody can try what fits."""

    def hashed(text: str) -> bytes:
        return blake2b(text.encode(), digest_size=KEY_BYTES, key=key).digest()

    return hashed


def body_digests(rides: Rides, rows: Sequence[int], hashed: KeyedHash) -> dict[int, bytes]:
    """Return for each ride a keyed digest of what it says, however it was written.

    The same record as CSV, as NDJSON, with other columns or another offset from UTC has the same digest.
    """
    texts = zip(
        rides.subject_token,
        rides.activity_type,
        map(str, rides.started_us),
        map(str, rides.ended_us),
        map(str, rides.distance_m),
        rides.evidence,
        map(str, rides.start_lng_e6),
        map(str, rides.start_lat_e6),
        map(str, rides.end_lng_e6),
        map(str, rides.end_lat_e6),
        rides.vehicle_no,
        strict=True,
    )
    joined = list(map(_SEPARATOR.join, texts))
    return {row: hashed(joined[row]) for row in rows}


@dataclass(frozen=True, slots=True)
class Recipe:
    """Of what a method makes the key of an act; instants count in buckets."""

    activity_type: str
    fields: tuple[str, ...]
    bucket_s: int


def act_texts(rides: Rides, rows: Sequence[int], citizen_ids: Mapping[int, int], recipe: Recipe) -> list[str]:
    """Return the natural key of each ride as text: what the method's own recipe writes for one ride."""
    head = json.dumps(recipe.activity_type)
    parts = [_part_column(rides, rows, citizen_ids, name, recipe.bucket_s) for name in recipe.fields]
    return [f"[{', '.join((head, *cells))}]" for cells in zip(*parts, strict=True)]


def _part_column(
    rides: Rides, rows: Sequence[int], citizen_ids: Mapping[int, int], name: str, bucket_s: int
) -> list[str]:
    match name:
        case "citizen_id":
            return [str(citizen_ids[row]) for row in rows]
        case "started_at" | "ended_at":
            column = rides.started_us if name == "started_at" else rides.ended_us
            return [str(column[row] // MICROSECONDS // bucket_s) for row in rows]
        case "distance_m":
            return [str(rides.distance_m[row]) for row in rows]
        case "vehicle_no":
            return [json.dumps(rides.vehicle_no[row]) for row in rows]
        case _:
            message = f"no ride has a {name} to make a natural key of"
            raise LookupError(message)


@dataclass(frozen=True, slots=True)
class Candidates:
    """Everything the decision needs to know of the readable rides of a chunk.

    ``acts`` lacks the rides that are already known not to be credited.
    """

    readable: Sequence[int]
    digests: Mapping[int, bytes]
    acts: Mapping[int, bytes]


def decide(rides: Rides, candidates: Candidates, books: Books) -> list[int]:
    """Return the rides to credit, in the order of their lines, and note why the others are not.

    An event that was taken before is recognised before anything else is held against it, so sending a record
    again answers the same whatever has changed meanwhile. Only what is credited claims its event number and its
    act; a refused record may come again, mended, under its own number.
    """
    events = dict(books.events)
    acts = set(books.acts)
    credited: list[int] = []
    reused, same_event = Problem("EVENT_NO_REUSED", "#/event_no"), Problem(DUPLICATE, "#/event_no")
    same_act = Problem("SAME_ACT_ALREADY_CREDITED")
    for row in candidates.readable:
        event_no, digest = rides.event_no[row], candidates.digests[row]
        taken = events.get(event_no)
        if taken is not None:
            rides.problems[row] = same_event if taken == digest else reused
        elif row in rides.problems:
            continue
        elif candidates.acts[row] in acts:
            rides.problems[row] = same_act
        else:
            events[event_no] = digest
            acts.add(candidates.acts[row])
            credited.append(row)
    return credited
