"""An aiosqlite connection that may be stopped while it closes, and whose statements take one step each.

The first statement of a transaction begins it, in the same step. What is asked of the connection's thread waits until
that is given a core, which on a busy machine takes longer than the statement.
"""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from typing import Any

import aiosqlite


class SqliteCursor:
    """Runs a statement, fetches all that it gives and closes, in one step of the connection's thread.

    What SQLAlchemy asks of a cursor is four steps of aiosqlite: to open, to execute, to fetch, to close.
    """

    arraysize = 1

    def __init__(self, connection: "SqliteConnection") -> None:
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self._connection = connection
        self._rows: Sequence[Any] = ()

    async def __aenter__(self) -> "SqliteCursor":
        return self

    async def execute(self, statement: str, parameters: Any = ()) -> "SqliteCursor":
        """Run it. Raises what `sqlite3` does."""
        await self._connection.step(
            lambda opened: self._run(opened, lambda cursor: cursor.execute(statement, parameters))
        )
        return self

    async def executemany(self, statement: str, parameters: Any) -> "SqliteCursor":
        """Run it with each of these. Raises what `sqlite3` does."""
        await self._connection.step(
            lambda opened: self._run(opened, lambda cursor: cursor.executemany(statement, parameters))
        )
        return self

    async def fetchall(self) -> Sequence[Any]:
        """What the last statement gave."""
        return self._rows

    async def close(self) -> None:
        """It is closed: nothing of it is open between two statements."""

    def _run(self, opened: sqlite3.Connection, statement: Callable[[sqlite3.Cursor], object]) -> None:
        with closing(opened.cursor()) as cursor:
            statement(cursor)
            self.description = cursor.description
            self._rows = cursor.fetchall() if self.description else ()
            self.rowcount, self.lastrowid = cursor.rowcount, cursor.lastrowid  # both hold once all is fetched


class SqliteConnection(aiosqlite.Connection):
    """One thread, whose end every stop awaits. A statement outside of a transaction begins one by `begin` (PEP 249).

    aiosqlite answers the first stop only. SQLAlchemy stops a connection whose closing was cancelled, and the closing,
    which ends with a stop of its own, would then wait for ever, and the event loop with it.
    """

    def __init__(self, connector: Callable[[], sqlite3.Connection], begin: str) -> None:
        super().__init__(connector, iter_chunk_size=64)
        self._thread.daemon = True
        self._stopped: asyncio.Future[Any] | None = None
        self._begin = begin
        self._within = False

    def cursor(self) -> SqliteCursor:  # type: ignore[override]  # as much of one as SQLAlchemy asks for
        """A cursor whose statements take one step each."""
        return SqliteCursor(self)

    async def step(self, work: Callable[[sqlite3.Connection], object]) -> None:
        """Do this in the connection's thread and in a transaction, after what was asked of it before."""
        begins, self._within = not self._within, True

        def begun() -> None:
            if begins:
                self._conn.execute(self._begin)
            work(self._conn)

        await self._execute(begun)  # type: ignore[no-untyped-call]

    async def commit(self) -> None:
        """Commit the transaction, if one has begun. Raises what `sqlite3` does."""
        await self._end(super().commit)

    async def rollback(self) -> None:
        """Take the transaction back, if one has begun: SQLAlchemy asks so also after each commit."""
        await self._end(super().rollback)

    async def _end(self, end: Callable[[], Awaitable[None]]) -> None:
        if self._within:
            await end()
            self._within = False

    def stop(self) -> asyncio.Future[Any] | None:
        """End the thread after what was asked of it before. None where no event loop runs."""
        if self._stopped is None:
            self._stopped = super().stop()
        return self._stopped and asyncio.shield(self._stopped)


def connect(database: str, *, begin: str, pragmas: Sequence[str] = (), **arguments: Any) -> SqliteConnection:
    """A connection to `database`, opened when awaited. `arguments` are further ones of `sqlite3.connect`."""

    def opened() -> sqlite3.Connection:
        connection: sqlite3.Connection = sqlite3.connect(database, isolation_level=None, **arguments)
        for pragma in pragmas:
            connection.execute(pragma).close()
        return connection

    return SqliteConnection(opened, begin)
