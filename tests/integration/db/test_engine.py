"""A database has one owner, one writer a time, and no traces after a wipe."""

import asyncio
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from infra.db.engine import Database, DatabaseInUse, TracesRemain

SECRET = "canary-7f3a91"


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with Database(database_url, "test") as opened:
        async with opened.write() as connection:
            await connection.execute(text("CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT)"))
        yield opened


async def put(database: Database, number: int, body: str) -> None:
    async with database.write() as connection:
        await connection.execute(text("INSERT INTO notes VALUES (:id, :body)"), {"id": number, "body": body})


async def count(database: Database) -> int:
    async with database.read() as connection:
        return await connection.scalar(text("SELECT count(*) FROM notes"))


async def test_what_was_written_is_read(database: Database) -> None:
    await put(database, 1, "a")
    assert await count(database) == 1


async def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    async def fail() -> None:
        async with database.write() as connection:
            await connection.execute(text("INSERT INTO notes VALUES (1, 'a')"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await count(database) == 0


@pytest.mark.parametrize("turns", range(0, 24, 3))
async def test_one_that_is_cancelled_at_any_moment_leaves_nothing_and_the_next_goes_on(
    database: Database, turns: int
) -> None:
    # Given a transaction that is under way for so many turns of the event loop, and never comes to its end
    reached = asyncio.Event()

    async def begin() -> None:
        async with database.write() as connection:
            await connection.execute(text("INSERT INTO notes VALUES (1, 'a')"))
            await reached.wait()

    writing = asyncio.create_task(begin())
    for _ in range(turns):
        await asyncio.sleep(0)
    # When it is cancelled
    writing.cancel()
    await asyncio.wait([writing])
    # Then it was taken back, and the connection serves the next one
    await put(database, 2, "b")
    assert await count(database) == 1


async def test_writers_take_turns_and_readers_do_not_wait(database: Database) -> None:
    entered = asyncio.Event()
    async with database.write() as connection:
        second = asyncio.create_task(put(database, 2, "b"))
        await connection.execute(text("INSERT INTO notes VALUES (1, 'a')"))
        assert await count(database) == 0
        entered.set()
    await second
    assert await count(database) == 2


async def test_a_second_instance_of_the_service_refuses_to_start(database: Database, database_url: str) -> None:
    with pytest.raises(DatabaseInUse, match="another test is running on"):
        async with Database(database_url, "test"):
            pass


async def test_when_the_first_has_ended_the_next_may_start(database_url: str) -> None:
    for _ in range(2):
        async with Database(database_url, "test") as opened:
            await opened.still_ours()


async def test_a_service_that_is_not_exclusive_runs_in_many_instances(database_url: str) -> None:
    async with Database(database_url, "test", exclusive=False), Database(database_url, "test", exclusive=False):
        pass


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite://"])
async def test_a_database_that_cannot_serve_is_refused_with_what_would_be_right(url: str) -> None:
    with pytest.raises(ValueError, match="sqlite://"):
        async with Database(url, "test"):
            pass


def files(database: Database) -> list[Path]:
    place = Path(str(database.url.database))
    return [path for path in place.parent.iterdir() if path.name.startswith(place.name)]


def found(database: Database) -> bool:
    return any(SECRET.encode() in path.read_bytes() for path in files(database))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_only_its_owner_reads_the_files(database: Database) -> None:
    await put(database, 1, SECRET)
    assert {stat.S_IMODE(path.stat().st_mode) for path in files(database)} == {0o600}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_after_a_wipe_no_file_holds_what_was_deleted(database: Database) -> None:
    await put(database, 1, SECRET)
    assert found(database)
    async with database.write() as connection:
        await connection.execute(text("DELETE FROM notes"))
    await database.wipe_traces()
    assert not found(database)
    await put(database, 1, "the connection still serves")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_wipe_waits_for_an_open_reader(database: Database) -> None:
    # Given a reader that still sees what is deleted after it began
    await put(database, 1, SECRET)
    async with database.read() as reader:
        assert await reader.scalar(text("SELECT body FROM notes")) == SECRET
        async with database.write() as connection:
            await connection.execute(text("DELETE FROM notes"))
        # When traces are to be wiped
        wiping = asyncio.create_task(database.wipe_traces())
        await asyncio.wait([wiping], timeout=0.1)
        # Then it is not done before the reader has ended
        assert not wiping.done()
    await wiping
    assert not found(database)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_wipe_that_never_succeeds_says_so(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    async def busy() -> bool:
        return False

    monkeypatch.setattr("infra.db.engine._WIPE_PAUSE_SECONDS", 0)
    monkeypatch.setattr(database, "_checkpoint_was_complete", busy)
    with pytest.raises(TracesRemain, match="kept the write-ahead log"):
        await database.wipe_traces()
