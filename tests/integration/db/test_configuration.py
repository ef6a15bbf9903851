"""Settings that are others than at the last start are one entry, which binds which; the same ones are none."""

from collections.abc import AsyncIterator

import orjson
import pytest
from sqlalchemy import MetaData, select
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.db.configuration import Change, Configuration, configurations_table
from infra.db.engine import Database

METADATA = MetaData()
TABLE = configurations_table(METADATA)
FIRST = {"OPERATOR_NAME": "A hospital", "PROXIES": "0"}


class Entries:
    """The outbox of a service."""

    def __init__(self) -> None:
        self.put: list[Change] = []
        self.refuses = False

    async def __call__(self, _: AsyncConnection, change: Change) -> str:
        if self.refuses:
            raise OSError("the outbox takes nothing")
        self.put.append(change)
        return f"{len(self.put):032x}"


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with Database(database_url, "test") as opened:
        async with opened.write() as connection:
            await connection.run_sync(METADATA.create_all)
        yield opened


async def test_each_change_is_told_once_with_the_names_that_changed(database: Database) -> None:
    entries = Entries()
    configuration = Configuration(database, TABLE, entries)
    # Given a first start, and a second one with the same settings
    assert await configuration.tell(FIRST) == ("OPERATOR_NAME", "PROXIES")
    assert await configuration.tell(FIRST) == ()
    # When one is changed, one is new and one is gone
    assert await configuration.tell({"PROXIES": "1", "AUDIT_LOGS": "2"}) == ("AUDIT_LOGS", "OPERATOR_NAME", "PROXIES")
    assert await configuration.tell({"PROXIES": "1", "AUDIT_LOGS": "2"}) == ()
    # And changed back
    assert await configuration.tell(FIRST) == ("AUDIT_LOGS", "OPERATOR_NAME", "PROXIES")
    # Then there is one entry for each change
    assert [len(one.names) for one in entries.put] == [2, 3, 3]


async def test_what_the_entry_binds_is_kept_and_holds_no_value(database: Database) -> None:
    entries = Entries()
    await Configuration(database, TABLE, entries).tell(FIRST)
    async with database.read() as connection:
        (row,) = await connection.execute(select(TABLE))
    assert (row.entry_id, row.document) == (f"{1:032x}", entries.put[0].document)
    assert orjson.loads(row.document)["changed"] == ["OPERATOR_NAME", "PROXIES"]
    assert b"hospital" not in row.document


async def test_a_change_whose_entry_could_not_be_put_is_told_at_the_next_start(database: Database) -> None:
    entries = Entries()
    entries.refuses = True
    configuration = Configuration(database, TABLE, entries)
    with pytest.raises(OSError, match="takes nothing"):
        await configuration.tell(FIRST)
    entries.refuses = False
    assert await configuration.tell(FIRST) == ("OPERATOR_NAME", "PROXIES")
