"""List what became of a batch's lines."""

from sqlmodel import Session

from service import identity
from service.activities.domain.batches import LineResult
from service.activities.store import batches
from service.core.context import Context
from service.core.database import transact
from service.core.paging import Page, bad_cursor, encode_cursor


def list_results(
    context: Context, caller: identity.MachineCaller, batch_no: str, page: Page
) -> tuple[list[LineResult], str | None]:
    """Return a page of lines in their order, as far as they are processed, and the cursor of the next.

    Raises:
        BatchNotFound: The partner has no such batch.
        RequestReplayed: The request was used before.
    """
    key = (caller.machine_id, batch_no)
    place = page.key(1)
    if place is not None and not (place[0].isascii() and place[0].isdigit()):
        raise bad_cursor()
    after_line = 0 if place is None else int(place[0])

    def work(session: Session) -> list[LineResult]:
        identity.spend_proof(session, caller, context.now())
        batches.get_batch(session, key)
        return batches.list_results(session, key, after_line, page.limit + 1)

    found = transact(context, work, numbered=True)
    shown = found[: page.limit]
    return shown, encode_cursor([shown[-1].line_no]) if len(found) > page.limit else None
