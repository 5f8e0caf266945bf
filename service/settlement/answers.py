"""What operations of settlement answer."""

from typing import Any

from service.core.clock import rfc3339
from service.settlement.domain import Closing, Statement

Answer = dict[str, Any]


def closing_answer(closing: Closing, *, replayed: bool) -> Answer:
    """Return a closing as the operator sees it."""
    return {
        "closing": {
            "day": closing.day.isoformat(),
            "closing_no": closing.closing_no,
            "closed_at": rfc3339(closing.closed_at),
            "statements": closing.statements,
            "rows": closing.rows,
            "total_fen": closing.total_fen,
        },
        "outcome": "done",
        "replayed": replayed,
    }


def statement_answer(statement: Statement) -> Answer:
    """Return the summary of a statement."""
    return {
        "merchant_id": statement.merchant_id,
        "day": statement.day.isoformat(),
        "closing_no": statement.closing_no,
        "rows": statement.rows,
        "total_fen": statement.total_fen,
        "bytes": statement.size_bytes,
        "sha256": statement.sha256.hex(),
        "prev_sha256": _hex(statement.prev_sha256),
        "chain_sha256": statement.chain_sha256.hex(),
        "prev_chain_sha256": _hex(statement.prev_chain_sha256),
        "created_at": rfc3339(statement.created_at),
    }


def _hex(digest: bytes | None) -> str | None:
    return None if digest is None else digest.hex()
