"""The reading loop over a real broker, on both databases: every entry once, whatever breaks in between."""

import asyncio
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import orjson
import pytest

import services.audit
from infra.db.engine import Database
from infra.db.migrate import migrate
from infra.kafka.producer import Producer
from schemas.topics import SUBMITTED
from services.audit.completeness.broker_view import broker_view
from services.audit.completeness.kept import kept_findings
from services.audit.reading.loop import FINDINGS, WAITING, ReadingLoop
from services.audit.store import Store
from services.audit.tlog.appender import Appender
from services.audit.tlog.logs import Logs
from services.audit.tlog.verify import check_stored
from tests.integration.audit.conftest import many, named, outbox_entry, scored
from tests.integration.db.test_trouble import pragma
from tests.unit.audit.examples import SIGNER, VKEY

pytestmark = pytest.mark.kafka
SCRIPTS = Path(services.audit.__file__).with_name("migrations")


class Crash(Exception):
    """The process ends here."""


@dataclass(slots=True)
class Audit:
    """Audit without its listeners."""

    appender: Appender
    store: Store
    loop: ReadingLoop

    async def until(self, holds: Callable[[], bool]) -> None:
        """Read until this holds, or until the loop crashes."""
        task = asyncio.create_task(self.loop.run())
        try:
            while not holds():
                moved = asyncio.create_task(self.appender.moved().wait())
                done, _ = await asyncio.wait({task, moved}, return_when=asyncio.FIRST_COMPLETED)
                moved.cancel()
                if task in done:
                    await task
        finally:
            task.cancel()
            await asyncio.wait({task})

    async def until_size(self, size: int) -> list[dict[str, object]]:
        await self.until(lambda: self.appender.signed_size >= size)
        return self.entries()

    def entries(self) -> list[dict[str, object]]:
        reader = self.appender.reader()
        return [orjson.loads(reader.entry(index)) for index in range(reader.state.size)]

    def names(self) -> Counter[object]:
        return Counter(entry["id"] for entry in self.entries())


@pytest.fixture
def start(database_url: str, start_on):
    """Starts audit; started again it is on the same data."""

    return lambda: start_on(database_url)


@pytest.fixture
def start_on(broker: str, producer: Producer, tmp_path: Path, offsets: dict[str, int]):
    """Starts audit on this database."""

    @asynccontextmanager
    async def starting(url: str) -> AsyncIterator[Audit]:
        async with Database(url, "audit") as database:
            await migrate(database, SCRIPTS)
            with Appender(tmp_path / "log", SIGNER) as appender:
                if not appender.state.offsets:
                    await appender.append([], {}, offsets)
                store = Store(database)
                yield Audit(appender, store, ReadingLoop(broker, Logs([appender]), store, producer))

    return starting


async def test_what_the_topics_bring_is_in_the_log_in_the_order_of_each_source(start, producer) -> None:
    prefix = "order"
    await producer.send([*many(prefix, 300), *(outbox_entry(f"{prefix} entry {n}", n) for n in (1, 2, 3))])
    async with start() as audit:
        await audit.until_size(303)
        assert audit.names() == Counter(
            [named(f"{prefix} {n}") for n in range(300)] + [named(f"{prefix} entry {n}") for n in (1, 2, 3)]
        )
        assert check_stored(audit.appender.reader(), VKEY).sound
        assert await audit.store.trails_kept() == 300


@pytest.mark.parametrize("step", ["before the ids", "between the ids and the log", "after the log"])
async def test_a_crash_at_any_step_of_a_batch_loses_nothing_and_doubles_nothing(start, producer, step) -> None:
    # Given records, one of them twice and one poisoned, and a process that crashes at this step of its batch
    prefix = "crash"
    poisoned = replace(scored(f"{prefix} poisoned"), value=b"garbage")
    await producer.send([*many(prefix, 50), scored(f"{prefix} 7"), poisoned])
    async with start() as audit:
        _crash_at(step, audit)
        with pytest.raises(Crash):
            await audit.until_size(51)
    # When it starts again
    async with start() as audit:
        entries = await audit.until_size(51)
        # Then each is there once, with its trail, and the poisoned one has its entry
        assert set(audit.names().values()) == {1}
        assert Counter(entry["type"] for entry in entries) == {"scored": 50, "dead-lettered": 1}
        assert await audit.store.trails_kept() == 50
        assert check_stored(audit.appender.reader(), VKEY).sound


def _crash_at(step: str, audit: Audit) -> None:
    claim, append = audit.store.claim, audit.appender.append

    async def claim_then_crash(*given):
        if step != "before the ids":
            await claim(*given)
        raise Crash

    async def append_then_crash(*given, **missed):
        await append(*given, **missed)
        raise Crash

    if step == "after the log":
        audit.appender.append = append_then_crash
    else:
        audit.store.claim = claim_then_crash


async def test_a_repeated_record_changes_nothing_and_reading_goes_on_behind_it(start, producer) -> None:
    prefix = "repeated"
    await producer.send(many(prefix, 5))
    async with start() as audit:
        await audit.until_size(5)
    await producer.send([*many(prefix, 5), scored(f"{prefix} new")])
    async with start() as audit:
        await audit.until_size(6)
        assert audit.names()[named(f"{prefix} new")] == 1
        assert set(audit.names().values()) == {1}
        assert check_stored(audit.appender.reader(), VKEY).sound


