"""A connection ends once, however often it is told to; what it is asked takes one step of its thread."""

import asyncio
import contextlib
import sqlite3
from pathlib import Path

import pytest

from infra.db.sqlite_connection import SqliteConnection, connect


async def opened(directory: Path) -> SqliteConnection:
    connection = connect(str(directory / "some.db"), begin="BEGIN")
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


def counting(connection: SqliteConnection, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What is asked of the connection's thread from here on."""
    asked: list[object] = []
    took = connection._execute

    async def counted(*work: object) -> object:
        asked.append(work)
        return await took(*work)

    monkeypatch.setattr(connection, "_execute", counted)
    return asked


async def test_a_statement_and_all_that_it_gives_are_one_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = await opened(tmp_path)
    steps = counting(connection, monkeypatch)
    cursor = connection.cursor()
    await cursor.execute("SELECT 1 AS one UNION SELECT 2")
    assert (await cursor.fetchall(), cursor.description[0][0]) == ([(1,), (2,)], "one")
    await cursor.close()
    assert len(steps) == 1
    await connection.close()


async def test_a_transaction_is_as_many_steps_as_its_statements_and_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = await opened(tmp_path)
    await connection.cursor().execute("CREATE TABLE told (word TEXT)")
    await connection.commit()
    steps = counting(connection, monkeypatch)
    for word in ("a", "b"):
        await connection.cursor().execute("INSERT INTO told VALUES (?)", [word])
        assert connection.in_transaction
    await connection.commit()
    # What has ended is not ended again, as SQLAlchemy asks after each transaction
    await connection.rollback()
    assert len(steps) == 3
    await connection.close()


async def test_what_is_taken_back_is_a_transaction_too_and_the_next_statement_begins_another(tmp_path: Path) -> None:
    connection = await opened(tmp_path)
    await connection.cursor().execute("CREATE TABLE told (word TEXT)")
    await connection.commit()
    await connection.cursor().execute("INSERT INTO told VALUES ('a')")
    await connection.rollback()
    cursor = connection.cursor()
    await cursor.execute("SELECT count(*) FROM told")
    assert (await cursor.fetchall(), connection.in_transaction) == ([(0,)], True)
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
