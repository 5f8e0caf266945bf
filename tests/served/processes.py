"""gunicorn and the worker as child processes of a test, which may be killed at any moment."""

import os
import signal
import socket
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from service.core import embedded
from service.demo.processes import Service
from service.settings import PREFIX


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def short_folder(name: str) -> Iterator[Path]:
    """An empty folder with a short path: the address of a socket has 107 bytes at most."""
    with TemporaryDirectory(prefix=f"tanhui-{name}-", ignore_cleanup_errors=True) as path:
        Path(path).chmod(0o755)  # run as root, PostgreSQL is another user, who must get through
        yield Path(path)


@dataclass
class Processes(Service):
    """The demonstration's own processes, without the settings of whoever runs the tests.

    A kill waits until an earlier one is healed: what is tested is the service, not how patiently it is started.
    """

    given: Mapping[str, str] = field(default_factory=dict)
    kills: Counter[str] = field(default_factory=Counter)

    def kill_web(self) -> None:
        """End gunicorn, its master and every process under it, at once."""
        with self._lock:
            self._kill("web")

    def kill_worker(self) -> None:
        with self._lock:
            self._kill("worker")

    def kill_database(self) -> None:
        """End the postmaster; its backends end themselves when they notice."""
        with self._lock:
            self._kill_postmaster()

    def kill_everything(self) -> None:
        with self._lock:
            self._kill_postmaster()
            self._kill("web")
            self._kill("worker")

    def terminate_web(self) -> Future[int]:
        """Ask gunicorn to stop, as `systemctl stop` does; the answer is how it ended."""
        child = self._children["web"]
        child.terminate()
        pool = ThreadPoolExecutor(1)
        ended = pool.submit(child.wait)
        pool.shutdown(wait=False)
        return ended

    def _kill_postmaster(self) -> None:
        os.kill(embedded.ensure_running(self.settings.data_dir).pid, signal.SIGKILL)
        self.kills["database"] += 1

    def _kill(self, name: str) -> None:
        child = self._children[name]
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
            self.kills[name] += 1

    def _environment(self) -> dict[str, str]:
        inherited = super()._environment()
        own = ("BIND", "PUBLIC_URL", "CLOCK_OFFSET_S", "DATA_DIR")
        kept = {
            name: value
            for name, value in inherited.items()
            if not name.startswith(PREFIX) or name.removeprefix(PREFIX) in own
        }
        return {**kept, **self.given}
