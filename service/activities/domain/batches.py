"""A batch: what its manifest declares, the states it goes through, and what became of its lines."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from service.activities.domain.programme import Programme
from service.activities.domain.reasons import LINE_REASONS, Problem
from service.core.texts import Text

BatchState = Literal["receiving", "processing", "done", "refused"]
Outcome = Literal["accepted", "rejected", "duplicate"]
Format = Literal["csv", "ndjson"]
Compression = Literal["none", "gzip"]

PART_BYTES_MAX = 8 * 1_048_576
BATCH_BYTES_MAX = 64 * 1_048_576
LINES_MAX = 1_000_000
PARTS_MAX = 64
CHUNK_LINES_MAX = 5_000
"""How many lines are booked in one transaction."""

LEASE_S = 15
"""How long a worker that says nothing keeps a batch from the others."""

DUPLICATE = "SAME_EVENT"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the partner declares before the first byte of the file."""

    batch_no: str
    period: date
    seq: int
    prev_digest: bytes | None
    format: Format
    compression: Compression
    file_bytes: int
    sha256: bytes
    lines: int
    distance_m_sum: int
    parts: int


@dataclass(frozen=True, slots=True)
class Batch:
    """A registered batch and how far it has come."""

    partner_id: int
    manifest: Manifest
    state: BatchState
    refused_code: str | None
    refused_pointer: str | None
    registered_at: datetime
    completed_at: datetime | None
    finished_at: datetime | None
    lines_done: int


@dataclass(frozen=True, slots=True)
class Tally:
    """How many lines of a batch had one outcome for one reason; an accepted line has no code."""

    outcome: Outcome
    code: str
    lines: int


@dataclass(frozen=True, slots=True)
class LineResult:
    """What became of one line."""

    line_no: int
    outcome: Outcome
    code: str
    pointer: str
    event_no: str | None

    @property
    def detail(self) -> Text | None:
        """The sentence behind the code."""
        return LINE_REASONS.get(self.code)


@dataclass(frozen=True, slots=True)
class Partner:
    """A data partner: who may report what, in which programme."""

    partner_id: int
    code: str
    name: Text
    programme_code: str
    activity_types: tuple[str, ...]
    key_id: str


@dataclass(frozen=True, slots=True)
class Job:
    """One batch leased to one worker: all that its lines are judged by."""

    partner_id: int
    activity_types: tuple[str, ...]
    programme: Programme
    manifest: Manifest
    received_at: datetime
    checked: bool
    lines_done: int
    lease_id: UUID

    @property
    def key(self) -> tuple[int, str]:
        """The batch: its partner and its number."""
        return self.partner_id, self.manifest.batch_no


class LeaseLost(Exception):  # noqa: N818 - another worker going on is no error
    """The batch is in other hands, so this worker stops."""

    def __init__(self, key: tuple[int, str]) -> None:
        super().__init__(f"batch {key[1]} of partner {key[0]}")


def outcome_of(verdict: Problem | None) -> Outcome:
    """Return how a line ends that has (or has not) this problem."""
    if verdict is None:
        return "accepted"
    return "duplicate" if verdict.code == DUPLICATE else "rejected"


def chunk_tallies(verdicts: Mapping[int, Problem], lines: int) -> list[Tally]:
    """Count the lines of one chunk by outcome and code; lines without a verdict were accepted."""
    counts: dict[str, int] = {}
    for problem in verdicts.values():
        counts[problem.code] = counts.get(problem.code, 0) + 1
    tallies = [
        Tally("duplicate" if code == DUPLICATE else "rejected", code, found)
        for code, found in sorted(counts.items())
    ]
    accepted = lines - len(verdicts)
    return [*tallies, Tally("accepted", "", accepted)] if accepted else tallies