async def test_a_full_disk_is_waited_for_and_said_and_nothing_is_lost(start, producer, monkeypatch) -> None:
    prefix = "full"
    async with start() as audit:
        # Given a disk that is full for its first writes
        write, refusals = audit.appender._storage.write, iter([True, True])

        def full(path: str, data: bytes) -> None:
            if next(refusals, False):
                raise OSError(28, "No space left on device")
            write(path, data)

        monkeypatch.setattr(audit.appender._storage, "write", full)
        paused: list[str | None] = []
        reopen = audit.appender.reopen

        async def reopen_and_look() -> None:
            paused.append(audit.loop.missing())
            await reopen()

        monkeypatch.setattr(audit.appender, "reopen", reopen_and_look)
        # When records come
        await producer.send(many(prefix, 20))
        await audit.until_size(20)
        # Then the loop has said why it is not ready, and everything is there once
        assert "No space left" in str(paused[0])
        assert audit.loop.missing() is None or not audit.loop.ready.is_set()
        assert set(audit.names().values()) == {1}


@pytest.mark.parametrize(
    ("spoil", "mend", "reason"),
    [
        ("max_page_count=1", "max_page_count=1000000", "it is full"),
        ("query_only=ON", "query_only=OFF", "it is read-only"),
    ],
)
async def test_a_database_that_takes_nothing_is_waited_for_and_said_and_nothing_is_lost(
    start_on, producer, monkeypatch, tmp_path, spoil, mend, reason
) -> None:
    prefix = f"database {spoil}"
    async with start_on(f"sqlite:///{tmp_path}/audit.db") as audit:
        # Given a database that is full or read-only, until somebody has seen why the loop is not ready
        database, said = audit.store._database, []
        await pragma(database, spoil)
        claim = audit.store.claim

        async def claim_and_look(*given):
            said.append((audit.loop.missing(), WAITING._value.get()))
            if len(said) == 3:
                await pragma(database, mend)
            return await claim(*given)

        monkeypatch.setattr(audit.store, "claim", claim_and_look)
        # When records come
        await producer.send(many(prefix, 200))
        await audit.until_size(200)
        # Then the loop has said so and waited, and each is there once, with its trail
        assert all(reason in str(why) and waiting for why, waiting in said[1:])
        assert WAITING._value.get() == 0
        assert set(audit.names().values()) == {1}
        assert await audit.store.trails_kept() == 200
        assert check_stored(audit.appender.reader(), VKEY).sound


async def test_a_topic_that_ends_before_the_kept_offset_is_said_and_its_neighbours_are_read(
    start, producer, offsets
) -> None:
    prefix = "beyond"
    async with start() as audit:
        await audit.appender.append([], {}, {"audit.entries/0": offsets["audit.entries/0"] + 1_000})
        await producer.send(many(prefix, 3))
        said: list[str | None] = []
        await audit.until(lambda: said.append(audit.loop.missing()) or audit.appender.state.size == 3)
        assert "it is another topic than before" in str(said[-1])


async def test_an_entry_under_a_number_that_another_has_taken_is_a_finding_that_is_kept(start, producer) -> None:
    # Given an entry under the next number of an outbox that the outbox did not give, and then the real one
    name, before = secrets.token_hex(8), FINDINGS.labels("outbox/intake")._value.get()
    forged, real = (outbox_entry(f"{name} {which}", 1, "viewed", "intake") for which in ("forged", "real"))
    await producer.send([forged, real, real, outbox_entry(f"{name} next", 2, "viewed", "intake")])
    async with start() as audit:
        # Then nothing of it is in silence: the log and the metric say which number it is
        assert [entry["place"] for entry in await audit.until_size(2)] == [1, 2]
        assert audit.appender.state.displaced == {"outbox/intake": (1,)}
        assert FINDINGS.labels("outbox/intake")._value.get() > before
    # And a repetition of what is there is none
    await producer.send([forged, outbox_entry(f"{name} last", 3, "viewed", "intake")])
    async with start() as audit:
        await audit.until_size(3)
        assert audit.appender.state.displaced == {"outbox/intake": (1,)}
        assert [gap.kind for gap in kept_findings(audit.appender.state)] == ["displaced"]


async def test_a_group_of_scoring_without_offsets_is_not_taken_for_one_at_the_beginning(broker) -> None:
    async with broker_view(broker) as view:
        assert view.committed == {f"{SUBMITTED.name}/{number}": None for number in range(SUBMITTED.partitions)}


async def test_an_outbox_that_skips_a_number_is_appended_and_counted_as_a_finding(start, producer) -> None:
    name, before = secrets.token_hex(8), FINDINGS.labels("outbox/intake")._value.get()
    await producer.send([outbox_entry(f"{name} {n}", n, "viewed", "intake") for n in (1, 3)])
    async with start() as audit:
        entries = await audit.until_size(2)
        assert [entry["place"] for entry in entries] == [1, 3]
        assert FINDINGS.labels("outbox/intake")._value.get() == before + 1
