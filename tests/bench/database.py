"""The PostgreSQL that benchmarks run on: an embedded server of their own that really flushes."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session

from service.core import embedded
from service.core.clock import system_clock
from service.core.context import Context
from service.core.database import connect
from service.core.ids import uuid7_source
from service.core.keyring import Keyring
from service.migrations.run import APP_ROLE, migrate

CONF = embedded.DEFAULT_CONF + "max_wal_size = 8GB\ncheckpoint_timeout = 30min\n"
"""As served, but no checkpoint falls into one measurement and not into the other."""


@dataclass(frozen=True, slots=True)
class BenchDatabase:
    """One migrated database and how to reach it."""

    owner_url: str
    app_url: str

    def context(self, pool_size: int = 8) -> Context:
        """Return doors to it, as the restricted role."""
        return open_context(self.app_url, pool_size)

    def pgbench(self, script: str, *, seconds: int, clients: int = 8) -> float:
        """Run ``script`` with pgbench -M prepared and return transactions per second."""
        with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
            file.write(script)
            file.flush()
            options = ["-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(seconds), "-f", file.name]
            command = [str(embedded.binaries() / "pgbench"), *options, self.app_url]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
        found = re.search(r"tps = ([0-9.]+)", done.stdout)
        if found is None:
            raise RuntimeError(done.stdout + done.stderr)
        return float(found[1])


def open_context(app_url: str, pool_size: int) -> Context:
    """Return doors to a database, with the machine's clock."""
    engine = connect(app_url, pool_size=pool_size)
    now = system_clock()
    return Context(
        engine=engine,
        open_session=lambda: Session(engine, expire_on_commit=False),
        now=now,
        new_id=uuid7_source(now),
        random_bytes=os.urandom,
        keyring=Keyring(os.urandom(32), os.urandom),
        development=True,
        public_url="http://127.0.0.1:8000",
    )


@contextmanager
def bench_database() -> Iterator[BenchDatabase]:
    """Give a fresh server with a migrated database; it is stopped and removed afterwards."""
    data_dir = Path(tempfile.mkdtemp(prefix="tanhui-bench-"))
    data_dir.chmod(0o755)
    try:
        running = embedded.ensure_running(data_dir, conf=CONF)
        owner_url, app_url = running.url(), running.url(APP_ROLE)
        migrate(owner_url, app_url=app_url)
        yield BenchDatabase(owner_url, app_url)
    finally:
        embedded.stop(data_dir)
        shutil.rmtree(data_dir, ignore_errors=True)
