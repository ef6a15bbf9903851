"""Subscriptions, their messages and their tries.

A message is a place in the feed and never a content: each try opens the result anew, as long as the ledger allows it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from sqlalchemy import and_, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.db.engine import Database
from services.intake.assessments.upsert import inserting
from services.intake.results.feed import Period, places, places_of
from services.intake.tables import feeds, webhook_messages, webhook_tries, webhooks

_CHUNK = 500
State = Literal["pending", "delivered", "failed", "superseded"]


@dataclass(frozen=True, slots=True)
class Subscription:
    """Where an organisation wants its results. `url` and the secrets are sealed; times are text.

    `told` is the last number of the feed for which there is a message, `mac` recognises the request that made it.
    """

    id: str
    tenant: str
    url: bytes
    secret: bytes
    former_secret: bytes | None
    former_until: str | None
    state: Literal["active", "disabled"]
    reason: str | None
    created_at: str
    told: int
    mac: bytes | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One end or notice to tell: its place in the feed, how often it was tried, and whether its result went out."""

    webhook: str
    sequence: int
    tries: int
    told: bool = False


@dataclass(frozen=True, slots=True)
class Try:
    """One try: the answer's status and its `Retry-After`, or why there was none."""

    at: str
    status: int | None
    error: str | None
    retry_after: str | None = None


