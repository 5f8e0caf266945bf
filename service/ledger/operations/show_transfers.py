"""Show a citizen's transfers."""

from service.core.context import Context
from service.core.database import transact
from service.core.paging import Page
from service.ledger.domain.transfers import Booked
from service.ledger.store.reading import list_transfers


def show_transfers(context: Context, owner_id: int, page: Page) -> tuple[list[Booked], str | None]:
    """Return a page of transfers, newest first, and the cursor of the next page."""
    return transact(context, lambda session: list_transfers(session, owner_id, page))
