"""How often each displayed score was computed, by organisation and day: one sealed blob a day, no row of a person.

A day's blob is sealed under a key of its organisation's own, which comes from audit's secret. Counts and the offset
behind the records that they count are stored in one transaction, so that a repeated batch counts nobody twice.
"""

from collections import Counter
from collections.abc import Mapping

import orjson
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.crypto.sealed import Context, open_sealed, seal
from infra.crypto.subkeys import derive, key_id
from infra.db.engine import Database
from schemas.keys import Subkey
from services.audit.statistics.stability import POINTS
from services.audit.tables import marks, score_counts

_SCHEMA = "score-counts/1"
_OF_TENANT = b"careerpulse/score-counts/v1/"
_MARK = "statistics/"
"""Before the name of a partition in `marks`."""
Day = tuple[str, str]
"""An organisation and a day, `2026-11-23`."""


class ScoreCounts:
    """The blobs. `secret` is audit's own, 32 random bytes."""

    def __init__(self, database: Database, secret: bytes) -> None:
        self._database = database
        self._secret = secret
        self._insert = sqlite.insert if database.is_sqlite else postgresql.insert

    async def kept(self) -> Mapping[str, int]:
        """Where to go on in each partition, by `topic/partition`."""
        async with self._database.read() as connection:
            return await _kept(connection)

    async def keep(self, offsets: Mapping[str, int]) -> None:
        """Keep where to go on, where nothing is to be counted."""
        async with self._database.write() as connection:
            await self._mark(connection, offsets)

    async def add(self, scored: Mapping[tuple[str, int], tuple[Day, int]], offsets: Mapping[str, int]) -> None:
        """Count scores, each by partition and offset with its day and its whole points; what was counted is not
        counted again. `offsets` is where to go on then.
        """
        async with self._database.write() as connection:
            kept = await _kept(connection)
            fresh: dict[Day, Counter[int]] = {}
            for (partition, offset), (day, points) in scored.items():
                if offset >= kept.get(partition, 0):
                    fresh.setdefault(day, Counter())[points] += 1
            for day, counted in sorted(fresh.items()):
                await self._grow(connection, day, counted)
            await self._mark(connection, offsets)

    async def between(self, tenant: str, start: str, end: str) -> list[int]:
        """`POINTS` counts from the day `start` to before the day `end`."""
        wanted = select(score_counts).where(
            score_counts.c.tenant == tenant, score_counts.c.day >= start, score_counts.c.day < end
        )
        async with self._database.read() as connection:
            days = [self._opened((tenant, row.day), row.sealed) for row in await connection.execute(wanted)]
        return [sum(column) for column in zip(*days, strict=True)] if days else [0] * POINTS

    async def tenants(self) -> list[str]:
        """Every organisation that anything was counted for."""
        async with self._database.read() as connection:
            return list(await connection.scalars(select(score_counts.c.tenant).distinct().order_by("tenant")))

    async def _grow(self, connection: AsyncConnection, day: Day, counted: Counter[int]) -> None:
        wanted = (score_counts.c.tenant == day[0]) & (score_counts.c.day == day[1])
        sealed = await connection.scalar(select(score_counts.c.sealed).where(wanted))
        before = [0] * POINTS if sealed is None else self._opened(day, sealed)
        after = [count + counted[points] for points, count in enumerate(before)]
        key, place = self._key(day)
        row = {"tenant": day[0], "day": day[1], "sealed": seal(key, orjson.dumps(after), place)}
        statement = self._insert(score_counts).values(**row)
        await connection.execute(
            statement.on_conflict_do_update(index_elements=["tenant", "day"], set_={"sealed": row["sealed"]})
        )

    async def _mark(self, connection: AsyncConnection, offsets: Mapping[str, int]) -> None:
        for partition, offset in offsets.items():
            statement = self._insert(marks).values(topic=_MARK + partition, next_offset=offset)
            await connection.execute(
                statement.on_conflict_do_update(index_elements=["topic"], set_={"next_offset": offset})
            )

    def _opened(self, day: Day, sealed: bytes) -> list[int]:
        key, place = self._key(day)
        counts: list[int] = orjson.loads(open_sealed(key, bytes(sealed), place))
        return counts

    def _key(self, day: Day) -> tuple[Subkey, Context]:
        """The organisation's key, and where a blob of that day belongs."""
        tenant, date = day
        own = HKDFExpand(SHA256(), 32, _OF_TENANT + tenant.encode()).derive(self._secret)
        return derive(own, "statistics"), Context(tenant, "", "", _SCHEMA, date, key_id(own))


async def _kept(connection: AsyncConnection) -> dict[str, int]:
    rows = await connection.execute(select(marks).where(marks.c.topic.startswith(_MARK)))
    return {row.topic.removeprefix(_MARK): row.next_offset for row in rows}
