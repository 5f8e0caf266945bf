"""From a sheet of text to typed columns, a column at a time; whatever is not exact is refused by name."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, TypeVar

from service.activities.domain.reading import Sheet
from service.activities.domain.reasons import Problem

EVIDENCES: Final = ("fare_gate", "meter", "operator_order", "gps")
"""The kinds of evidence a partner may claim, strongest first."""

ACTIVITY_TYPES: Final = ("metro_trip", "bus_trip", "shared_bike_trip", "shared_ebike_trip")
OPS: Final = ("new",)

DISTANCE_M_MAX: Final = 10_000_000
"""Nothing on earth rides further; a larger figure is a slip of the pen."""

NUMBER_LENGTH_MAX: Final = 64
TOKEN_LENGTH_MAX: Final = 128
VEHICLE_LENGTH_MAX: Final = 64
LNG_E6_MAX: Final = 180_000_000
LAT_E6_MAX: Final = 90_000_000
MICROSECONDS: Final = 1_000_000

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_YEAR_MAX: Final = 2200
_INTEGER_DIGITS_MAX: Final = 15
_FORMULA_SIGNS: Final = ("=", "+", "-", "@")

_CLOCK: Final = r"\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d(?:\.\d{1,6})?"
_INSTANT: Final = re.compile(_CLOCK + r"(?:Z|[+-][0-2]\d:[0-5]\d)", re.ASCII)
_NAIVE: Final = re.compile(_CLOCK, re.ASCII)
_INTEGER: Final = re.compile(r"-?\d{1,15}", re.ASCII)
_NUMBER_LIKE: Final = re.compile(r"-?\d+", re.ASCII)
_DEGREES: Final = re.compile(r"-?\d{1,3}(?:\.\d{1,20})?", re.ASCII)
_BUSINESS_NO: Final = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)

T = TypeVar("T")


@dataclass(slots=True)
class Rides:
    """Typed columns of one sheet; a row that has a problem holds stand-ins and is never used.

    ``places[row]`` is the line within the group; ``problems`` is by row.
    """

    places: Sequence[int]
    event_no: Sequence[str]
    subject_token: Sequence[str]
    activity_type: Sequence[str]
    evidence: Sequence[str]
    started_at: Sequence[str]
    ended_at: Sequence[str]
    started_us: Sequence[int]
    ended_us: Sequence[int]
    distance_m: Sequence[int]
    start_lng_e6: Sequence[int | None]
    start_lat_e6: Sequence[int | None]
    end_lng_e6: Sequence[int | None]
    end_lat_e6: Sequence[int | None]
    vehicle_no: Sequence[str]
    problems: dict[int, Problem] = field(default_factory=dict)

    def sound(self) -> list[int]:
        """Return the rows in which nothing was found wrong so far."""
        return [row for row in range(len(self.places)) if row not in self.problems]


class _Reader:
    """Reads the columns of one sheet and notes the first problem of each row."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.problems = dict(sheet.flaws)

    def note(self, row: int, code: str, name: str) -> None:
        """Note what is wrong with a row, unless something was noted before."""
        self.problems.setdefault(row, Problem(code, f"#/{name}"))

    def each(self, name: str, read: Callable[[str], T | str], stand_in: T, is_value: type[T]) -> list[T]:
        """Read a column cell by cell; ``read`` answers the value or the code of what is wrong."""
        values: list[T] = []
        for row, cell in enumerate(self.sheet.column(name)):
            found = read(cell)
            if isinstance(found, is_value):
                values.append(found)
            else:
                self.note(row, str(found), name)
                values.append(stand_in)
        return values

    def whole_numbers(self, name: str, most: int) -> list[int]:
        """Read a column of whole numbers from 0 to ``most``."""
        cells = self.sheet.column(name)
        if _are_plain(cells):
            values = [int(cell) for cell in cells]
            if max(values, default=0) <= most:
                return values
        return self.each(name, lambda cell: _whole_number(cell, most), 0, int)

    def instants(self, name: str) -> list[int]:
        """Read a column of instants into microseconds since 1970."""
        return [
            (passed.days * 86_400 + passed.seconds) * MICROSECONDS + passed.microseconds
            for passed in [moment - EPOCH for moment in self.each(name, _instant, EPOCH, datetime)]
        ]

    def coordinates(self, name: str, most: int) -> list[int | None]:
        """Read a column of decimal degrees into micro-degrees; digits beyond the sixth are cut off."""
        cells = self.sheet.column(name)
        if not any(cells):
            return [None] * len(cells)
        values: list[int | None] = []
        for row, cell in enumerate(cells):
            value = micro_degrees(cell) if cell else None
            if cell and value is None:
                self.note(row, "NOT_A_COORDINATE", name)
            elif value is not None and not -most <= value <= most:
                self.note(row, "OUT_OF_RANGE", name)
                value = None
            values.append(value)
        return values

    def choices(self, name: str, known: Collection[str], otherwise: str) -> None:
        """Hold a column against a short list; few different texts make it cheap."""
        cells = self.sheet.column(name)
        for wrong in set(cells) - set(known):
            code = _text_code(wrong) or otherwise
            for row, cell in enumerate(cells):
                if cell == wrong:
                    self.note(row, code, name)

    def texts(self, name: str, code_of: Callable[[str], str]) -> None:
        """Hold every text of a column against a rule that answers a code or nothing."""
        for row, cell in enumerate(self.sheet.column(name)):
            code = code_of(cell)
            if code:
                self.note(row, code, name)


