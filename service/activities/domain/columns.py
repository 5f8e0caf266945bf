"""Columns of text cells into typed values: the whole column at once where nothing is wrong, else cell by cell.

A usual file holds no defect, so each kind of column is first matched as one text; only a column with something
wrong in it is walked through to find which cells they are. Both ways give the same values (a test holds them
against each other), and neither ever raises.
"""

import re
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from typing import Final, TypeVar

from service.activities.domain.reading import Sheet
from service.activities.domain.reasons import Problem

MICROSECONDS: Final = 1_000_000
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST: Final = datetime(1971, 1, 1, tzinfo=UTC)
_LAST: Final = datetime(2200, 1, 1, tzinfo=UTC)
_DAY_S: Final = 86_400

_INTEGER_DIGITS_MAX: Final = 15
_FRACTION_DIGITS: Final = 6
_FORMULA_SIGNS: Final = ("=", "+", "-", "@")

_CLOCK: Final = r"\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d(?:\.\d{1,6})?"
_OFFSET: Final = r"(?:Z|[+-][0-2]\d:[0-5]\d)"
_DEGREE: Final = r"-?\d{1,3}(?:\.\d{1,20})?"
_INSTANT: Final = re.compile(_CLOCK + _OFFSET, re.ASCII)
_NAIVE: Final = re.compile(_CLOCK, re.ASCII)
_INTEGER: Final = re.compile(r"-?\d{1,15}", re.ASCII)
_NUMBER_LIKE: Final = re.compile(r"-?\d+", re.ASCII)
_DEGREES: Final = re.compile(_DEGREE, re.ASCII)
_BUSINESS_NO: Final = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)

_ALL_INSTANTS: Final = re.compile(f"(?:{_CLOCK}{_OFFSET}\n)*", re.ASCII)
_ALL_DEGREES: Final = re.compile(f"(?:{_DEGREE}\n)*", re.ASCII)
_ALL_SIX_DIGITS: Final = re.compile(r"(?:-?\d{1,3}\.\d{6}\n)*", re.ASCII)
_ALL_BUSINESS_NOS: Final = re.compile(r"(?:[A-Za-z0-9._][A-Za-z0-9._-]{0,63}\n)*", re.ASCII)

T = TypeVar("T")


class ColumnReader:
    """Reads the columns of one sheet and notes the first problem of each row."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.problems = dict(sheet.flaws)

    def note(self, row: int, code: str, name: str) -> None:
        """Note what is wrong with a row, unless something was noted before."""
        self.problems.setdefault(row, Problem(code, f"#/{name}"))

    def whole_numbers(self, name: str, most: int) -> list[int]:
        """Read a column of whole numbers from 0 to ``most``."""
        cells = self.sheet.column(name)
        if are_plain_integers(cells):
            values = list(map(int, cells))
            if max(values, default=0) <= most:
                return values
        return self._each(name, lambda cell: _whole_number(cell, most), 0, int)

    def instants(self, name: str) -> list[int]:
        """Read a column of instants into microseconds since 1970."""
        cells = self.sheet.column(name)
        moments = _usual_instants(cells)
        if moments is None:
            moments = self._each(name, _instant, EPOCH, datetime)
        return [
            (passed.days * _DAY_S + passed.seconds) * MICROSECONDS + passed.microseconds
            for passed in [moment - EPOCH for moment in moments]
        ]

    def coordinates(self, name: str, most: int) -> list[int | None]:
        """Read a column of decimal degrees into micro-degrees; digits beyond the sixth are cut off."""
        cells = self.sheet.column(name)
        if not any(cells):
            return [None] * len(cells)
        values = _usual_degrees(cells)
        if values is not None and -most <= min(values) and max(values) <= most:
            return list(values)
        return [self._coordinate(row, name, cell, most) for row, cell in enumerate(cells)]

    def choices(self, name: str, known: Collection[str], otherwise: str) -> None:
        """Hold a column against a short list."""
        cells = self.sheet.column(name)
        codes = {wrong: text_code(wrong) or otherwise for wrong in set(cells).difference(known)}
        if codes:
            for row, cell in enumerate(cells):
                if cell in codes:
                    self.note(row, codes[cell], name)

    def business_nos(self, name: str) -> None:
        """Hold a column against the form of a business number."""
        if not _ALL_BUSINESS_NOS.fullmatch(_joined(self.sheet.column(name))):
            self._texts(name, _number_code)

    def texts(self, name: str, length_max: int, *, required: bool) -> None:
        """Hold a column of free text against what text may be."""
        cells = self.sheet.column(name)
        if not any(cells) and not required:
            return
        if not _are_usual_texts(cells, length_max) or (required and not all(cells)):
            self._texts(name, lambda cell: _free_text_code(cell, length_max, required=required))

    def _each(self, name: str, read: Callable[[str], T | str], stand_in: T, is_value: type[T]) -> list[T]:
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

    def _texts(self, name: str, code_of: Callable[[str], str]) -> None:
        for row, cell in enumerate(self.sheet.column(name)):
            code = code_of(cell)
            if code:
                self.note(row, code, name)

    def _coordinate(self, row: int, name: str, cell: str, most: int) -> int | None:
        if not cell:
            return None
        value = micro_degrees(cell)
        if value is None:
            self.note(row, "NOT_A_COORDINATE", name)
        elif not -most <= value <= most:
            self.note(row, "OUT_OF_RANGE", name)
            return None
        return value


def whole_number_sum(cells: Sequence[str]) -> int:
    """Add up the cells that are whole numbers of 15 digits at most; the others count nothing."""
    if are_plain_integers(cells):
        return sum(map(int, cells))
    return sum(int(cell) for cell in cells if _INTEGER.fullmatch(cell))


def are_plain_integers(cells: Sequence[str]) -> bool:
    """Tell whether a whole column is decimal digits."""
    if not "".join(cells).isascii() or not all(map(str.isdigit, cells)):
        return False
    return max(map(len, cells), default=0) <= _INTEGER_DIGITS_MAX


def is_business_no(text: str) -> bool:
    """Tell whether a text has the form of a business number."""
    return _BUSINESS_NO.fullmatch(text) is not None


def micro_degrees(cell: str) -> int | None:
    """Return decimal degrees in micro-degrees, or ``None`` when the text is no such number."""
    return None if _DEGREES.fullmatch(cell) is None else _micro_degrees(cell)


def text_code(cell: str) -> str:
    """Return what is wrong with any text: missing, or a formula in a spreadsheet's eyes."""
    if not cell:
        return "MISSING_FIELD"
    return "FORMULA_CELL" if cell.startswith(_FORMULA_SIGNS) else ""


