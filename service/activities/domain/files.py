"""From a batch's stored parts to its sheets, and the check that the whole file is what the manifest says."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from service.activities.domain.batches import CHUNK_LINES_MAX, Manifest
from service.activities.domain.reading import Sheet, read_csv, read_header, read_ndjson
from service.activities.domain.reasons import BrokenBatch
from service.activities.domain.rides import distance_sum
from service.activities.domain.unpacking import split_lines, strip_mark, unpack


@dataclass(frozen=True, slots=True)
class LineGroup:
    """Some consecutive data lines as they came; ``first_line`` counts from 1, and a CSV header is no line."""

    first_line: int
    header: tuple[str, ...]
    lines: list[bytes]

    def sheet(self) -> Sheet:
        """Return the lines as columns of text."""
        return read_csv(self.lines, self.header) if self.header else read_ndjson(self.lines)


def line_groups(
    parts: Iterable[bytes], manifest: Manifest, *, skip: int = 0, size: int = CHUNK_LINES_MAX
) -> Iterator[LineGroup]:
    """Yield the data lines after the first ``skip``, in groups of at most ``size``.

    Raises:
        BrokenBatch: The file cannot be unpacked, or its header is not the declared one.
    """
    groups = strip_mark(split_lines(unpack(parts, manifest.compression), size))
    header: tuple[str, ...] = ()
    line_no = 1
    if manifest.format == "csv":
        first = next(groups, None)
        header = read_header(None if first is None else first[0])
        groups = _chained([] if first is None else first[1:], groups)
    for group in groups:
        lines = group[max(0, skip + 1 - line_no) :]
        if lines:
            yield LineGroup(line_no + len(group) - len(lines), header, lines)
        line_no += len(group)


def _chained(first: list[bytes], rest: Iterator[list[bytes]]) -> Iterator[list[bytes]]:
    yield first
    yield from rest


@dataclass(slots=True)
class Totals:
    """What a file holds, added up while it is read for the first time."""

    lines: int = 0
    distance_m_sum: int = 0

    def add(self, group: LineGroup, manifest: Manifest) -> None:
        """Count a group.

        Raises:
            BrokenBatch: There are more lines than declared; the rest is not even read.
        """
        self.lines += len(group.lines)
        self.distance_m_sum += distance_sum(group.sheet())
        if self.lines > manifest.lines:
            code = "LINES_MISMATCH"
            raise BrokenBatch(code, "#/lines")

    def check(self, manifest: Manifest) -> None:
        """Hold the totals against the manifest.

        Raises:
            BrokenBatch: They differ.
        """
        for code, pointer, found, declared in (
            ("LINES_MISMATCH", "#/lines", self.lines, manifest.lines),
            ("SUMS_MISMATCH", "#/sums/distance_m", self.distance_m_sum, manifest.distance_m_sum),
        ):
            if found != declared:
                raise BrokenBatch(code, pointer)
