"""The PostgreSQL that tests run on: one embedded server a run, one database a worker, cloned from a template."""

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

from service.core import embedded
from service.migrations.run import APP_ROLE, migrate
from service.settings import Settings

TEMPLATE = "tanhui_template"
TEST_CONF = (
    "max_connections = 300\nshared_buffers = 256MB\nfsync = off\nsynchronous_commit = off\n"
    "full_page_writes = off\nautovacuum = off\nmax_wal_size = 2GB\n"
)


@dataclass(frozen=True)
class Cluster:
    """Where the server is; ``owner`` and ``app`` are templates of addresses with a place for the database."""

    owner: str
    app: str
    data_dir: str | None

    def owner_url(self, database: str) -> str:
        return self.owner.replace("DATABASE", database)

    def app_url(self, database: str) -> str:
        return self.app.replace("DATABASE", database)

    def clone(self, database: str, template: str = TEMPLATE) -> None:
        """Make ``database`` anew from the template (about 25 ms)."""
        with psycopg.connect(self.owner_url("postgres"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {database} TEMPLATE {template}")

    def drop(self, database: str) -> None:
        with psycopg.connect(self.owner_url("postgres"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")


def start_cluster() -> Cluster:
    """Start (or reach) the server and build the template by running the migrations."""
    settings = Settings()
    if settings.owner_database_url is not None and settings.database_url is not None:
        cluster = Cluster(
            _with_place(settings.owner_database_url.get_secret_value()),
            _with_place(settings.database_url.get_secret_value()),
            None,
        )
    else:
        data_dir = Path(tempfile.mkdtemp(prefix="tanhui-tests-"))
        data_dir.chmod(0o755)
        running = embedded.ensure_running(data_dir, conf=TEST_CONF)
        place = running.url(database="DATABASE")
        cluster = Cluster(place, running.url(APP_ROLE, "DATABASE"), str(data_dir))
    with psycopg.connect(cluster.owner_url("postgres"), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {TEMPLATE} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {TEMPLATE}")
    migrate(cluster.owner_url(TEMPLATE), app_url=cluster.app_url(TEMPLATE))
    return cluster


def stop_cluster(cluster: Cluster) -> None:
    if cluster.data_dir is not None:
        embedded.stop(Path(cluster.data_dir))
        shutil.rmtree(cluster.data_dir, ignore_errors=True)


def _with_place(url: str) -> str:
    return make_url(url).set(database="DATABASE").render_as_string(hide_password=False)
