"""A revocation empties the cache, and is acknowledged when nobody works with a revoked key any more."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest
from aiohttp import web
from aiokafka import AIOKafkaConsumer, TopicPartition

from infra.kafka.producer import Outgoing, Producer
from infra.kafka.record_tag import RecordTags
from infra.keys.client import KeyClient, KeysUnavailable
from infra.keys.revocations import Narrowed, Revocations
from infra.local.topics import create
from schemas.events import Acknowledged, Acknowledgement, Revoked
from schemas.keys import CreatedKey, CreatedKeys, CreateKeys, NewPerson, ReleasedKey, ReleasedKeys, ReleaseKeys
from schemas.topics import KEYS_ACKNOWLEDGED, KEYS_REVOKED

pytestmark = pytest.mark.kafka
TAGS = RecordTags([b"k" * 64])


@dataclass(slots=True)
class Consent:
    """The key API over a socket; while the gate is shut an answer is ready and still on its way."""

    alias: str = field(default_factory=lambda: secrets.token_hex(16))
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    async def release(self, request: web.Request) -> web.Response:
        asked = msgspec.json.decode(await request.read(), type=ReleaseKeys)
        keys = tuple(ReleasedKey(alias, "released", "0" * 16, 5) for alias in asked.aliases)
        return await self._answer(ReleasedKeys(5, keys))

    async def create(self, request: web.Request) -> web.Response:
        asked = msgspec.json.decode(await request.read(), type=CreateKeys)
        return await self._answer(
            CreatedKeys(tuple(CreatedKey(one.event_id, "active", self.alias) for one in asked.persons))
        )

    async def _answer(self, document: msgspec.Struct) -> web.Response:
        self.asked.set()
        await self.gate.wait()
        return web.Response(body=msgspec.json.encode(document))


@dataclass(slots=True)
class Reader:
    """A process that reads the revocations."""

    bootstrap: str
    consent: Consent
    keys: KeyClient
    producer: Producer

    @asynccontextmanager
    async def running(self, start: int | None = None, stored: list[Narrowed] | None = None) -> AsyncIterator[None]:
        async def store(narrowed: Sequence[Narrowed]) -> None:
            assert stored is not None
            stored.extend(narrowed)

        effect = None if stored is None else store
        reader = Revocations(self.bootstrap, "test", self.keys, self.producer, TAGS, start=start, stored=effect)
        task = asyncio.create_task(reader.run())
        await reader.ready.wait()
        yield
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    async def revoke(self, alias: str, value: Revoked | None = None, *, tombstone: bool = False) -> int:
        raw = None if tombstone else msgspec.msgpack.encode(value or Revoked(6, "erased"))
        (place,) = await self.producer.send([Outgoing(KEYS_REVOKED, alias, raw)])
        return place.offset

    async def applied(self, alias: str) -> None:
        await until(lambda: self.keys.cache.overtaken(ReleasedKey(alias, "released", sequence=5)))

    async def acknowledged(self) -> int:
        """The highest offset that this process has acknowledged; -2 where it has none."""
        consumer = AIOKafkaConsumer(bootstrap_servers=self.bootstrap, auto_offset_reset="earliest")
        place = TopicPartition(KEYS_ACKNOWLEDGED.name, 0)
        async with consumer:
            consumer.assign([place])
            end = (await consumer.end_offsets([place]))[place]
            highest = -2
            while await consumer.position(place) < end:
                record = await consumer.getone()
                if record.key.decode() == self.keys.instance:
                    said = msgspec.msgpack.decode(record.value, type=Acknowledgement)
                    assert isinstance(said, Acknowledged)
                    highest = max(highest, said.offset)
        return highest

    async def acknowledges(self, offset: int) -> None:
        while await self.acknowledged() < offset:
            await asyncio.sleep(0.01)


async def until(holds: Callable[[], bool]) -> None:
    while not holds():
        await asyncio.sleep(0.01)


@pytest.fixture
async def reader(kafka: str, tmp_path: Path) -> AsyncIterator[Reader]:
    await create(kafka, [KEYS_REVOKED, KEYS_ACKNOWLEDGED])
    consent = Consent()
    app = web.Application()
    app.add_routes([web.post("/keys/release", consent.release), web.post("/keys/create", consent.create)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.UnixSite(runner, str(tmp_path / "keys.sock")).start()
    async with KeyClient(tmp_path / "keys.sock", "token") as keys, Producer(kafka, "test", TAGS) as producer:
        yield Reader(kafka, consent, keys, producer)
    await runner.cleanup()


async def test_before_the_revocations_are_read_no_key_is_asked_for(reader: Reader) -> None:
    with pytest.raises(KeysUnavailable):
        await reader.keys.release("scoring", [reader.consent.alias])
    assert not reader.consent.asked.is_set()


async def test_a_revocation_empties_the_cache_and_is_acknowledged(reader: Reader) -> None:
    alias = reader.consent.alias
    reader.consent.gate.set()
    async with reader.running():
        await reader.keys.release("scoring", [alias])
        assert reader.keys.cache.get(alias, "scoring", 0.0) is not None
        offset = await reader.revoke(alias)
        await reader.acknowledges(offset)
        assert reader.keys.cache.get(alias, "scoring", 0.0) is None


async def test_a_release_answered_before_the_revocation_and_arriving_after_it_is_not_used(reader: Reader) -> None:
    alias = reader.consent.alias
    async with reader.running():
        # Given a release that is answered, and still on its way
        release = asyncio.create_task(reader.keys.release("scoring", [alias]))
        await reader.consent.asked.wait()
        # When the key is revoked before it arrives
        await reader.revoke(alias)
        await reader.applied(alias)
        reader.consent.gate.set()
        # Then it serves nobody
        with pytest.raises(KeysUnavailable):
            await release
        assert reader.keys.cache.get(alias, "scoring", 0.0) is None


async def test_a_running_batch_holds_back_the_acknowledgement_of_its_own_keys(reader: Reader) -> None:
    alias = reader.consent.alias
    reader.consent.gate.set()
    async with reader.running():
        # Given a batch with the key in hand
        async with reader.keys.held("scoring", [alias]):
            # When another's key is revoked, and then its own, and then another's again
            free = await reader.revoke(secrets.token_hex(16))
            own = await reader.revoke(alias)
            last = secrets.token_hex(16)
            behind = await reader.revoke(last)
            await reader.applied(last)
            # Then only what came before its own is acknowledged
            await reader.acknowledges(free)
            assert await reader.acknowledged() < own
        # And all of it when the batch has ended
        await reader.acknowledges(behind)


async def test_keys_that_are_being_created_hold_back_the_acknowledgement_too(reader: Reader) -> None:
    alias = reader.consent.alias

    async def hand_in(answered: asyncio.Event, sealed: asyncio.Event) -> None:
        async with reader.keys.created("acme", [NewPerson("1", ())]):
            answered.set()
            await sealed.wait()

    async with reader.running():
        # Given a hand-in whose keys are on their way
        answered, sealed = asyncio.Event(), asyncio.Event()
        running = asyncio.create_task(hand_in(answered, sealed))
        await reader.consent.asked.wait()
        # When the person is revoked meanwhile, then nothing is acknowledged, neither before nor after they arrive
        offset = await reader.revoke(alias)
        await reader.applied(alias)
        assert await reader.acknowledged() < offset
        reader.consent.gate.set()
        await answered.wait()
        assert await reader.acknowledged() < offset
        # Until it has sealed with them
        sealed.set()
        await running
        await reader.acknowledges(offset)


async def test_a_store_goes_on_at_the_offset_it_kept(reader: Reader) -> None:
    alias, stored = secrets.token_hex(16), []
    await reader.revoke(secrets.token_hex(16))
    kept = await reader.revoke(alias)
    async with reader.running(kept, stored):
        await until(lambda: bool(stored))
    assert [(one.alias, one.offset) for one in stored] == [(alias, kept)]


async def test_a_kept_offset_beyond_the_end_means_that_all_of_the_topic_is_news(reader: Reader) -> None:
    aliases, stored = [secrets.token_hex(16) for _ in range(2)], []
    for alias in aliases:
        end = await reader.revoke(alias)
    async with reader.running(end + 1_000, stored):
        pass
    assert [one.alias for one in stored][-2:] == aliases


async def test_a_record_without_a_value_tells_a_store_nothing_and_ends_nothing(reader: Reader) -> None:
    stored: list[Narrowed] = []
    offset = await reader.revoke(secrets.token_hex(16), tombstone=True)
    async with reader.running(offset, stored):
        await reader.acknowledges(offset)
    assert stored == []
