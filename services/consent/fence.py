"""The restore fence: before consent serves anyone, it erases again whoever a restored backup brought back.

`keys.revoked` is kept for ever. The database keeps how far of it it knows; what lies beyond, at start, was done after
the backup was made.
"""

from collections.abc import AsyncIterator, Iterable

import msgspec
import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import now, written
from infra.db.engine import Database
from schemas.events import Revoked
from schemas.topics import KEYS_REVOKED
from services.consent import ledger
from services.consent.entries import entry
from services.consent.outboxes import Outboxes
from services.consent.tables import marks, persons
from services.consent.tombstones import destroy

log = structlog.get_logger(__name__)
_PLACE = TopicPartition(KEYS_REVOKED.name, 0)
_BATCH = 500


async def stand(database: Database, outboxes: Outboxes, bootstrap: str) -> int:
    """Read on from the stored offset to the end; give how many persons had to be erased again."""
    async with database.write() as connection:
        begin = await _mark(connection)
    revived = 0
    end = begin
    async for aliases, reached in _erased_since(bootstrap, begin):
        async with database.write() as connection:
            revived += await _erase_again(connection, outboxes, aliases)
            await _set_mark(connection, reached)
        end = reached
    if revived:
        await database.wipe_traces()
    log.info("restore-fence", begin=begin, end=end, erased_again=revived)
    return revived


async def _erased_since(bootstrap: str, begin: int) -> AsyncIterator[tuple[list[str], int]]:
    """The aliases erased from offset `begin` to the end, in batches, each with the offset that follows it.

    Where the topic ends before `begin` it is another one, and all of it is read.
    """
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    await consumer.start()
    try:
        consumer.assign([_PLACE])
        first = (await consumer.beginning_offsets([_PLACE]))[_PLACE]
        end = (await consumer.end_offsets([_PLACE]))[_PLACE]
        consumer.seek(_PLACE, begin if first <= begin <= end else first)
        reached = await consumer.position(_PLACE)
        while reached < end:
            fetched = await consumer.getmany(_PLACE, timeout_ms=500, max_records=_BATCH)
            aliases = [record.key.decode() for record in fetched.get(_PLACE, []) if _is_erasure(record.value)]
            reached = await consumer.position(_PLACE)
            yield aliases, reached
        yield [], end
    finally:
        await consumer.stop()


def _is_erasure(value: bytes | None) -> bool:
    return value is not None and msgspec.msgpack.decode(value, type=Revoked).kind == "erased"


async def _erase_again(connection: AsyncConnection, outboxes: Outboxes, aliases: Iterable[str]) -> int:
    asked = list(dict.fromkeys(aliases))
    erased = set(
        await connection.scalars(
            select(persons.c.alias).where(persons.c.alias.in_(asked), persons.c.state == "erased")
        )
    )
    revived = 0
    for alias in asked:
        if alias not in erased and await destroy(connection, alias):
            await ledger.advance(connection)
            await outboxes.record(connection, [entry("restored", written(now()), "service:consent")])
            revived += 1
    return revived


async def _mark(connection: AsyncConnection) -> int:
    known = await connection.scalar(select(marks.c.next_offset).where(marks.c.topic == KEYS_REVOKED.name))
    if known is None:
        await connection.execute(insert(marks).values(topic=KEYS_REVOKED.name, next_offset=0))
    return known or 0


async def _set_mark(connection: AsyncConnection, reached: int) -> None:
    await connection.execute(update(marks).where(marks.c.topic == KEYS_REVOKED.name).values(next_offset=reached))
