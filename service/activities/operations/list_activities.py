"""List a citizen's activities."""

from datetime import date
from uuid import UUID

from sqlmodel import Session

from service.activities.store import activities, partners
from service.activities.store.activities import Activity
from service.core.context import Context
from service.core.database import transact
from service.core.paging import Page, bad_cursor, encode_cursor
from service.core.texts import Text


def list_activities(
    context: Context, citizen_id: int, page: Page
) -> tuple[list[tuple[Activity, Text]], str | None]:
    """Return a page of activities, the last recorded first, each with its partner's name, and the next cursor."""
    after = _place(page.key(2))

    def work(session: Session) -> tuple[list[Activity], dict[int, Text]]:
        found = activities.list_activities(session, citizen_id, after, page.limit + 1)
        return found, partners.partner_names(session, sorted({one.partner_id for one in found}))

    found, names = transact(context, work)
    shown = found[: page.limit]
    more = len(found) > page.limit
    cursor = encode_cursor([shown[-1].recorded_on, shown[-1].activity_id]) if more else None
    return [(one, names[one.partner_id]) for one in shown], cursor


def _place(key: list[str] | None) -> tuple[date, UUID] | None:
    if key is None:
        return None
    try:
        return date.fromisoformat(key[0]), UUID(key[1])
    except ValueError:
        raise bad_cursor() from None
