"""SQL of settlement. All statements of a day are drawn by one statement, whatever the number of merchants."""

from datetime import date, datetime

from sqlmodel import Session

from service import rewards
from service.core.database import Row, execute, fetch_all, fetch_one
from service.settlement.domain import COLUMNS, GUARDED, HEADER, TEXT_COLUMNS, VERIFY, Closing, Statement

INSTANT_FORM = 'YYYY-MM-DD"T"HH24:MI:SS.US'


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _cell(column: str) -> str:
    """Return the SQL of one cell; the same rule as domain.write_file."""
    if column in TEXT_COLUMNS:
        text = f"coalesce({column}, '')"
        # strpos of '' is 1, so the empty text is told apart first.
        guard = f"CASE WHEN {text} <> '' AND strpos({_quoted(GUARDED)}, left({text}, 1)) > 0 THEN '''' ELSE '' END"
        return f"""'"' || {guard} || replace({text}, '"', '""') || '"'"""
    written = {
        "verified_at": f"to_char(verified_at AT TIME ZONE 'Asia/Shanghai', {_quoted(INSTANT_FORM)}) || '+08:00'",
        "type": _quoted(VERIFY),
        "merchant_fen": "(face_value_fen - settle_fen)::text",
    }
    return written.get(column, f"{column}::text")


_LINE = f"concat_ws(',', {', '.join(_cell(column) for column in COLUMNS)}) || E'\\r\\n'"
_HEADER = "E" + _quoted(HEADER.replace("\r", r"\r").replace("\n", r"\n"))

_DRAW = f"""
INSERT INTO statement (
    merchant_id, closing_no, day, rows, total_fen, sha256, prev_sha256, chain_sha256, content
)
SELECT filed.merchant_id, %(closing_no)s, %(day)s, filed.rows, filed.total_fen, file.sha256, last.sha256,
    sha256(convert_to(concat(
        encode(last.chain_sha256, 'hex'), E'\\n', filed.merchant_id, E'\\n', to_char(%(day)s::date, 'YYYY-MM-DD'),
        E'\\n', filed.rows, E'\\n', filed.total_fen, E'\\n', encode(file.sha256, 'hex'), E'\\n'
    ), 'UTF8')),
    filed.content
FROM (
    SELECT merchant.merchant_id, coalesce(lines.rows, 0) AS rows, coalesce(lines.total_fen, 0) AS total_fen,
        convert_to({_HEADER} || coalesce(lines.text, ''), 'UTF8') AS content
    FROM ({rewards.MERCHANT_IDS}) AS merchant
    LEFT JOIN (
        SELECT merchant_id, count(*) AS rows, sum(settle_fen)::bigint AS total_fen,
            string_agg({_LINE}, '' ORDER BY verified_at, redemption_id) AS text
        FROM ({rewards.REDEMPTION_LINES}) AS line
        WHERE day = %(day)s
        GROUP BY merchant_id
    ) AS lines ON lines.merchant_id = merchant.merchant_id
    OFFSET 0
) AS filed
CROSS JOIN LATERAL (SELECT sha256(filed.content) AS sha256 OFFSET 0) AS file
LEFT JOIN LATERAL (
    SELECT sha256, chain_sha256 FROM statement
    WHERE statement.merchant_id = filed.merchant_id ORDER BY closing_no DESC LIMIT 1
) AS last ON true
"""
"""OFFSET 0 keeps a subquery from being taken apart: each file is written and hashed once, and streams through."""

_NO_TIME_LIMIT = "SET LOCAL statement_timeout = 0"
_LAST_NO = "SELECT coalesce(max(closing_no), 0) FROM closing"
_INSERT_CLOSING = """
INSERT INTO closing (closing_no, day, operator_id, closed_at) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING
"""
_CLOSING = """
SELECT closing.closing_no, closing.day, closing.closed_at, count(statement.merchant_id),
    coalesce(sum(statement.rows), 0)::bigint, coalesce(sum(statement.total_fen), 0)::bigint
FROM closing LEFT JOIN statement ON statement.closing_no = closing.closing_no
WHERE closing.day = %s
GROUP BY closing.closing_no, closing.day, closing.closed_at
"""
_STATEMENT = """
SELECT statement.merchant_id, statement.day, statement.closing_no, statement.rows, statement.total_fen,
    length(statement.content), statement.sha256, statement.prev_sha256, statement.chain_sha256,
    (SELECT previous.chain_sha256 FROM statement AS previous
        WHERE previous.merchant_id = statement.merchant_id AND previous.closing_no < statement.closing_no
        ORDER BY previous.closing_no DESC LIMIT 1),
    closing.closed_at
FROM statement JOIN closing ON closing.closing_no = statement.closing_no
WHERE statement.merchant_id = %s AND statement.day = %s
"""
_CONTENT = "SELECT content, sha256 FROM statement WHERE merchant_id = %s AND day = %s"


def lift_time_limit(session: Session) -> None:
    """Let the statements of this transaction take their time.

    A close waits for what is being booked on its day and for other closes, and its drawing grows with the day.
    """
    execute(session, _NO_TIME_LIMIT)


def insert_closing(session: Session, day: date, operator_id: int, now: datetime) -> int:
    """Number a closing and return its number; two at once stand in line and get one after the other."""
    while True:
        ((last_no,),) = fetch_all(session, _LAST_NO)
        closing_no = int(last_no) + 1
        if execute(session, _INSERT_CLOSING, (closing_no, day, operator_id, now)) == 1:
            return closing_no


def draw_statements(session: Session, closing_no: int, day: date) -> None:
    """Write every merchant's statement of a day that nothing can be booked on any more."""
    execute(session, _DRAW, {"closing_no": closing_no, "day": day})


def find_closing(session: Session, day: date) -> Closing | None:
    """Return the closing of a day, if it is closed."""
    found = fetch_one(session, _CLOSING, (day,))
    return None if found is None else Closing(*found)


def find_statement(session: Session, merchant_id: int, day: date) -> Statement | None:
    """Return the summary of a statement."""
    found = fetch_one(session, _STATEMENT, (merchant_id, day))
    return None if found is None else _statement(found)


def find_content(session: Session, merchant_id: int, day: date) -> tuple[bytes, bytes] | None:
    """Return the file of a statement and its hash."""
    found = fetch_one(session, _CONTENT, (merchant_id, day))
    return None if found is None else (bytes(found[0]), bytes(found[1]))


def _statement(row: Row) -> Statement:
    return Statement(*row)
