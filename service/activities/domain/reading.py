"""From lines to a sheet of text cells: CSV and NDJSON end in the same columns; a bad line spoils only itself."""

import csv
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from service.activities.domain.reasons import BrokenBatch, Problem
from service.activities.domain.unpacking import LINE_BYTES_MAX

FIELDS: Final = (
    "event_no", "op", "subject_token", "activity_type", "started_at", "ended_at", "distance_m",
    "evidence", "start_lng", "start_lat", "end_lng", "end_lat", "vehicle_no",
)  # fmt: skip
"""Every field a line may have, in the order of the sheet's columns."""

OPTIONAL_FIELDS: Final = frozenset({"start_lng", "start_lat", "end_lng", "end_lat", "vehicle_no"})

_INTEGER_FIELDS: Final = frozenset({"distance_m"})
_COORDINATE_FIELDS: Final = frozenset({"start_lng", "start_lat", "end_lng", "end_lat"})
_PLACES: Final = {name: place for place, name in enumerate(FIELDS)}
_LINE_FEED: Final = 10
_CONTROLS: Final = bytes(code for code in (*range(32), 127) if code != _LINE_FEED)

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
"""JSON can say a control character without holding one; the sheet holds none either way."""

_NAME_LENGTH_MAX: Final = 64

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A group of lines: the cells of those that could be read, and what is wrong with the others.

    ``places[i]`` says which line of the group row ``i`` of the columns is. Empty text stands for no value.
    """

    size: int
    places: Sequence[int]
    columns: Sequence[Sequence[str]]
    problems: dict[int, Problem]
    flaws: Mapping[int, Problem] = field(default_factory=dict)
    """What is wrong with single cells already, by row; such a cell is empty."""

    def column(self, name: str) -> Sequence[str]:
        """Return the cells of one field."""
        return self.columns[_PLACES[name]]


def read_header(line: bytes | None) -> tuple[str, ...]:
    """Return the column names of a CSV file.

    Raises:
        BrokenBatch: There is no header, or its names are not the declared ones.
    """
    if line is None:
        code = "HEADER_MISSING"
        raise BrokenBatch(code)
    try:
        text = line.removesuffix(b"\r").decode()
        names = tuple(next(csv.reader([text], strict=True), ()))
    except (UnicodeDecodeError, csv.Error) as fault:
        code = "HEADER_UNREADABLE"
        raise BrokenBatch(code) from fault
    _check_header(names)
    return names


def _check_header(names: Sequence[str]) -> None:
    unknown = [name for name in names if name not in _PLACES]
    missing = [name for name in FIELDS if name not in names and name not in OPTIONAL_FIELDS]
    for code, found in (
        ("HEADER_UNKNOWN_COLUMN", unknown),
        ("HEADER_DUPLICATE_COLUMN", [name for name in names if names.count(name) > 1]),
        ("HEADER_MISSING_COLUMN", missing),
    ):
        if found:
            known = found[0] if found[0] in _PLACES else ""
            raise BrokenBatch(code, f"#/{known}" if known else "#")


def read_csv(lines: Sequence[bytes], header: Sequence[str]) -> Sheet:
    """Read data lines of CSV (RFC 4180, but a cell holds no line break, so that every line stands alone)."""
    texts, problems = _decode(lines)
    rows: list[Row] = []
    places: list[int] = []
    width = len(header)
    plain = not any('"' in text for text in texts.values())
    for place, text in texts.items():
        cells = tuple(text.split(",")) if plain or '"' not in text else _quoted_cells(text)
        if cells is None:
            problems[place] = Problem("BAD_CSV")
        elif len(cells) != width:
            problems[place] = Problem("WRONG_COLUMN_COUNT")
        else:
            rows.append(cells)
            places.append(place)
    return Sheet(len(lines), places, _arrange(rows, header), problems)


def _quoted_cells(text: str) -> Row | None:
    try:
        return tuple(next(csv.reader([text], strict=True), ()))
    except csv.Error:
        return None


def _arrange(rows: Sequence[Row], header: Sequence[str]) -> list[Sequence[str]]:
    """Turn rows into the declared columns; a column the file does not have is empty."""
    columns = dict(zip(header, zip(*rows, strict=True), strict=True)) if rows else {}
    empty = ("",) * len(rows)
    return [columns.get(name, empty) for name in FIELDS]


class _Decimal(str):
    """A JSON number with a fraction or exponent, kept as it was written: no float comes near a quantity."""

    __slots__ = ()


class _Repeated(Exception):  # noqa: N818 - tells the decoder's caller what it met
    """A JSON object that names a field twice."""


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Repeated
    return found


def _no_constant(name: str) -> object:
    raise ValueError(name)


_DECODE: Final[Callable[[str], object]] = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_Decimal, parse_constant=_no_constant
).decode


def read_ndjson(lines: Sequence[bytes]) -> Sheet:
    """Read lines that are one JSON object (RFC 8259) each."""
    texts, problems = _decode(lines)
    rows: list[Row] = []
    places: list[int] = []
    flaws: dict[int, Problem] = {}
    for place, text in texts.items():
        found = _json_object(text)
        if isinstance(found, Problem):
            problems[place] = found
            continue
        cells, flaw = _json_cells(found)
        if flaw is not None:
            flaws[len(rows)] = flaw
        rows.append(cells)
        places.append(place)
    return Sheet(len(lines), places, _arrange(rows, FIELDS), problems, flaws)


def _json_object(text: str) -> dict[str, object] | Problem:
    try:
        value = _DECODE(text)
    except _Repeated:
        return Problem("DUPLICATE_FIELD")
    except (ValueError, RecursionError):
        return Problem("BAD_JSON")
    return value if isinstance(value, dict) else Problem("BAD_JSON")


def _json_cells(value: Mapping[str, object]) -> tuple[Row, Problem | None]:
    """Return the fields as cells, and the first thing that is wrong with one of them."""
    cells = [""] * len(FIELDS)
    flaw: Problem | None = None
    for name, content in value.items():
        place = _PLACES.get(name)
        if place is None:
            flaw = flaw or Problem("UNKNOWN_FIELD", _pointer_to(name))
            continue
        cell = _json_cell(name, content)
        if cell is None:
            flaw = flaw or Problem("WRONG_TYPE", f"#/{name}")
        elif _CONTROL.search(cell):
            flaw = flaw or Problem("CONTROL_CHARACTER", f"#/{name}")
        else:
            cells[place] = cell
    return tuple(cells), flaw


def _pointer_to(name: str) -> str:
    """Return the RFC 6901 pointer of a field we do not know, if its name is fit to be shown."""
    if len(name) > _NAME_LENGTH_MAX or not name.isprintable():
        return "#"
    return "#/" + name.replace("~", "~0").replace("/", "~1")


def _json_cell(name: str, content: object) -> str | None:
    """Return the value as text, or ``None`` when its type is not the declared one."""
    if content is None:
        return ""
    if isinstance(content, bool):
        return None
    if isinstance(content, int) or type(content) is _Decimal:
        return str(content) if name in _INTEGER_FIELDS or name in _COORDINATE_FIELDS else None
    return content if isinstance(content, str) and name not in _INTEGER_FIELDS else None


def _decode(lines: Sequence[bytes]) -> tuple[dict[int, str], dict[int, Problem]]:
    """Return the lines as text by their place, and what is wrong with those that are none.

    A group without any defect, the usual one, is decoded as a whole.
    """
    blob = (b"\n".join(lines) + b"\n").replace(b"\r\n", b"\n")
    if len(max(lines, key=len, default=b"")) <= LINE_BYTES_MAX and _is_clean(blob):
        try:
            return dict(enumerate(blob.decode().split("\n")[: len(lines)])), {}
        except UnicodeDecodeError:
            pass  # One of them is not; which, the slower way finds out.
    return _decode_each(lines)


def _is_clean(content: bytes) -> bool:
    return len(content.translate(None, _CONTROLS)) == len(content)


def _decode_each(lines: Sequence[bytes]) -> tuple[dict[int, str], dict[int, Problem]]:
    texts: dict[int, str] = {}
    problems: dict[int, Problem] = {}
    for place, line in enumerate(lines):
        found = _decode_one(line)
        if isinstance(found, Problem):
            problems[place] = found
        else:
            texts[place] = found
    return texts, problems


def _decode_one(line: bytes) -> str | Problem:
    if len(line) > LINE_BYTES_MAX:
        return Problem("LINE_TOO_LONG")
    content = line.removesuffix(b"\r")
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return Problem("BAD_ENCODING")
    if not _is_clean(content):
        return Problem("CONTROL_CHARACTER")
    return text
