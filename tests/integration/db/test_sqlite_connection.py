"""A connection ends once, however often it is told to."""

import asyncio
import contextlib
from pathlib import Path

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
