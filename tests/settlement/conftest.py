import pytest

from service.core.context import Context
from tests.rewards.market import Market, Shop, open_shop


@pytest.fixture
def market(context: Context) -> Market:
    """A market in one rolled-back transaction."""
    return Market(context)


@pytest.fixture
def shop(market: Market) -> Shop:
    return open_shop(market)


@pytest.fixture
def committed_market(committed: Context) -> Market:
    """A market that really commits."""
    return Market(committed)
