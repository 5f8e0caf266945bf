"""One transaction per operation, raw psycopg where it is hot, and guards that are believed only when counted."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar, cast

import psycopg
from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from service.core.context import Context

T = TypeVar("T")
Params = Sequence[object] | Mapping[str, object]
Row = tuple[Any, ...]

ATTEMPTS_MAX = 4
"""How often a numbered operation is tried before its fault is shown."""

RETRIED_SQLSTATES = frozenset({"40001", "40P01", "57P01", "57P02", "57P03", "XX000"})
"""Serialization, deadlock, server going away, and (under Citus, at COMMIT) a shard that could not commit."""

QUERY_CANCELED = "57014"
"""A statement that waited or worked longer than it may: not tried again at once, but no bug either."""

STATEMENT_TIMEOUT_MS = 30_000
IDLE_IN_TRANSACTION_TIMEOUT_MS = 60_000


class GuardFailed(Exception):  # noqa: N818 - a guard that did not hold is not always an error
    """A guarded statement touched another number of rows than it had to; the transaction must roll back."""

    def __init__(self, label: str, expected: int, found: int) -> None:
        super().__init__(f"{label}: expected {expected} rows, touched {found}")
        self.label = label
        self.expected = expected
        self.found = found


def connect(url: str, *, pool_size: int = 5) -> Engine:
    """Return an engine for ``url`` (any ``postgresql://``), with the limits every transaction lives under.

    ``prepare_threshold=2`` lets psycopg prepare a statement the second time a connection sends it.
    """
    url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    options = (
        f"-c statement_timeout={STATEMENT_TIMEOUT_MS}"
        f" -c idle_in_transaction_session_timeout={IDLE_IN_TRANSACTION_TIMEOUT_MS}"
        " -c TimeZone=UTC"
    )
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        connect_args={"options": options, "prepare_threshold": 2},
    )


def transact(context: Context, work: Callable[[Session], T], *, numbered: bool = False) -> T:
    """Run ``work`` in one transaction and commit it; only operations call this.

    Args:
        context: The doors to the outside.
        work: What to do; it gets the session and must not commit.
        numbered: The work carries a business number, so doing it again is safe: it is then retried, a bounded
            number of times, after deadlocks, serialization failures and broken connections.
    """
    attempt = 1
    while True:
        try:
            return _once(context, work)
        except (DBAPIError, psycopg.Error) as fault:
            if not numbered or attempt >= ATTEMPTS_MAX or not may_retry(fault):
                raise
            attempt += 1


def _once(context: Context, work: Callable[[Session], T]) -> T:
    with context.open_session() as session:
        answer = work(session)
        session.commit()
        return answer


def may_retry(fault: BaseException) -> bool:
    """Tell whether the same work may succeed when tried again."""
    origin = fault.orig if isinstance(fault, DBAPIError) else fault
    broken = isinstance(fault, DBAPIError) and fault.connection_invalidated
    state = getattr(origin, "sqlstate", None)
    if state is None:
        return broken or isinstance(origin, psycopg.OperationalError)
    return broken or state in RETRIED_SQLSTATES or str(state).startswith("08")


def may_pass(fault: BaseException) -> bool:
    """Tell whether the fault is of this moment, so that the same request may succeed when it is sent again."""
    origin = fault.orig if isinstance(fault, DBAPIError) else fault
    return may_retry(fault) or getattr(origin, "sqlstate", None) == QUERY_CANCELED


def driver(session: Session) -> psycopg.Connection[Row]:
    """Return the session's own psycopg connection, for plain prepared SQL on a hot path."""
    session.flush()
    return cast("psycopg.Connection[Row]", session.connection().connection.driver_connection)


def fetch_all(session: Session, sql: str, params: Params = ()) -> list[Row]:
    """Return every row of a plain SELECT."""
    return driver(session).execute(sql, params).fetchall()


def fetch_one(session: Session, sql: str, params: Params = ()) -> Row | None:
    """Return the first row of a plain SELECT (or of a RETURNING), if there is one."""
    return driver(session).execute(sql, params).fetchone()


def execute(session: Session, sql: str, params: Params = ()) -> int:
    """Run one plain statement and return how many rows it touched."""
    return driver(session).execute(sql, params).rowcount


class Pipeline:
    """Statements sent without waiting for each other's answers."""

    def __init__(self, connection: psycopg.Connection[Row]) -> None:
        self._connection = connection
        self._guards: list[tuple[str, int, psycopg.Cursor[Row]]] = []

    def run(
        self, sql: str, params: Params = (), *, expect: int | None = None, label: str = ""
    ) -> psycopg.Cursor[Row]:
        """Send one statement; its cursor may be read after the pipeline has ended.

        Args:
            sql: Plain SQL with psycopg placeholders.
            params: Its values.
            expect: The number of rows it must touch; checked when the pipeline ends.
            label: What the guard protects, for :class:`GuardFailed`.
        """
        cursor = self._connection.execute(sql, params)
        if expect is not None:
            self._guards.append((label or sql, expect, cursor))
        return cursor

    def check(self) -> None:
        """Compare every expected row count.

        Raises:
            GuardFailed: One differs; the caller's transaction must not commit.
        """
        for label, expected, cursor in self._guards:
            if cursor.rowcount != expected:
                raise GuardFailed(label, expected, cursor.rowcount)


@contextmanager
def pipeline(session: Session) -> Iterator[Pipeline]:
    """Send several statements in one round trip, then believe only their counted rows.

    ``session.execute`` inside a pipeline silently answers rowcount -1, so inside the block only the pipeline's
    own ``run`` is used.
    """
    connection = driver(session)
    with connection.pipeline():
        queue = Pipeline(connection)
        yield queue
    queue.check()


def schema_revision(context: Context) -> str:
    """Return the revision the database is at; raises what the driver raises when it does not answer."""
    with context.open_session() as session:
        found = fetch_one(session, "SELECT version_num FROM alembic_version")
    return "" if found is None else str(found[0])
