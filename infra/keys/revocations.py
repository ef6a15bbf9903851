"""Every process reads all of `keys.revoked`, by assignment and without a group, and acknowledges what it forgot.

An acknowledgement is cumulative: this incarnation holds no key revoked at or below an offset. It is sent when no
running batch holds a revoked key, and every ten seconds again, as a sign of life: who is silent is taken for down,
and is waited for no longer than a cache lives. A store starts at the offset it kept, so that what was revoked while
it was down, or before a backup was restored, reaches it too; a process that stores nothing starts at the end.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import msgspec
import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from infra.kafka.producer import BrokerUnavailable, Outgoing, Producer
from infra.kafka.record_tag import RecordTags
from infra.kafka.security import security
from infra.kafka.started import started
from infra.keys.cache import Hold
from infra.keys.client import KeyClient
from schemas.events import Acknowledged, Revoked
from schemas.topics import KEYS_ACKNOWLEDGED, KEYS_REVOKED

log = structlog.get_logger(__name__)
_PLACE = TopicPartition(KEYS_REVOKED.name, 0)
_IDLE_MS = 500
_OWING_MS = 10
_LEAVE_CHECKS = 100
SIGN_OF_LIFE_SECONDS = 10.0
GONE_OFFSET = 2**62
"""Beyond every revocation that will ever be."""


@dataclass(frozen=True, slots=True)
class Narrowed:
    """One revocation as a store sees it."""

    alias: str
    revoked: Revoked
    offset: int


Stored = Callable[[Sequence[Narrowed]], Awaitable[None]]
"""A store's effect of revocations, kept together with the offset after the last of them."""


class Revocations:
    """The reader of one process. `ready` is set once the topic has been read to where its end was at the start."""

    def __init__(
        self,
        bootstrap: str,
        service: str,
        keys: KeyClient,
        producer: Producer,
        tags: RecordTags,
        *,
        start: int | None = None,
        stored: Stored | None = None,
    ) -> None:
        self.ready = asyncio.Event()
        self._bootstrap = bootstrap
        self._service = service
        self._keys = keys
        self._producer = producer
        self._tags = tags
        self._start = start
        self._stored = stored
        self._owed: list[tuple[int, frozenset[Hold]]] = []
        self._settled = -1
        self._said_at = 0.0

    async def run(self) -> None:
        """Read until cancelled."""
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            **security().of_aiokafka(),
        )
        try:
            async with started(consumer):
                await self._follow(consumer)
        finally:
            self.ready.clear()
            await self._leave()

    async def _follow(self, consumer: AIOKafkaConsumer) -> None:
        consumer.assign([_PLACE])
        end = (await consumer.end_offsets([_PLACE]))[_PLACE]
        position = await self._seek(consumer, end)
        while True:
            if position >= end and not self.ready.is_set():
                self.ready.set()
                self._keys.in_step = True
                self._settled = position - 1
                await self._acknowledge(self._settled)
            wait_ms = _OWING_MS if self._owed else _IDLE_MS
            fetched = await consumer.getmany(_PLACE, timeout_ms=wait_ms, max_records=2_000)
            for records in fetched.values():
                await self._apply(records)
            await self._settle()
            position = await consumer.position(_PLACE)
            await self._live(consumer, position)

    async def _leave(self) -> None:
        """In an orderly end: say that this incarnation holds no key any more, so that nobody waits for it."""
        self._keys.in_step = False
        self._keys.cache.clear()
        for _ in range(_LEAVE_CHECKS):
            if not self._keys.cache.busy:
                await self._acknowledge(GONE_OFFSET)
                return
            await asyncio.sleep(_OWING_MS / 1000)

    async def _seek(self, consumer: AIOKafkaConsumer, end: int) -> int:
        if self._start is None:
            consumer.seek(_PLACE, end)
            return end
        # An offset beyond the end was kept from a topic that is no more: all of the new one is news.
        start = self._start if self._start <= end else 0
        begin: int = (await consumer.beginning_offsets([_PLACE]))[_PLACE]
        consumer.seek(_PLACE, max(start, begin))
        return max(start, begin)

    async def _apply(self, records: Sequence[ConsumerRecord]) -> None:
        if not records:
            return
        narrowed = [one for record in records if (one := self._read(record)) is not None]
        now = time.monotonic()
        for one in narrowed:
            self._keys.cache.revoke(one.alias, one.revoked.sequence, now)
        owed = [(one.offset, self._keys.cache.holding(one.alias)) for one in narrowed]
        self._owed += [*owed, (records[-1].offset, frozenset())]
        await self._settle()  # what was forgotten is forgotten, however long a store takes for its part
        if self._stored is not None and narrowed:
            await self._stored(narrowed)

    def _read(self, record: ConsumerRecord) -> Narrowed | None:
        """The revocation in a record; None where there is none.

        Whom an unreadable one meant, or one that no service of ours has written, nobody can tell, so every key is
        forgotten. Consent decides at every release by its ledger, and not by this topic, and an erasure reaches the
        stores by its order as well.
        """
        if record.value is None:
            return None
        if not self._tags.genuine(record):
            self._keys.cache.clear()
            return None
        try:
            revoked = msgspec.msgpack.decode(record.value, type=Revoked)
            return Narrowed(record.key.decode(), revoked, record.offset)
        except (msgspec.DecodeError, UnicodeDecodeError, AttributeError) as error:
            log.error("unreadable-revocation", offset=record.offset, kind=type(error).__name__)
            self._keys.cache.clear()
            return None

    async def _settle(self) -> None:
        """Acknowledge up to the first revocation of which a running batch still has a key in hand."""
        settled = None
        while self._owed and not self._keys.cache.running(self._owed[0][1]):
            settled = self._owed.pop(0)[0]
        if settled is not None:
            self._settled = settled
            await self._acknowledge(settled)

    async def _live(self, consumer: AIOKafkaConsumer, position: int) -> None:
        """Say that we live, and how far we are of the topic as it is now: a restored one may end before that."""
        self._settled = min(self._settled, position - 1)
        if not self.ready.is_set() or time.monotonic() < self._said_at + SIGN_OF_LIFE_SECONDS:
            return
        try:
            end = (await consumer.end_offsets([_PLACE]))[_PLACE]
        except KafkaError as error:
            log.warning("sign-of-life-postponed", reason=repr(error))
            return
        await self._acknowledge(min(self._settled, end - 1))

    async def _acknowledge(self, offset: int) -> None:
        self._said_at = time.monotonic()
        said = Acknowledged(self._service, self._keys.instance, _PLACE.partition, offset)
        try:
            await self._producer.send(
                [Outgoing(KEYS_ACKNOWLEDGED, self._keys.instance, msgspec.msgpack.encode(said))]
            )
        except BrokerUnavailable as error:
            # Cumulative: the next one says it too, and consent counts us once our keys have outlived 30 seconds.
            log.warning("acknowledgement-postponed", offset=offset, reason=str(error))
