"""A connection ends once, however often it is told to; what it is asked takes one step of its thread."""

import asyncio
import contextlib
import sqlite3
from pathlib import Path

import pytest

from infra.db.sqlite_connection import SqliteConnection, connect


async def opened(directory: Path) -> SqliteConnection:
    connection = connect(str(directory / "some.db"))
    await connection
    return connection


async def test_a_connection_that_was_stopped_can_still_be_closed(tmp_path: Path) -> None:
    connection = await opened(tmp_path)
    connection.stop()
    # When it is closed, it ends, perhaps by saying that there is nothing left to close
    with contextlib.suppress(ValueError):
        await asyncio.wait_for(connection.close(), 30)
    await asyncio.to_thread(connection._thread.join, 30)
    assert not connection._thread.is_alive()


async def test_a_closing_that_was_cancelled_and_stopped_ends(tmp_path: Path) -> None:
    # Given a connection whose closing is cancelled, and which is then stopped, as SQLAlchemy does
    connection = await opened(tmp_path)
    closing = asyncio.create_task(connection.close())
    await asyncio.sleep(0)
    connection.stop()
    # When the closing is cancelled again, as the event loop does at its end
    closing.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.wait_for(closing, 30)
    # Then no thread is left
    await asyncio.to_thread(connection._thread.join, 30)
    assert not connection._thread.is_alive()


async def test_a_statement_and_all_that_it_gives_are_one_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection, steps = await opened(tmp_path), 0
    took = connection._execute

    async def counted(*work: object) -> object:
        nonlocal steps
        steps += 1
        return await took(*work)

    monkeypatch.setattr(connection, "_execute", counted)
    cursor = connection.cursor()
    await cursor.execute("SELECT 1 AS one UNION SELECT 2")
    assert (await cursor.fetchall(), cursor.description[0][0]) == ([(1,), (2,)], "one")
    await cursor.close()
    assert steps == 1
    await connection.close()


async def test_a_cursor_tells_how_many_rows_a_statement_changed_and_what_was_wrong(tmp_path: Path) -> None:
    connection = await opened(tmp_path)
    cursor = connection.cursor()
    await cursor.execute("CREATE TABLE told (word TEXT UNIQUE)")
    await cursor.executemany("INSERT INTO told VALUES (?)", [("a",), ("b",)])
    assert cursor.rowcount == 2
    await cursor.execute("UPDATE told SET word = word || 'x' RETURNING word")
    assert (cursor.rowcount, await cursor.fetchall()) == (2, [("ax",), ("bx",)])
    with pytest.raises(sqlite3.IntegrityError):
        await cursor.execute("INSERT INTO told VALUES ('ax')")
    await connection.close()
