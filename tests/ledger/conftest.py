import pytest
from flask import Flask

from service import identity, ledger
from service.core.context import Context
from service.core.http import problems
from service.core.http.answers import FastJSON
from service.core.http.openapi import build_api
from tests.ledger.bookings import Books


@pytest.fixture
def books(context: Context) -> Books:
    """The books of one rolled-back transaction."""
    return Books(context)


@pytest.fixture
def committed_books(committed: Context) -> Books:
    """Books that really commit."""
    return Books(committed)


@pytest.fixture(scope="session")
def app(_standing_context: Context) -> Flask:
    """The routes of the books alone, behind the guard of identity."""
    app = Flask("ledger")
    app.json = FastJSON(app)
    api = build_api(app, title="ledger", version="1")
    problems.install(app)
    for blueprint in ledger.blueprints(_standing_context, identity.guard(_standing_context)):
        api.register_blueprint(blueprint)
    return app
