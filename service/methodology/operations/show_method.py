"""Show one published version of a method."""

from service.methodology.domain.method import Method
from service.methodology.store.catalogue import Catalogue


def show_method(catalogue: Catalogue, method_id: str, version: int) -> Method:
    """Return one published version.

    Raises:
        MethodNotFound: There is none.
    """
    return catalogue.get(method_id, version)
