"""One server a run, one database a worker, one rolled-back transaction a test."""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session

from service import boot, identity, methodology
from service.app import Parts, create_app
from service.core.context import Context
from service.core.database import connect
from service.core.ids import uuid7_source
from service.core.keyring import Keyring
from tests.clock import MovingClock
from tests.cluster import Cluster, start_cluster, stop_cluster

CLUSTER = pytest.StashKey[Cluster]()
MASTER_SECRET = b"a master secret made for tests only"


def pytest_configure(config: pytest.Config) -> None:
    given = getattr(config, "workerinput", {}).get("cluster")
    if given is not None:
        config.stash[CLUSTER] = Cluster(**json.loads(given))
    elif not config.option.collectonly:
        config.stash[CLUSTER] = start_cluster()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """Tell each parallel worker where the server is (a hook of pytest-xdist)."""
    cluster = node.config.stash[CLUSTER]  # type: ignore[attr-defined]  # xdist ships no types
    node.workerinput["cluster"] = json.dumps(cluster.__dict__)  # type: ignore[attr-defined]


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and CLUSTER in config.stash:
        stop_cluster(config.stash[CLUSTER])


@pytest.fixture(scope="session")
def cluster(request: pytest.FixtureRequest) -> Cluster:
    return request.config.stash[CLUSTER]


@pytest.fixture(scope="session")
def worker_name() -> str:
    return "tanhui_" + os.environ.get("PYTEST_XDIST_WORKER", "alone")


@pytest.fixture(scope="session")
def engine(cluster: Cluster, worker_name: str) -> Iterator[sa.Engine]:
    """The worker's own database, as the restricted role."""
    cluster.clone(worker_name)
    engine = connect(cluster.app_url(worker_name))
    yield engine
    engine.dispose()
    cluster.drop(worker_name)


@dataclass
class Now:
    """What the present test uses; the application of the whole run looks here."""

    clock: MovingClock = field(default_factory=MovingClock)
    connection: sa.Connection | None = None

    def now(self) -> datetime:
        return self.clock()

    def open_session(self) -> Session:
        return Session(bind=self.connection, join_transaction_mode="create_savepoint", expire_on_commit=False)


@pytest.fixture(scope="session")
def _now() -> Now:
    return Now()


@pytest.fixture(scope="session")
def _standing_context(engine: sa.Engine, _now: Now) -> Context:
    return Context(
        engine=engine,
        open_session=_now.open_session,
        now=_now.now,
        new_id=uuid7_source(_now.now),
        random_bytes=os.urandom,
        keyring=Keyring(MASTER_SECRET, os.urandom),
        development=True,
        public_url="http://127.0.0.1:8000",
    )


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock()


@pytest.fixture
def context(_standing_context: Context, _now: Now, clock: MovingClock, engine: sa.Engine) -> Iterator[Context]:
    """Doors whose every transaction is rolled back when the test ends."""
    with engine.connect() as connection:
        outer = connection.begin()
        _now.clock, _now.connection = clock, connection
        yield _standing_context
        _now.connection = None
        outer.rollback()


@pytest.fixture
def session(context: Context) -> Iterator[Session]:
    """A session on the test's own connection, to arrange with and to look through."""
    with context.open_session() as session:
        yield session


@pytest.fixture(scope="session")
def catalogue() -> methodology.Catalogue:
    return boot.load_catalogue()


@pytest.fixture(scope="session")
def app(_standing_context: Context, catalogue: methodology.Catalogue) -> Flask:
    parts = Parts(catalogue=catalogue, sms_gateway=identity.DevelopmentGateway())
    return create_app(_standing_context, parts)


@pytest.fixture
def client(app: Flask, context: Context) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def committed(cluster: Cluster, worker_name: str, clock: MovingClock) -> Iterator[Context]:
    """Doors to a database of their own that really commits: for threads and second connections."""
    database = f"{worker_name}_committed"
    cluster.clone(database)
    engine = connect(cluster.app_url(database), pool_size=40)
    yield Context(
        engine=engine,
        open_session=lambda: Session(engine, expire_on_commit=False),
        now=clock,
        new_id=uuid7_source(clock),
        random_bytes=os.urandom,
        keyring=Keyring(MASTER_SECRET, os.urandom),
        development=True,
        public_url="http://127.0.0.1:8000",
    )
    engine.dispose()
    cluster.drop(database)


@pytest.fixture
def committed_app(committed: Context, catalogue: methodology.Catalogue) -> Flask:
    """The application on the committed database."""
    return create_app(committed, Parts(catalogue=catalogue, sms_gateway=identity.DevelopmentGateway()))


@pytest.fixture
def owner_session(committed: Context, cluster: Cluster, worker_name: str) -> Iterator[Session]:
    """The committed database as its owner, to plant damage that the restricted role cannot do."""
    engine = connect(cluster.owner_url(f"{worker_name}_committed"))
    with Session(engine) as session:
        yield session
    engine.dispose()


@pytest.fixture
def production(context: Context) -> Callable[[], Context]:
    """The same doors, but with the conveniences of development off."""
    return lambda: replace(context, development=False)
