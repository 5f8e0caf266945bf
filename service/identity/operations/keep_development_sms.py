"""Keep a sign-in code where a developer can read it."""

from datetime import timedelta

from sqlmodel import Session

from service.core.context import Context
from service.core.database import transact
from service.identity.store import development


def keep_development_sms(context: Context, phone: str, code: str, lifetime_s: int) -> None:
    """Keep a message of the development gateway until its code ends."""
    expires_at = context.now() + timedelta(seconds=lifetime_s)

    def keep(session: Session) -> None:
        development.insert_sms(session, context.new_id(), phone, code, expires_at)

    transact(context, keep)
