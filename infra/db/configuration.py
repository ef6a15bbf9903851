"""The settings of a service as its last entry told them: a start with others is an entry of the log.

Kept is the document that the entry binds: under the name of each setting the digest of its value, and which names
changed. No value is in it.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256

import orjson
import structlog
from sqlalchemy import Column, Integer, LargeBinary, MetaData, Table, Text, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.db.engine import Database
from schemas.entry import canonical

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Change:
    """Settings that are others than before, by name in order, and the document that their entry binds."""

    names: tuple[str, ...]
    document: bytes


Put = Callable[[AsyncConnection, Change], Awaitable[str]]
"""Puts the entry of a change within the transaction, and gives its id."""


def configurations_table(metadata: MetaData) -> Table:
    """The documents in their order, each with the id of its entry."""
    return Table(
        "configurations",
        metadata,
        Column("number", Integer, primary_key=True),
        Column("entry_id", Text, nullable=False),
        Column("document", LargeBinary, nullable=False),
    )


class Configuration:
    """Tells each change once."""

    def __init__(self, database: Database, table: Table, put: Put) -> None:
        self._database = database
        self._table = table
        self._put = put

    async def tell(self, effective: Mapping[str, str]) -> tuple[str, ...]:
        """Hold these settings against those of the last entry; gives the names of others, once their entry is put.

        At the very first start that is every name.
        """
        digests = {name: sha256(value.encode()).hexdigest() for name, value in effective.items()}
        table = self._table
        async with self._database.write() as connection:
            newest = select(table.c.number, table.c.document).order_by(table.c.number.desc()).limit(1)
            last = (await connection.execute(newest)).first()
            known: dict[str, str] = {} if last is None else orjson.loads(last.document)["settings"]
            names = tuple(sorted(name for name in digests.keys() | known if digests.get(name) != known.get(name)))
            if names:
                change = Change(names, canonical({"changed": list(names), "settings": digests}))
                row = {
                    "number": 1 if last is None else last.number + 1,
                    "entry_id": await self._put(connection, change),
                    "document": change.document,
                }
                await connection.execute(insert(table).values(**row))
                log.info("configuration-changed", names=names)
        return names
