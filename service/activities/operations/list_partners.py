"""List the data partners."""

from sqlmodel import Session

from service.activities.domain.batches import Partner
from service.activities.store import partners
from service.core.context import Context
from service.core.database import transact
from service.core.paging import Page, bad_cursor, encode_cursor


def list_partners(context: Context, page: Page) -> tuple[list[Partner], str | None]:
    """Return a page of partners and the cursor of the next."""
    key = page.key(1)
    if key is not None and not (key[0].isascii() and key[0].isdigit()):
        raise bad_cursor()
    after_id = 0 if key is None else int(key[0])

    def work(session: Session) -> list[Partner]:
        return partners.list_partners(session, after_id, page.limit + 1)

    found = transact(context, work)
    shown = found[: page.limit]
    return shown, encode_cursor([shown[-1].partner_id]) if len(found) > page.limit else None
