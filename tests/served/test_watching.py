"""The demonstration's watch over its processes, asked by several threads at once."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import psutil
import pytest

from service.demo.folder import Folder
from service.settings import Settings
from tests.served.processes import Processes, free_port, short_folder

WATCHERS = 8
ASLEEP = (sys.executable, "-c", "import time; time.sleep(60)")


@pytest.fixture
def asleep() -> Iterator[Processes]:
    """A service whose worker only sleeps."""
    with short_folder("watch") as data_dir:
        folder = Folder(data_dir)
        folder.make()
        processes = Processes(Settings(data_dir=data_dir), folder, free_port(), _commands={"worker": ASLEEP})
        processes.start(0)
        yield processes
        processes.stop()


def test_a_killed_process_is_started_once_however_many_watch(asleep: Processes) -> None:
    before = set(psutil.Process().children())
    start = Barrier(WATCHERS)

    def watch(_: int) -> None:
        start.wait()
        asleep.watch()

    asleep.kill_worker()
    with ThreadPoolExecutor(WATCHERS) as pool:
        list(pool.map(watch, range(WATCHERS)))

    assert asleep.restarts == 1
    assert len(set(psutil.Process().children()) - before) == 1
