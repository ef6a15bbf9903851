"""A database that is full or read-only says so, keeps nothing of what it did not take, and takes it later."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from infra.db.engine import Database
from infra.db.trouble import DatabaseUnavailable, patiently

BIG = "x" * 100_000


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with Database(database_url, "test") as opened:
        async with opened.write() as connection:
            await connection.execute(text("CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT)"))
        yield opened


async def put(database: Database, number: int, body: str = "", *, before: str = "") -> None:
    async with database.write() as connection:
        if before:
            await connection.execute(text(before))
        await connection.execute(text("INSERT INTO notes VALUES (:id, :body)"), {"id": number, "body": body})


async def numbers(database: Database) -> list[int]:
    async with database.read() as connection:
        return list(await connection.scalars(text("SELECT id FROM notes ORDER BY id")))


async def pragma(database: Database, setting: str) -> None:
    """Set something of the one connection that writes."""
    async with database._writer.connect() as connection:
        raw = await connection.get_raw_connection()
        await (await raw.driver_connection.execute(f"PRAGMA {setting}")).fetchone()


async def test_a_read_only_database_says_so_and_takes_the_next_transaction(database: Database) -> None:
    forbidding = "PRAGMA query_only=ON" if database.is_sqlite else "SET TRANSACTION READ ONLY"
    with pytest.raises(DatabaseUnavailable, match="the database of test takes nothing: it is read-only"):
        await put(database, 1, before=forbidding)
    assert "read-only" in str(database.trouble)
    if database.is_sqlite:
        await pragma(database, "query_only=OFF")
    await put(database, 2)
    assert (await numbers(database), database.trouble) == ([2], None)


async def test_a_full_file_of_sqlite_says_so_is_waited_for_and_nothing_is_there_by_half(tmp_path: Path) -> None:
    async with Database(f"sqlite:///{tmp_path}/notes.db", "test") as database:
        async with database.write() as connection:
            await connection.execute(text("CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT)"))
        await pragma(database, "max_page_count=10")
        with pytest.raises(DatabaseUnavailable, match="it is full"):
            await put(database, 1, BIG)
        waiting = asyncio.create_task(patiently(lambda: put(database, 1, BIG)))
        await asyncio.sleep(0)
        assert await numbers(database) == []
        # When somebody makes room
        await pragma(database, "max_page_count=10000")
        await waiting
        assert (await numbers(database), database.trouble) == ([1], None)


async def test_an_error_of_ours_is_none_of_the_database(database: Database) -> None:
    await put(database, 1)
    with pytest.raises(IntegrityError):
        await put(database, 1)
    assert database.trouble is None
