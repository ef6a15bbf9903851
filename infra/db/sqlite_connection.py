"""An aiosqlite connection that may be stopped while it closes, and whose statements take one step each."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import Any

import aiosqlite


class SqliteCursor:
    """Runs a statement, fetches all that it gives and closes, in one step of the connection's thread.

    What SQLAlchemy asks of a cursor is four steps of aiosqlite: to open, to execute, to fetch, to close. Each waits
    for the other thread to be given a core, which on a busy machine takes longer than the statement.
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
    """One thread, whose end every stop awaits.

    aiosqlite answers the first stop only. SQLAlchemy stops a connection whose closing was cancelled, and the closing,
    which ends with a stop of its own, would then wait for ever, and the event loop with it.
    """

    def __init__(self, connector: Callable[[], sqlite3.Connection], iter_chunk_size: int = 64) -> None:
        super().__init__(connector, iter_chunk_size)
        self._thread.daemon = True
        self._stopped: asyncio.Future[Any] | None = None

    def cursor(self) -> SqliteCursor:  # type: ignore[override]  # as much of one as SQLAlchemy asks for
        """A cursor whose statements take one step each."""
        return SqliteCursor(self)

    async def step(self, work: Callable[[sqlite3.Connection], object]) -> None:
        """Do this in the connection's thread, after what was asked of it before."""
        await self._execute(lambda: work(self._conn))  # type: ignore[no-untyped-call]

    def stop(self) -> asyncio.Future[Any] | None:
        """End the thread after what was asked of it before. None where no event loop runs."""
        if self._stopped is None:
            self._stopped = super().stop()
        return self._stopped and asyncio.shield(self._stopped)


def connect(database: str, **arguments: Any) -> SqliteConnection:
    """A connection to `database`, opened when awaited. `arguments` are those of `sqlite3.connect`."""
    return SqliteConnection(lambda: sqlite3.connect(database, **arguments))
