"""The worker: runs every sweep again and again until it is told to stop."""

import signal
import threading
from collections.abc import Sequence
from types import FrameType

import structlog

from service.core.context import Context
from service.core.opening import Sweep

IDLE_S = 0.25
FAULT_PAUSE_S = 1.0
log = structlog.get_logger("tanhui.worker")


def run_worker(context: Context, sweeps: Sequence[Sweep], stopping: threading.Event) -> None:
    """Run until ``stopping`` is set; a sweep that fails is logged and tried again.

    Each sweep finds its work as a state in our own tables, so a worker that was killed leaves nothing behind but
    that state, and any number of workers may run.
    """
    while not stopping.is_set():
        worked = [_run_one(context, sweep, stopping) for sweep in sweeps]
        if not any(worked):
            stopping.wait(IDLE_S)


def _run_one(context: Context, sweep: Sweep, stopping: threading.Event) -> bool:
    try:
        return sweep.run(context)
    except Exception:
        # A bug in one sweep must not stop the others: it is logged and tried again.
        log.exception("sweep_failed", sweep=sweep.name)
        stopping.wait(FAULT_PAUSE_S)
        return False


def stop_on_signals(stopping: threading.Event) -> None:
    """Set ``stopping`` on SIGTERM and SIGINT."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
