"""Holds the worker inside the transaction that books a chunk, so that a kill there is no matter of luck."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg

from service.activities.domain.batches import CHUNK_LINES_MAX

PATIENCE_S = 60
POLL_S = 0.01
HOLD = "LOCK TABLE activity IN SHARE MODE"
BOOKING = """
SELECT b.batch_no, b.lines, b.lines_done FROM batch b
WHERE b.state = 'processing' AND b.leased_until IS NOT NULL AND EXISTS (
    SELECT FROM pg_locks l
    WHERE l.relation = 'activity'::regclass AND l.mode = 'RowExclusiveLock' AND NOT l.granted)
ORDER BY b.leased_until DESC LIMIT 1
"""
QUEUED = """
SELECT FROM pg_locks
WHERE relation = 'activity'::regclass AND mode = 'ShareLock' AND NOT granted
"""


@dataclass(frozen=True)
class Caught:
    """A batch whose chunk is being booked at this moment."""

    batch_no: str
    lines: int
    lines_done: int


@dataclass
class Trap:
    """Kills what it is told to, each time inside a chunk of another batch."""

    url: str
    kill_worker: Callable[[], None]
    kill_database: Callable[[], None]
    killed: dict[str, Caught] = field(default_factory=dict)

    def run(self) -> None:
        """Go on until the worker died in a first and in a second chunk, and the database in a chunk."""
        deadline = time.monotonic() + PATIENCE_S
        while len(self.killed) < 3:
            assert time.monotonic() < deadline, self.killed
            try:
                with self._holding() as holder:
                    self._strike(holder)
            except psycopg.OperationalError:
                time.sleep(POLL_S)  # the database is on its way back

    def _strike(self, holder: psycopg.Connection[Any]) -> None:
        caught = self._await_caught()
        if caught.lines > CHUNK_LINES_MAX:
            if caught.lines_done == 0 and "second chunk" not in self.killed:
                self._strike_second_chunk(holder)
        elif "first chunk" not in self.killed:
            self.kill_worker()
            self.killed["first chunk"] = caught
        elif "database" not in self.killed:
            self.kill_database()
            self.killed["database"] = caught

    def _strike_second_chunk(self, holder: psycopg.Connection[Any]) -> None:
        """Queue behind the worker for the same lock, let the first chunk through, and be there for the second."""
        with psycopg.connect(self.url) as behind, psycopg.connect(self.url, autocommit=True) as eye:
            with ThreadPoolExecutor(1) as pool:
                pool.submit(behind.execute, HOLD)
                _await(lambda: eye.execute(QUEUED).fetchone())
                holder.rollback()
            caught = self._await_caught()
            self.kill_worker()
            self.killed["second chunk"] = caught
            behind.rollback()

    def _await_caught(self) -> Caught:
        with psycopg.connect(self.url, autocommit=True) as eye:
            return Caught(*_await(lambda: eye.execute(BOOKING).fetchone()))

    @contextmanager
    def _holding(self) -> Iterator[psycopg.Connection[Any]]:
        with psycopg.connect(self.url) as holder:
            holder.execute(HOLD)
            yield holder
            holder.rollback()


def _await(look: Callable[[], tuple[Any, ...] | None]) -> tuple[Any, ...]:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        found = look()
        if found is not None:
            return found
        assert time.monotonic() < deadline
        time.sleep(POLL_S)
