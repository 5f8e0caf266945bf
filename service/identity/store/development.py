"""The messages of the development gateway, readable on purpose."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from service.core.database import execute, fetch_all

_INSERT = "INSERT INTO development_sms (sms_id, phone, code, expires_at) VALUES (%s, %s, %s, %s)"
_LIST = """
SELECT phone, code, expires_at FROM development_sms
WHERE expires_at > %(now)s AND (%(phone)s::text IS NULL OR phone = %(phone)s)
ORDER BY expires_at DESC, sms_id DESC LIMIT %(rows)s
"""


def insert_sms(session: Session, sms_id: UUID, phone: str, code: str, expires_at: datetime) -> None:
    """Keep a message."""
    execute(session, _INSERT, (sms_id, phone, code, expires_at))


def list_sms(session: Session, phone: str | None, now: datetime, limit: int) -> list[tuple[str, str, datetime]]:
    """Return phone, code and end of the messages whose code may still be used, newest first."""
    rows = fetch_all(session, _LIST, {"now": now, "phone": phone, "rows": limit})
    return [(row[0], row[1], row[2]) for row in rows]