def read_rides(sheet: Sheet) -> Rides:
    """Return the typed columns of a sheet; never raises, whatever the cells hold."""
    reader = _Reader(sheet)
    reader.texts("event_no", _number_code)
    reader.choices("op", OPS, "OP_UNSUPPORTED")
    reader.texts("subject_token", _token_code)
    reader.choices("activity_type", ACTIVITY_TYPES, "ACTIVITY_TYPE_NOT_ALLOWED")
    started_us = reader.instants("started_at")
    ended_us = reader.instants("ended_at")
    distance_m = reader.whole_numbers("distance_m", DISTANCE_M_MAX)
    reader.choices("evidence", EVIDENCES, "EVIDENCE_NOT_ACCEPTED")
    start_lng = reader.coordinates("start_lng", LNG_E6_MAX)
    start_lat = reader.coordinates("start_lat", LAT_E6_MAX)
    end_lng = reader.coordinates("end_lng", LNG_E6_MAX)
    end_lat = reader.coordinates("end_lat", LAT_E6_MAX)
    _pair(reader, "start", start_lng, start_lat)
    _pair(reader, "end", end_lng, end_lat)
    reader.texts("vehicle_no", _vehicle_code)
    for row, (start, end) in enumerate(zip(started_us, ended_us, strict=True)):
        if end < start:
            reader.note(row, "END_BEFORE_START", "ended_at")
    return Rides(
        places=sheet.places,
        event_no=sheet.column("event_no"),
        subject_token=sheet.column("subject_token"),
        activity_type=sheet.column("activity_type"),
        evidence=sheet.column("evidence"),
        started_at=sheet.column("started_at"),
        ended_at=sheet.column("ended_at"),
        started_us=started_us,
        ended_us=ended_us,
        distance_m=distance_m,
        start_lng_e6=start_lng,
        start_lat_e6=start_lat,
        end_lng_e6=end_lng,
        end_lat_e6=end_lat,
        vehicle_no=sheet.column("vehicle_no"),
        problems=reader.problems,
    )


def distance_sum(sheet: Sheet) -> int:
    """Return the sum a manifest declares: every distance of the sheet that is a whole number of 15 digits at most.

    It needs nothing else to be right with the line, so a partner can add it up without knowing our checks.
    """
    cells = sheet.column("distance_m")
    if _are_plain(cells):
        return sum(map(int, cells))
    return sum(int(cell) for cell in cells if _INTEGER.fullmatch(cell))


def is_business_no(text: str) -> bool:
    """Tell whether a text has the form of a business number."""
    return _BUSINESS_NO.fullmatch(text) is not None


def _are_plain(cells: Sequence[str]) -> bool:
    """Tell whether a whole column is decimal digits, the usual case that needs no look at single cells."""
    if not "".join(cells).isascii() or not all(map(str.isdigit, cells)):
        return False
    return max(map(len, cells), default=0) <= _INTEGER_DIGITS_MAX


def _pair(reader: _Reader, which: str, lng: Sequence[int | None], lat: Sequence[int | None]) -> None:
    """A longitude without its latitude is a hole in the record."""
    lng_cells, lat_cells = reader.sheet.column(f"{which}_lng"), reader.sheet.column(f"{which}_lat")
    for row, (x, y) in enumerate(zip(lng, lat, strict=True)):
        if (x is None) != (y is None):
            if not lng_cells[row]:
                reader.note(row, "MISSING_FIELD", f"{which}_lng")
            if not lat_cells[row]:
                reader.note(row, "MISSING_FIELD", f"{which}_lat")


def _whole_number(cell: str, most: int) -> int | str:
    if not cell:
        return "MISSING_FIELD"
    if _INTEGER.fullmatch(cell) is None:
        return "OUT_OF_RANGE" if _NUMBER_LIKE.fullmatch(cell) else _text_code(cell) or "NOT_AN_INTEGER"
    value = int(cell)
    return value if 0 <= value <= most else "OUT_OF_RANGE"


def _instant(cell: str) -> datetime | str:
    if _INSTANT.fullmatch(cell) is None:
        return _time_code(cell)
    try:
        moment = datetime.fromisoformat(cell)
    except ValueError:
        return "BAD_TIME"
    return moment if EPOCH.year < moment.year < _YEAR_MAX else "BAD_TIME"


def _time_code(cell: str) -> str:
    if not cell:
        return "MISSING_FIELD"
    return "NAIVE_TIME" if _NAIVE.fullmatch(cell) else "BAD_TIME"


def micro_degrees(cell: str) -> int | None:
    """Return decimal degrees in micro-degrees, or ``None`` when the text is no such number."""
    if _DEGREES.fullmatch(cell) is None:
        return None
    whole, _, fraction = cell.partition(".")
    return int(whole + fraction[:6].ljust(6, "0"))


def _text_code(cell: str) -> str:
    """Return what is wrong with any text: missing, or a formula in a spreadsheet's eyes."""
    if not cell:
        return "MISSING_FIELD"
    return "FORMULA_CELL" if cell.startswith(_FORMULA_SIGNS) else ""


def _number_code(cell: str) -> str:
    if _BUSINESS_NO.fullmatch(cell) is None:
        return _text_code(cell) or "BAD_NUMBER"
    return "FORMULA_CELL" if cell[0] == "-" else ""


def _token_code(cell: str) -> str:
    if not cell or cell[0] in _FORMULA_SIGNS:
        return _text_code(cell)
    return _length_code(cell, TOKEN_LENGTH_MAX)


def _vehicle_code(cell: str) -> str:
    if not cell:
        return ""
    return "FORMULA_CELL" if cell[0] in _FORMULA_SIGNS else _length_code(cell, VEHICLE_LENGTH_MAX)


def _length_code(cell: str, most: int) -> str:
    if len(cell) > most:
        return "TEXT_TOO_LONG"
    return "" if cell.isprintable() else "CONTROL_CHARACTER"