def _joined(cells: Sequence[str]) -> str:
    # A sheet holds no line feeds, so this cannot be read two ways.
    return "\n".join(cells) + "\n" if cells else ""


def _micro_degrees(cell: str) -> int:
    whole, _, fraction = cell.partition(".")
    return int(whole + fraction[:_FRACTION_DIGITS].ljust(_FRACTION_DIGITS, "0"))


def _usual_degrees(cells: Sequence[str]) -> list[int] | None:
    """Return the column in micro-degrees, or ``None`` when one of its cells is empty or no degrees."""
    joined = _joined(cells)
    if _ALL_SIX_DIGITS.fullmatch(joined):
        return list(map(int, joined.replace(".", "").split()))
    return list(map(_micro_degrees, cells)) if _ALL_DEGREES.fullmatch(joined) else None


def _usual_instants(cells: Sequence[str]) -> list[datetime] | None:
    """Return the column's instants, or ``None`` when one of them is not as it should be."""
    if not _ALL_INSTANTS.fullmatch(_joined(cells)):
        return None
    try:
        moments = list(map(datetime.fromisoformat, cells))
    except ValueError:
        return None
    return moments if not moments or (min(moments) >= _FIRST and max(moments) < _LAST) else None


def _instant(cell: str) -> datetime | str:
    if _INSTANT.fullmatch(cell) is None:
        return _time_code(cell)
    try:
        moment = datetime.fromisoformat(cell)
    except ValueError:
        return "BAD_TIME"
    return moment if _FIRST <= moment < _LAST else "BAD_TIME"


def _time_code(cell: str) -> str:
    if not cell:
        return "MISSING_FIELD"
    return "NAIVE_TIME" if _NAIVE.fullmatch(cell) else "BAD_TIME"


def _whole_number(cell: str, most: int) -> int | str:
    if not cell:
        return "MISSING_FIELD"
    if _INTEGER.fullmatch(cell) is None:
        return "OUT_OF_RANGE" if _NUMBER_LIKE.fullmatch(cell) else text_code(cell) or "NOT_AN_INTEGER"
    value = int(cell)
    return value if 0 <= value <= most else "OUT_OF_RANGE"


def _number_code(cell: str) -> str:
    return text_code(cell) or ("" if is_business_no(cell) else "BAD_NUMBER")


def _are_usual_texts(cells: Sequence[str], length_max: int) -> bool:
    """Tell whether a column is ASCII (the sheet holds no controls), short, and free of formulas."""
    if not "".join(cells).isascii() or max(map(len, cells), default=0) > length_max:
        return False
    return not {cell[:1] for cell in cells}.intersection(_FORMULA_SIGNS)


def _free_text_code(cell: str, length_max: int, *, required: bool) -> str:
    if not cell:
        return "MISSING_FIELD" if required else ""
    if cell.startswith(_FORMULA_SIGNS):
        return "FORMULA_CELL"
    if len(cell) > length_max:
        return "TEXT_TOO_LONG"
    return "" if cell.isprintable() else "CONTROL_CHARACTER"
