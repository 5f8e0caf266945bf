from collections.abc import Callable

import pytest
from flask import Flask

from service import methodology
from service.core.context import Context
from tests.activities.intake import Partner
from tests.identity import world

NewPartner = Callable[..., Partner]


@pytest.fixture
def operator(app: Flask, context: Context) -> world.OperatorClient:
    return world.operator(app, context)


@pytest.fixture
def new_partner(
    app: Flask, context: Context, catalogue: methodology.Catalogue, operator: world.OperatorClient
) -> NewPartner:
    """Registers another partner of this code."""
    return lambda code, **changes: Partner(app, context, catalogue).register(operator, code, **changes)


@pytest.fixture
def partner(new_partner: NewPartner) -> Partner:
    return new_partner("green-wheels")


@pytest.fixture
def rider(app: Flask, context: Context, partner: Partner) -> world.CitizenClient:
    """A citizen who is bound to the partner's subject ``rider-1``."""
    citizen = world.citizen(app, context)
    world.bind(citizen, partner.client, "rider-1")
    return citizen
