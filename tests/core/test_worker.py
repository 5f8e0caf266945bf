import threading

from service.core.context import Context
from service.core.opening import Sweep
from service.worker import run_worker


class Impatient(threading.Event):
    """Never waits."""

    def wait(self, timeout: float | None = None) -> bool:  # noqa: ARG002 - threading's signature
        return self.is_set()


def test_a_sweep_that_fails_does_not_stop_the_others(context: Context) -> None:
    stopping = Impatient()
    done: list[str] = []

    def fails(_context: Context) -> bool:
        done.append("failed")
        raise ZeroDivisionError

    def works(_context: Context) -> bool:
        done.append("worked")
        if len(done) >= 4:
            stopping.set()
        return True

    run_worker(context, (Sweep("broken", fails), Sweep("sound", works)), stopping)

    assert done == ["failed", "worked", "failed", "worked"]


def test_the_worker_stops_when_it_is_told(context: Context) -> None:
    stopping = threading.Event()
    stopping.set()

    run_worker(context, (Sweep("never", lambda _context: 1 / 0 > 0),), stopping)
