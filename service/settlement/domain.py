"""The rules of statements: their columns, how cells are guarded, how files are chained. Standard library.

The file itself is written by one statement in the database (:mod:`service.settlement.store`), from these
constants; the functions here say in Python what it must come to, and read it back.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from service.core.refusals import Refusal
from service.core.texts import Text
from service.core.units import AmountFen

COLUMNS = (
    "verify_no",
    "verified_at",
    "type",
    "store_code",
    "terminal_code",
    "clerk",
    "offer_id",
    "title",
    "redemption_id",
    "voucher_id",
    "face_value_fen",
    "merchant_fen",
    "settle_fen",
)
"""Fixed; new columns are only ever added at the end."""

TEXT_COLUMNS = ("verify_no", "store_code", "terminal_code", "clerk", "title")
"""Columns whose content somebody outside has chosen."""

LINE_END = "\r\n"
HEADER = ",".join(COLUMNS) + LINE_END
VERIFY = "VERIFY"

GUARD = "'"
GUARDED = "=+-@'＝＋－＠"
"""A text cell that begins with one of these would be a formula to some spreadsheet (or, for the apostrophe, would
look guarded); it gets an apostrophe in front, and a reader takes one leading apostrophe away."""


class StatementNotFound(Refusal):
    """The business day is not closed, or the merchant did not exist when it was."""

    code = "STATEMENT_NOT_FOUND"
    status = 404
    title = Text("没有这份对账单", "There is no such statement")
    detail = Text("商户 {merchant_id} 在 {day} 没有对账单。", "Merchant {merchant_id} has no statement of {day}.")


@dataclass(frozen=True, slots=True)
class Closing:
    """A closed business day and what it came to."""

    closing_no: int
    day: date
    closed_at: datetime
    statements: int
    rows: int
    total_fen: AmountFen


@dataclass(frozen=True, slots=True)
class Statement:
    """The summary of one merchant's statement."""

    merchant_id: int
    day: date
    closing_no: int
    rows: int
    total_fen: AmountFen
    size_bytes: int
    sha256: bytes
    prev_sha256: bytes | None
    chain_sha256: bytes
    prev_chain_sha256: bytes | None
    created_at: datetime


def guard_cell(text: str) -> str:
    """Return a text as a cell that no spreadsheet takes for a formula."""
    return GUARD + text if text[:1] and text[0] in GUARDED else text


def read_cell(cell: str) -> str:
    """Return the text that :func:`guard_cell` was given."""
    return cell.removeprefix(GUARD)


def write_file(rows: Iterable[Sequence[object]]) -> bytes:
    """Return the file of a statement: the header and one line per row, each in the order of :data:`COLUMNS`.

    Text cells are always quoted, the others never (RFC 4180).
    """
    lines = [HEADER]
    for row in rows:
        cells = [
            '"' + guard_cell(str(value)).replace('"', '""') + '"' if name in TEXT_COLUMNS else str(value)
            for name, value in zip(COLUMNS, row, strict=True)
        ]
        lines.append(",".join(cells) + LINE_END)
    return "".join(lines).encode()


def read_file(content: bytes) -> list[dict[str, str]]:
    """Return the rows of a file, as a merchant's system would read them."""
    reader = csv.DictReader(io.StringIO(content.decode(), newline=""), strict=True)
    return [
        {name: read_cell(cell) if name in TEXT_COLUMNS else cell for name, cell in row.items()} for row in reader
    ]


def chain(previous: bytes | None, statement: Statement) -> bytes:
    """Return the hash that vouches for a statement and, through ``previous``, for all before it."""
    figures = (statement.merchant_id, statement.day, statement.rows, statement.total_fen, statement.sha256.hex())
    lines = ["" if previous is None else previous.hex(), *(str(figure) for figure in figures)]
    return sha256("".join(f"{line}\n" for line in lines).encode()).digest()
