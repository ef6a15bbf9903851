"""What consent tells the others, stored in the transaction that causes it: entries, revocations, orders, notices."""

import secrets
from collections.abc import Awaitable, Callable, Sequence

import msgspec
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import now, written
from infra.db.configuration import Change
from infra.db.engine import Database
from infra.db.outbox import Message, Outbox, Queued, Send
from infra.kafka.entry_outbox import framed
from schemas.events import (
    ERASURE_ORDERED_TYPE,
    OUTBOX_ENTRY_TYPE,
    REVOKED_TYPE,
    ErasureOrder,
    Revoked,
)
from schemas.rights import (
    DISCLOSURE_ORDERED_TYPE,
    EXPIRY_ORDERED_TYPE,
    NOTICE_TYPE,
    REVIEW_ORDERED_TYPE,
    DisclosureOrder,
    ExpiryOrder,
    Notice,
    Order,
    ReviewOrder,
)
from schemas.topics import AUDIT_ENTRIES, KEYS_REVOKED, PRIVACY_NOTICES, PRIVACY_REQUESTS, Topic
from services.consent.entries import Entry, bound_entry, entry
from services.consent.tables import marks, requests

SOURCE = "consent"
"""The outbox of the audit entries, as the log names its source."""

_ORDER_TYPES: dict[type, str] = {
    ErasureOrder: ERASURE_ORDERED_TYPE,
    DisclosureOrder: DISCLOSURE_ORDERED_TYPE,
    ReviewOrder: REVIEW_ORDERED_TYPE,
    ExpiryOrder: EXPIRY_ORDERED_TYPE,
}

Publish = Callable[[Topic, Sequence[Message]], Awaitable[Sequence[int]]]
"""Sends messages to a topic in order and gives their offsets. Raises where the broker does not take them."""
Drain = Callable[[Publish], Awaitable[int]]
"""Sends what is unsent of one outbox; gives how many messages went out."""


class Outboxes:
    """The outboxes of the consent service."""

    def __init__(self, database: Database) -> None:
        self._entries = Outbox(database, SOURCE)
        self._revocations = Outbox(database, "consent-revocations")
        self._orders = Outbox(database, "consent-orders")
        self._notices = Outbox(database, "consent-notices")

    async def open(self) -> None:
        """Make them where they are new."""
        for outbox in self._all:
            await outbox.open()

    @property
    def _all(self) -> tuple[Outbox, ...]:
        return self._entries, self._revocations, self._orders, self._notices

    async def record(self, connection: AsyncConnection, entries: Sequence[Entry]) -> None:
        """Put audit entries."""
        await self._entries.put(
            connection,
            [Message(SOURCE, entry.entry_id, OUTBOX_ENTRY_TYPE, entry.leaf) for entry in entries],
        )

    async def configured(self, connection: AsyncConnection) -> None:
        """Put the entry of a change that the operator made to the configuration."""
        await self.record(connection, [entry("configuration-changed", _written_now(), "operator")])

    async def set_anew(self, connection: AsyncConnection, change: Change) -> str:
        """Put the entry of settings that are others than at the last start, which binds which; gives its id."""
        made = bound_entry("configuration-changed", _written_now(), "operator", change.document)
        await self.record(connection, [made])
        return made.entry_id

    async def revoke(self, connection: AsyncConnection, alias: str, revoked: Revoked) -> int:
        """Put a revocation; give its number in the outbox."""
        value = msgspec.msgpack.encode(revoked)
        event_id = secrets.token_hex(16)
        return await self._revocations.put(connection, [Message(alias, event_id, REVOKED_TYPE, value)])

    async def order(self, connection: AsyncConnection, alias: str, order: Order) -> None:
        """Put an order. Given again it has the id of before, that of its request."""
        value = msgspec.msgpack.encode(order)
        await self._orders.put(connection, [Message(alias, order.request, _ORDER_TYPES[type(order)], value)])

    async def notify(self, connection: AsyncConnection, tenant: str, notice: Notice) -> None:
        """Put a notice to an organisation."""
        await self._notices.put(connection, [Message(tenant, notice.id, NOTICE_TYPE, msgspec.msgpack.encode(notice))])

    @property
    def drains(self) -> tuple[Drain, ...]:
        """What sends each of them, revocations first. None waits for another, so they may be sent side by side."""
        return self._send_revocations, self._send_entries, self._send_orders, self._send_notices

    async def drain(self, publish: Publish) -> int:
        """Send what is unsent; give how many messages went out."""
        return sum([await drain(publish) for drain in self.drains])

    async def _send_revocations(self, publish: Publish) -> int:
        return await self._revocations.drain(_to(KEYS_REVOKED, publish), _written_now, _revocations_sent)

    async def _send_entries(self, publish: Publish) -> int:
        async def send(batch: Sequence[Queued]) -> Sequence[int]:
            return await publish(AUDIT_ENTRIES, [_framed(queued) for queued in batch])

        return await self._entries.drain(send, _written_now, _entries_sent)

    async def _send_orders(self, publish: Publish) -> int:
        return await self._orders.drain(_to(PRIVACY_REQUESTS, publish), _written_now)

    async def _send_notices(self, publish: Publish) -> int:
        return await self._notices.drain(_to(PRIVACY_NOTICES, publish), _written_now)

    async def pass_over(self, connection: AsyncConnection, number: int) -> None:
        """Give the next audit entry a number beyond this one, which the log has already."""
        await self._entries.pass_over(connection, number)

    async def take_back(self, connection: AsyncConnection, revoked_end: int, entries_end: int) -> int:
        """Send again what restored topics have lost, which end there now."""
        revocations = await self._revocations.take_back(connection, revoked_end)
        return revocations + await self._entries.take_back(connection, entries_end)

    async def forget(self, before: str) -> None:
        """Delete what was sent before then."""
        for outbox in self._all:
            await outbox.forget(before)


def _to(topic: Topic, publish: Publish) -> Send:
    async def send(batch: Sequence[Queued]) -> Sequence[int]:
        return await publish(topic, [queued.message for queued in batch])

    return send


def _framed(queued: Queued) -> Message:
    message = queued.message
    return Message(message.key, message.event_id, message.event_type, framed(SOURCE, queued))


async def _revocations_sent(connection: AsyncConnection, sent: Sequence[tuple[Queued, int]]) -> None:
    """Keep where each erasure's revocation stands, and how far of the topic this database knows (restore fence)."""
    moment = _written_now()
    for queued, offset in sent:
        await connection.execute(
            update(requests)
            .where(requests.c.revocation == queued.sequence)
            .values(revocation_offset=offset, revoked_at=moment)
        )
    await _reached(connection, KEYS_REVOKED, sent)


async def _entries_sent(connection: AsyncConnection, sent: Sequence[tuple[Queued, int]]) -> None:
    """Keep how far of the topic this database knows: beyond it, a restored one finds the numbers given since."""
    await _reached(connection, AUDIT_ENTRIES, sent)


async def _reached(connection: AsyncConnection, topic: Topic, sent: Sequence[tuple[Queued, int]]) -> None:
    last = max(offset for _, offset in sent)
    await connection.execute(
        update(marks).where(marks.c.topic == topic.name, marks.c.next_offset <= last).values(next_offset=last + 1)
    )


def _written_now() -> str:
    return written(now())
