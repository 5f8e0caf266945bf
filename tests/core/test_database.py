import os
import signal
import threading
from pathlib import Path

import psycopg
import pytest
from sqlmodel import Session

from service.core import embedded
from service.core.context import Context
from service.core.database import GuardFailed, execute, fetch_all, fetch_one, pipeline, transact

DAY = "INSERT INTO business_day (day, state) VALUES (%s, 'open')"


def test_an_operation_that_fails_leaves_nothing(committed: Context) -> None:
    def half(session: Session) -> None:
        execute(session, DAY, ("2026-11-20",))
        raise LookupError

    with pytest.raises(LookupError):
        transact(committed, half)

    assert transact(committed, lambda session: fetch_all(session, "SELECT day FROM business_day")) == []


def test_a_guard_that_does_not_hold_stops_the_transaction(committed: Context) -> None:
    def guarded(session: Session) -> None:
        with pipeline(session) as queue:
            queue.run(DAY, ("2026-11-20",), expect=1)
            queue.run(
                "UPDATE business_day SET state = 'closed' WHERE day = '2000-01-01'", expect=1, label="the day"
            )

    with pytest.raises(GuardFailed) as refused:
        transact(committed, guarded)

    assert (refused.value.label, refused.value.expected, refused.value.found) == ("the day", 1, 0)
    assert transact(committed, lambda session: fetch_all(session, "SELECT day FROM business_day")) == []


def test_a_numbered_operation_outlives_a_broken_connection(committed: Context, owner_session: Session) -> None:
    tries: list[int] = []

    def work(session: Session) -> int:
        found = fetch_one(session, "SELECT pg_backend_pid()")
        assert found is not None
        tries.append(found[0])
        if len(tries) == 1:
            execute(owner_session, "SELECT pg_terminate_backend(%s)", (found[0],))
        execute(session, DAY, ("2026-11-20",))
        return len(tries)

    assert transact(committed, work, numbered=True) == 2
    assert transact(committed, lambda s: fetch_one(s, "SELECT count(*) FROM business_day")) == (1,)


def test_two_numbered_operations_that_deadlock_both_succeed(committed: Context) -> None:
    def arrange(session: Session) -> None:
        for day in ("2026-11-20", "2026-11-21"):
            execute(session, DAY, (day,))

    transact(committed, arrange)
    first_locks = threading.Barrier(2, timeout=10)
    entered: set[str] = set()

    def swap(one: str, two: str) -> None:
        def work(session: Session) -> None:
            lock = "SELECT 1 FROM business_day WHERE day = %s FOR UPDATE"
            fetch_one(session, lock, (one,))
            if one not in entered:
                entered.add(one)
                first_locks.wait()
            fetch_one(session, lock, (two,))
            execute(session, "UPDATE business_day SET state = 'closed' WHERE day = %s", (one,))

        transact(committed, work, numbered=True)

    threads = [
        threading.Thread(target=swap, args=pair)
        for pair in [("2026-11-20", "2026-11-21"), ("2026-11-21", "2026-11-20")]
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    states = transact(committed, lambda s: fetch_all(s, "SELECT state FROM business_day"))
    assert states == [("closed",), ("closed",)]


@pytest.mark.parametrize(
    "forbidden",
    ["DROP TABLE business_day", "DELETE FROM business_number", "CREATE TABLE mine (x int)", "CREATE ROLE other"],
)
def test_the_service_runs_as_a_role_that_cannot(forbidden: str, committed: Context) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        transact(committed, lambda session: execute(session, forbidden))


def test_the_embedded_server_is_one_per_folder_and_survives_a_hard_kill() -> None:
    import tempfile  # noqa: PLC0415 - a short path, because a socket's address has 107 bytes at most

    with tempfile.TemporaryDirectory(prefix="tanhui-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        first = embedded.ensure_running(folder)
        again = embedded.ensure_running(folder)
        with psycopg.connect(first.url()) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")

        os.kill(first.pid, signal.SIGKILL)
        recovered = embedded.ensure_running(folder)

        with psycopg.connect(recovered.url()) as connection:
            kept = connection.execute("SELECT answer FROM kept").fetchone()
        embedded.stop(folder)
        assert again == first
        assert recovered.pid != first.pid
        assert kept == (42,)
