from collections.abc import Iterator

import pytest

from tests.cluster import Cluster
from tests.served.shop import Shop, served_shop


@pytest.fixture(scope="module")
def shop(cluster: Cluster, worker_name: str) -> Iterator[Shop]:
    """gunicorn and the worker, as they are deployed, on a database of their own."""
    with served_shop(cluster, f"{worker_name}_served") as shop:
        yield shop
