"""What is counted of an organisation's day: histograms in one sealed blob, no row of a person.

A blob is sealed under a key of its organisation's own, which consent keeps wrapped under the tenant key and releases.
Counts and the offset behind the records that they count are stored in one transaction, so that a repeated batch
counts nobody twice.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

import orjson
from sqlalchemy import and_, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.crypto.sealed import Context, open_sealed, seal
from infra.db.engine import Database
from infra.kafka.going_on import Removed
from infra.keys.client import KeyClient, KeysUnavailable
from schemas.events import Cause
from schemas.keys import TenantKey
from services.audit.acts import Act, Acts, By
from services.audit.statistics.histograms import Histograms, Place, grown, summed
from services.audit.tables import day_counts, marks

_SCHEMA = "day-counts/1"
_MARK = "statistics/"
"""Before the name of a partition in `marks`."""
Day = tuple[str, str]
"""An organisation and a day, `2026-11-23`."""
Scores = Mapping[tuple[str, int], tuple[Day, Sequence[Place]]]
"""Decisions by partition and offset: the day, and the places in its histograms."""


class DayCounts:
    """The blobs. What opens or seals one raises KeysUnavailable where consent is away."""

    def __init__(self, database: Database, keys: KeyClient, acts: Acts) -> None:
        self._database = database
        self._acts = acts
        self._keys = keys
        self._insert = sqlite.insert if database.is_sqlite else postgresql.insert

    async def kept(self) -> Mapping[str, int]:
        """Where to go on in each partition, by `topic/partition`."""
        async with self._database.read() as connection:
            return await _kept(connection)

    async def keep(self, offsets: Mapping[str, int]) -> None:
        """Keep where to go on, where nothing is to be counted."""
        async with self._database.write() as connection:
            await self._mark(connection, offsets)

    async def pass_over(self, removed: Mapping[str, Removed]) -> None:
        """Keep that these were removed uncounted, each with its entry, and go on behind them."""
        async with self._database.write() as connection:
            await self._acts.put(connection, *(_removed_unread(place, one) for place, one in removed.items()))
            await self._mark(connection, {place: begin for place, (_, begin) in removed.items()})
        self._acts.wake()

    async def add(self, scores: Scores, offsets: Mapping[str, int]) -> None:
        """Count decisions; what was counted is not counted again. `offsets` is where to go on then."""
        keys = await self._keys_of(sorted({tenant for (tenant, _), _ in scores.values()}))
        async with self._database.write() as connection:
            kept = await _kept(connection)
            fresh: dict[Day, Counter[Place]] = {}
            for (partition, offset), (day, places) in scores.items():
                if offset >= kept.get(partition, 0):
                    fresh.setdefault(day, Counter()).update(places)
            for day, counted in sorted(fresh.items()):
                await self._grow(connection, day, counted, keys[day[0]])
            await self._mark(connection, offsets)

    async def between(self, tenant: str, start: str, end: str) -> Histograms:
        """All histograms from the day `start` to before the day `end`, whoever of them is empty too."""
        (found,) = await self.of_periods(tenant, (start, end))
        return found

    async def of_periods(self, tenant: str, *periods: tuple[str, str]) -> list[Histograms]:
        """The same of several periods, which may meet: each is a day and the one behind its last."""
        days = or_(*(and_(day_counts.c.day >= start, day_counts.c.day < end) for start, end in periods))
        async with self._database.read() as connection:
            rows = (await connection.execute(select(day_counts).where(day_counts.c.tenant == tenant, days))).all()
        if not rows:
            return [summed(()) for _ in periods]
        key = (await self._keys_of([tenant]))[tenant]
        opened = {row.day: _opened((tenant, row.day), row.sealed, key) for row in rows}
        return [summed(counts for day, counts in opened.items() if start <= day < end) for start, end in periods]

    async def tenants(self) -> list[str]:
        """Every organisation that anything was counted for."""
        async with self._database.read() as connection:
            return list(await connection.scalars(select(day_counts.c.tenant).distinct().order_by("tenant")))

    async def _keys_of(self, tenants: Sequence[str]) -> Mapping[str, TenantKey]:
        keys = await self._keys.of_tenants(tenants, "statistics") if tenants else {}
        if missing := sorted(set(tenants) - set(keys)):
            raise KeysUnavailable(f"consent knows no organisation {missing[0]}")
        return keys

    async def _grow(self, connection: AsyncConnection, day: Day, counted: Counter[Place], key: TenantKey) -> None:
        wanted = (day_counts.c.tenant == day[0]) & (day_counts.c.day == day[1])
        sealed = await connection.scalar(select(day_counts.c.sealed).where(wanted))
        after = grown({} if sealed is None else _opened(day, sealed, key), counted)
        resealed = seal(key.subkey, orjson.dumps(after), _place(day, key))
        statement = self._insert(day_counts).values(tenant=day[0], day=day[1], sealed=resealed)
        await connection.execute(
            statement.on_conflict_do_update(index_elements=["tenant", "day"], set_={"sealed": resealed})
        )

    async def _mark(self, connection: AsyncConnection, offsets: Mapping[str, int]) -> None:
        for partition, offset in offsets.items():
            statement = self._insert(marks).values(topic=_MARK + partition, next_offset=offset)
            await connection.execute(
                statement.on_conflict_do_update(index_elements=["topic"], set_={"next_offset": offset})
            )


def _opened(day: Day, sealed: bytes, key: TenantKey) -> Histograms:
    histograms: Histograms = orjson.loads(open_sealed(key.subkey, bytes(sealed), _place(day, key)))
    return histograms


def _removed_unread(place: str, removed: Removed) -> Act:
    topic, _, partition = place.rpartition("/")
    first, begin = removed
    fields = (("what", "statistics"), ("topic", topic), ("first", str(first)), ("begin", str(begin)))
    return Act("removed-unread", fields, cause=Cause(topic, int(partition), first), by=By("service:audit"))


def _place(day: Day, key: TenantKey) -> Context:
    """Where a blob of that day belongs."""
    return Context(day[0], "", "", _SCHEMA, day[1], key.key_id)


async def _kept(connection: AsyncConnection) -> dict[str, int]:
    rows = await connection.execute(select(marks).where(marks.c.topic.startswith(_MARK)))
    return {row.topic.removeprefix(_MARK): row.next_offset for row in rows}
