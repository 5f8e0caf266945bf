"""Read the codes that the development gateway kept."""

from datetime import datetime

from sqlmodel import Session

from service.core.context import Context
from service.core.database import transact
from service.identity.phones import normalise_phone
from service.identity.store import development


def list_development_codes(
    context: Context, phone: str | None = None, limit: int = 50
) -> list[tuple[str, str, datetime]]:
    """Return phone, code and end of at most ``limit`` codes that may still be used, newest first."""
    normal = None if phone is None else normalise_phone(phone)

    def read(session: Session) -> list[tuple[str, str, datetime]]:
        return development.list_sms(session, normal, context.now(), limit)

    return transact(context, read)