class WebhookStore:
    """All subscriptions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, new: Subscription) -> Subscription:
        """Keep a new subscription; gives the one that there is by now under its id."""
        values = {name: getattr(new, name) for name in Subscription.__dataclass_fields__}
        statement = inserting(self._database, webhooks).values(**values)
        async with self._database.write() as connection:
            await connection.execute(statement.on_conflict_do_nothing(index_elements=["id"]))
            kept = await connection.execute(select(webhooks).where(webhooks.c.id == new.id))
            return _subscription(kept.one())

    async def remove(self, webhook: str) -> None:
        """Delete a subscription with its messages and its log."""
        async with self._database.write() as connection:
            for table, column in ((webhook_tries, "webhook"), (webhook_messages, "webhook"), (webhooks, "id")):
                await connection.execute(delete(table).where(table.c[column] == webhook))

    async def of(self, tenant: str) -> list[Subscription]:
        """An organisation's subscriptions, the oldest first."""
        query = select(webhooks).where(webhooks.c.tenant == tenant).order_by(webhooks.c.created_at, webhooks.c.id)
        async with self._database.read() as connection:
            return [_subscription(row) for row in await connection.execute(query)]

    async def find(self, webhook: str) -> Subscription | None:
        """One subscription."""
        async with self._database.read() as connection:
            row = (await connection.execute(select(webhooks).where(webhooks.c.id == webhook))).one_or_none()
        return None if row is None else _subscription(row)

    async def change(self, webhook: str, **values: object) -> None:
        """Change columns of a subscription."""
        async with self._database.write() as connection:
            await connection.execute(update(webhooks).where(webhooks.c.id == webhook).values(**values))

    async def queue(self, at: str) -> None:
        """Make a message for each end and notice that an active subscription has none for, due at once."""
        behind = (
            select(webhooks.c.id, webhooks.c.tenant, webhooks.c.told)
            .join(feeds, feeds.c.tenant == webhooks.c.tenant)
            .where(webhooks.c.state == "active", feeds.c.last > webhooks.c.told)
        )
        async with self._database.read() as connection:
            found = (await connection.execute(behind)).all()
        for row in found:
            async with self._database.write() as connection:
                await self._queue(connection, row.id, row.tenant, row.told, at)

    async def due(
        self, at: str, busy: Collection[str] = (), closed: Collection[str] = ()
    ) -> dict[str, list[Message]]:
        """What is due for active subscriptions, by subscription, the oldest first.

        Those at work are left out, and those of organisations that are closed.
        """
        message = webhook_messages.c
        query = (
            select(message.webhook, message.sequence, message.tries, message.told)
            .join(webhooks, webhooks.c.id == message.webhook)
            .where(webhooks.c.state == "active", message.state == "pending", message.due_at <= at)
            .where(message.webhook.not_in(busy), webhooks.c.tenant.not_in(closed))
            .order_by(message.due_at, message.sequence)
            .limit(_CHUNK)
        )
        found: dict[str, list[Message]] = {}
        async with self._database.read() as connection:
            for row in await connection.execute(query):
                found.setdefault(row.webhook, []).append(Message(row.webhook, row.sequence, row.tries, row.told))
        return found

    async def tried(self, message: Message, one: Try, state: State, due_at: str | None) -> None:
        """Keep a try, and what it makes of its message."""
        async with self._database.write() as connection:
            await connection.execute(
                insert(webhook_tries).values(
                    webhook=message.webhook,
                    sequence=message.sequence,
                    number=message.tries + 1,
                    at=one.at,
                    status=one.status,
                    error=one.error,
                )
            )
            await _set(connection, message, state=state, tries=message.tries + 1, due_at=due_at)

    async def told(self, message: Message, connection: AsyncConnection) -> None:
        """Keep, within the caller's transaction, that the message's result goes out."""
        await _set(connection, message, told=True)

    async def supersede(self, message: Message) -> None:
        """A later number of the feed tells of the same assessment: this one is not told any more."""
        async with self._database.write() as connection:
            await _set(connection, message, state="superseded", due_at=None)

    async def replay(self, one: Subscription, since: str, until: str, at: str) -> int:
        """Tell again what came from `since` until before `until`; gives how many messages that makes."""
        count, period = 0, Period(since, until, 0, one.told)
        while True:
            async with self._database.write() as connection:
                found = await places_of(connection, one.tenant, period, _CHUNK)
                await self._put(connection, one.id, found, at)
            if not found:
                return count
            count, period = count + len(found), replace(period, after=found[-1][0])

    async def log(self, webhook: str, after: int, most: int) -> list[dict[str, Any]]:
        """The tries after a number, the oldest first."""
        query = (
            select(webhook_tries, webhook_messages.c.assessment, webhook_messages.c.state)
            .join(
                webhook_messages,
                and_(
                    webhook_messages.c.webhook == webhook_tries.c.webhook,
                    webhook_messages.c.sequence == webhook_tries.c.sequence,
                ),
            )
            .where(webhook_tries.c.webhook == webhook, webhook_tries.c.id > after)
            .order_by(webhook_tries.c.id)
            .limit(most)
        )
        async with self._database.read() as connection:
            return [dict(row._mapping) for row in await connection.execute(query)]

    async def _queue(self, connection: AsyncConnection, webhook: str, tenant: str, told: int, at: str) -> None:
        found = await places(connection, tenant, told, _CHUNK)
        if found:
            await self._put(connection, webhook, found, at)
            await connection.execute(update(webhooks).where(webhooks.c.id == webhook).values(told=found[-1][0]))

    async def _put(
        self, connection: AsyncConnection, webhook: str, places: Sequence[tuple[int, str]], at: str
    ) -> None:
        if not places:
            return
        new = inserting(self._database, webhook_messages)
        fresh = {"state": "pending", "tries": 0, "due_at": at, "told": False}
        rows = [{"webhook": webhook, "sequence": sequence, "assessment": one} | fresh for sequence, one in places]
        again = new.on_conflict_do_update(index_elements=["webhook", "sequence"], set_=fresh)
        await connection.execute(again, rows)

    async def forget(self, before: str) -> None:
        """Delete the tries of before then, and the messages that nobody waits for any more."""
        done = or_(webhook_messages.c.state != "pending", webhook_messages.c.due_at.is_(None))
        async with self._database.write() as connection:
            await connection.execute(webhook_tries.delete().where(webhook_tries.c.at < before))
            left = select(webhook_tries.c.sequence).where(
                webhook_tries.c.webhook == webhook_messages.c.webhook,
                webhook_tries.c.sequence == webhook_messages.c.sequence,
            )
            await connection.execute(webhook_messages.delete().where(done, ~left.exists()))


async def _set(connection: AsyncConnection, message: Message, **values: object) -> None:
    place = and_(webhook_messages.c.webhook == message.webhook, webhook_messages.c.sequence == message.sequence)
    await connection.execute(update(webhook_messages).where(place).values(**values))


def _subscription(row: Any) -> Subscription:
    return Subscription(**{name: row._mapping[name] for name in Subscription.__dataclass_fields__})
