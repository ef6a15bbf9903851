"""The outbox: what a transaction has to tell the world, stored with it and sent after it, in order, at least once.

Each outbox counts its messages without holes, so that a reader notices one that is missing. Numbers are given inside
the transaction under a row lock: a transaction that fails gives its numbers back.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    LargeBinary,
    MetaData,
    Row,
    Table,
    Text,
    bindparam,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.db.engine import Database

BATCH = 500
UNSENT = "outbox_unsent"


@dataclass(frozen=True, slots=True)
class Message:
    """A message to be sent: the record's key, the CloudEvents id and type, and the value."""

    key: str
    event_id: str
    event_type: str
    value: bytes


@dataclass(frozen=True, slots=True)
class Queued:
    """A message in its place in the outbox."""

    sequence: int
    message: Message


Send = Callable[[Sequence[Queued]], Awaitable[Sequence[int]]]
"""Sends in order; gives the offset of each once the broker has them all."""
Sent = Callable[[AsyncConnection, Sequence[tuple[Queued, int]]], Awaitable[None]]
"""What else is to be written when messages have been sent, in the transaction that marks them."""


def outbox_tables(metadata: MetaData) -> tuple[Table, Table]:
    """The tables `outbox_marks` and `outbox`, as every service that uses outboxes has them."""
    marks = Table(
        "outbox_marks",
        metadata,
        Column("name", Text, primary_key=True),
        Column("last", BigInteger, nullable=False),
    )
    messages = Table(
        "outbox",
        metadata,
        Column("name", Text, primary_key=True),
        Column("sequence", BigInteger, primary_key=True),
        Column("key", Text, nullable=False),
        Column("event_id", Text, nullable=False),
        Column("event_type", Text, nullable=False),
        Column("value", LargeBinary, nullable=False),
        Column("sent_at", Text),
        Column("offset", BigInteger),
    )
    # What was sent stays for days; what is unsent is looked for after every change, and must not be searched for.
    unsent = messages.c.sent_at.is_(None)
    Index(UNSENT, messages.c.name, messages.c.sequence, sqlite_where=unsent, postgresql_where=unsent)
    return marks, messages


def create_outbox(connection: Connection) -> None:
    """For a service's first revision: make both tables."""
    _METADATA.create_all(connection)


def index_outbox(connection: Connection) -> None:
    """For the revision since which there is an index of what is unsent; a newer service made it with the table."""
    (unsent,) = _MESSAGES.indexes
    unsent.create(connection, checkfirst=True)


_METADATA = MetaData()
_MARKS, _MESSAGES = outbox_tables(_METADATA)


class Outbox:
    """The outbox called `name`. Its mark is made by `open`, once."""

    def __init__(self, database: Database, name: str) -> None:
        self.name = name
        self._database = database
        # Looked for after every change and twice a second: to build a statement costs more than to run it.
        own, unsent = _MESSAGES.c.name == name, _MESSAGES.c.sent_at.is_(None)
        self._wanted = select(_MESSAGES).where(own, unsent).order_by(_MESSAGES.c.sequence).limit(BATCH)
        self._marked = (
            update(_MESSAGES)
            .where(own, _MESSAGES.c.sequence == bindparam("place"))
            .values(sent_at=bindparam("moment"), offset=bindparam("at"))
        )
        self._counted = (
            update(_MARKS)
            .where(_MARKS.c.name == name)
            .values(last=_MARKS.c.last + bindparam("more"))
            .returning(_MARKS.c.last)
        )

    async def open(self) -> None:
        """Make the outbox where it is new."""
        async with self._database.write() as connection:
            known = await connection.scalar(select(_MARKS.c.last).where(_MARKS.c.name == self.name))
            if known is None:
                await connection.execute(insert(_MARKS).values(name=self.name, last=0))

    async def put(self, connection: AsyncConnection, messages: Sequence[Message]) -> int:
        """Add messages within the caller's transaction; give the number of the last one."""
        last: int | None = await connection.scalar(self._counted, {"more": len(messages)})
        if last is None:
            raise LookupError(f"outbox {self.name} was never opened")
        first = last - len(messages) + 1
        if messages:
            await connection.execute(
                insert(_MESSAGES),
                [
                    {
                        "name": self.name,
                        "sequence": first + step,
                        "key": message.key,
                        "event_id": message.event_id,
                        "event_type": message.event_type,
                        "value": message.value,
                    }
                    for step, message in enumerate(messages)
                ],
            )
        return last

    async def pass_over(self, connection: AsyncConnection, number: int) -> None:
        """Leave the numbers up to this one to what was sent before a restore; never goes back."""
        await connection.execute(
            update(_MARKS).where(_MARKS.c.name == self.name, _MARKS.c.last < number).values(last=number)
        )

    async def take_back(self, connection: AsyncConnection, offset: int) -> int:
        """Send again what went to this offset or beyond: the topic was restored, and ends before. Gives how many."""
        lost = _MESSAGES.c.name == self.name, _MESSAGES.c.offset >= offset
        result = await connection.execute(update(_MESSAGES).where(*lost).values(sent_at=None, offset=None))
        return result.rowcount

    async def drain(self, send: Send, now: Callable[[], str], sent: Sent | None = None) -> int:
        """Send what is unsent, oldest first; give how many. Whatever `send` raises leaves it unsent.

        `now` gives the time as it is written down (`infra.clock.written`).
        """
        total = 0
        while batch := await self._unsent():
            offsets = await send(batch)
            async with self._database.write() as connection:
                await self._mark(connection, batch, offsets, now())
                if sent is not None:
                    await sent(connection, list(zip(batch, offsets, strict=True)))
            total += len(batch)
            if len(batch) < BATCH:
                break
        return total

    async def forget(self, before: str) -> None:
        """Delete what was sent before then, oldest first, in batches between which others write."""
        while await self._forget_batch(before) == BATCH:
            pass

    async def _forget_batch(self, before: str) -> int:
        oldest = (
            select(_MESSAGES.c.sequence)
            .where(_MESSAGES.c.name == self.name)
            .order_by(_MESSAGES.c.sequence)
            .limit(BATCH)
        )
        async with self._database.write() as connection:
            gone = await connection.execute(
                delete(_MESSAGES).where(
                    _MESSAGES.c.name == self.name,
                    _MESSAGES.c.sequence.in_((await connection.scalars(oldest)).all()),
                    _MESSAGES.c.sent_at < before,
                )
            )
        return gone.rowcount

    async def _unsent(self) -> list[Queued]:
        async with self._database.read() as connection:
            return [_queued(row) for row in await connection.execute(self._wanted)]

    async def _mark(
        self, connection: AsyncConnection, batch: Sequence[Queued], offsets: Sequence[int], moment: str
    ) -> None:
        places = [
            {"place": queued.sequence, "at": at, "moment": moment} for queued, at in zip(batch, offsets, strict=True)
        ]
        await connection.execute(self._marked, places)


def _queued(row: "Row[tuple[object, ...]]") -> Queued:
    values = row._mapping
    return Queued(
        cast(int, values["sequence"]),
        Message(values["key"], values["event_id"], values["event_type"], bytes(values["value"])),
    )
