"""List one's own bindings."""

from sqlmodel import Session

from service.core.context import Context
from service.core.database import transact
from service.core.paging import Page, encode_cursor
from service.identity.domain.consent import Binding
from service.identity.store import consent


def list_bindings(context: Context, citizen_id: int, page: Page) -> tuple[list[Binding], str | None]:
    """Return a page of live bindings and the cursor of the next page, if there is one."""

    def read(session: Session) -> list[Binding]:
        return consent.list_bindings(session, citizen_id, page)

    found = transact(context, read)
    shown = found[: page.limit]
    more = len(found) > page.limit
    return shown, encode_cursor([shown[-1].binding_id]) if more else None
