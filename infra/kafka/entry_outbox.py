"""A service's outbox of audit entries: put in the transaction that causes them, sent to `audit.entries` after it.

The database keeps how far of the topic it knows. After a restore, what lies beyond shows which numbers were given
since the backup; they are never given again, or the log would take a new entry for a repetition.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec
import structlog
from sqlalchemy import Table, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import now, written
from infra.db.engine import Database
from infra.db.outbox import Message, Outbox, Queued
from infra.kafka.producer import BrokerUnavailable, Outgoing, Producer
from infra.kafka.tail import tail
from schemas.envelope import headers
from schemas.events import OUTBOX_ENTRY_TYPE, OutboxEntry
from schemas.topics import AUDIT_ENTRIES

_PAUSE_SECONDS = 0.5
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry to be put: its id and its leaf (`schemas.entry.leaf`)."""

    entry_id: str
    leaf: bytes


class EntryOutbox:
    """The outbox called `source`. `marks` is the service's table of `topic` and `next_offset`."""

    def __init__(self, database: Database, source: str, marks: Table) -> None:
        self.broker_missing = False
        self._database = database
        self._outbox = Outbox(database, source)
        self._source = source
        self._marks = marks
        self._waiting = asyncio.Event()

    async def open(self, bootstrap: str | None = None) -> "EntryOutbox":
        """Make the outbox where it is new, and pass over what the topic shows that this database does not know."""
        await self._outbox.open()
        async with self._database.write() as connection:
            topic = self._marks.c.topic == AUDIT_ENTRIES.name
            mark = await connection.scalar(select(self._marks.c.next_offset).where(topic))
            if mark is None:
                await connection.execute(insert(self._marks).values(topic=AUDIT_ENTRIES.name, next_offset=0))
        if bootstrap is not None:
            number, end = await number_given(bootstrap, self._source, int(mark or 0))
            async with self._database.write() as connection:
                await self._outbox.pass_over(connection, number)
                await self._reached(connection, end)
        return self

    async def put(self, connection: AsyncConnection, entries: Sequence[NewEntry]) -> None:
        """Add entries within the caller's transaction."""
        await self._outbox.put(
            connection, [Message(self._source, one.entry_id, OUTBOX_ENTRY_TYPE, one.leaf) for one in entries]
        )

    def wake(self) -> None:
        """There is something to send."""
        self._waiting.set()

    async def run(self, producer: Producer) -> None:
        """Send until cancelled. Without a broker what is unsent waits."""
        while True:
            self._waiting.clear()
            try:
                await self.drain(producer)
                self.broker_missing = False
            except BrokerUnavailable as error:
                if not self.broker_missing:
                    log.warning("outbox-waits", reason=str(error))
                self.broker_missing = True
            try:
                async with asyncio.timeout(_PAUSE_SECONDS):
                    await self._waiting.wait()
            except TimeoutError:
                continue

    async def drain(self, producer: Producer) -> int:
        """Send what is unsent, oldest first; give how many went out. Raises BrokerUnavailable."""

        async def send(batch: Sequence[Queued]) -> Sequence[int]:
            records = [
                Outgoing(
                    AUDIT_ENTRIES,
                    self._source,
                    framed(self._source, queued),
                    headers(queued.message.event_id, queued.message.event_type, self._source),
                )
                for queued in batch
            ]
            return [place.offset for place in await producer.send(records)]

        async def sent(connection: AsyncConnection, batch: Sequence[tuple[Queued, int]]) -> None:
            await self._reached(connection, max(offset for _, offset in batch) + 1)

        return await self._outbox.drain(send, lambda: written(now()), sent)

    async def forget(self, before: str) -> None:
        """Delete what was sent before then."""
        await self._outbox.forget(before)

    async def _reached(self, connection: AsyncConnection, end: int) -> None:
        mark = self._marks.c
        await connection.execute(
            update(self._marks)
            .where(mark.topic == AUDIT_ENTRIES.name, mark.next_offset < end)
            .values(next_offset=end)
        )


def framed(source: str, queued: Queued) -> bytes:
    """The value of the record that brings an entry to the log."""
    return msgspec.msgpack.encode(OutboxEntry(source, queued.sequence, queued.message.value))


async def number_given(bootstrap: str, source: str, kept: int) -> tuple[int, int]:
    """The highest number that this outbox has given from offset `kept` on, and where `audit.entries` ends.

    Where records were deleted unread and none of ours is left, the first offset stands for it: each number took an
    offset of its own, so none was higher. Audit then finds a hole, and rightly: nobody can say what stood there.
    """
    highest = 0
    async with tail(bootstrap, AUDIT_ENTRIES, kept) as found:
        async for records in found.batches():
            highest = max(highest, *numbers(source, (record.value for record in records)))
    if not highest and found.first > kept:
        highest = found.first
    return highest, found.end


def numbers(source: str, values: Iterable[bytes | None]) -> list[int]:
    """The numbers of this outbox's entries among these, and 0. What is no entry is left to audit."""
    found = [0]
    for value in values:
        try:
            entry = msgspec.msgpack.decode(value or b"", type=OutboxEntry)
        except msgspec.DecodeError:
            continue
        if entry.source == source:
            found.append(entry.sequence)
    return found
