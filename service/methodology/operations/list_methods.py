"""List the published methods."""

from service.core.paging import Page, bad_cursor, encode_cursor
from service.methodology.domain.method import Method
from service.methodology.store.catalogue import Catalogue

CURSOR_PARTS = 2


def list_methods(catalogue: Catalogue, page: Page) -> tuple[list[Method], str | None]:
    """Return a page of published versions by id and version, and the cursor of the next page."""
    start = ("", 0)
    key = page.key(CURSOR_PARTS)
    if key is not None:
        method_id, version = key
        if not version.isdecimal():
            raise bad_cursor()
        start = (method_id, int(version))
    ordered = sorted(catalogue.methods, key=lambda method: (method.method_id, method.version))
    rest = [method for method in ordered if (method.method_id, method.version) > start]
    shown = rest[: page.limit]
    more = len(rest) > len(shown)
    return shown, encode_cursor([shown[-1].method_id, shown[-1].version]) if more else None
