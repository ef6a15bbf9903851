"""Whoever may write to `audit.entries` and is no service of ours brings nothing into the log, and that it was tried
stands there.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest

from infra.db.engine import Database
from infra.db.migrate import migrate
from infra.kafka.producer import Outgoing, Producer
from infra.kafka.record_tag import RecordTags
from services.audit.completeness.check import check
from services.audit.completeness.findings import Period
from services.audit.reading.loop import FINDINGS, ReadingLoop
from services.audit.store import Store
from services.audit.tlog.appender import Appender
from services.audit.tlog.logs import Logs
from tests.integration.audit.conftest import RECORDS_KEY, outbox_entry
from tests.integration.audit.test_store import SCRIPTS
from tests.unit.audit.examples import SIGNER

pytestmark = pytest.mark.kafka
TAGS = RecordTags([RECORDS_KEY])


@pytest.fixture
def start(database_url: str, broker: str, producer: Producer, tmp_path: Path, offsets: dict[str, int]):
    """Starts audit, which knows the tags of the deployment, on a log that begins with them."""

    @asynccontextmanager
    async def starting() -> AsyncIterator[tuple[Appender, ReadingLoop]]:
        async with Database(database_url, "audit") as database:
            await migrate(database, SCRIPTS)
            with Appender(tmp_path / "log", SIGNER) as appender:
                if not appender.state.offsets:
                    await appender.append([], {}, offsets, tagged=["outbox/consent", "outbox/intake"])
                yield appender, ReadingLoop(broker, Logs([appender]), Store(database), producer, tags=TAGS)

    return starting


@pytest.fixture
async def forger(broker: str) -> AsyncIterator[Producer]:
    """Somebody who may write to the broker and does not know the key of records."""
    async with Producer(broker, "forger") as somebody:
        yield somebody


async def read(appender: Appender, loop: ReadingLoop, size: int) -> list[dict[str, Any]]:
    """Read until the log holds so many entries, signed."""
    reading = asyncio.create_task(loop.run())
    try:
        async with asyncio.timeout(60):
            while appender.signed_size < size:
                await asyncio.sleep(0.05)
    finally:
        reading.cancel()
    reader = appender.reader()
    return [orjson.loads(reader.entry(index)) for index in range(reader.state.size)]


def tag_of(record: Outgoing) -> tuple[str, bytes]:
    return TAGS.header(record.topic.name, record.key.encode(), record.value)


def under(tag: tuple[str, bytes], record: Outgoing) -> Outgoing:
    return Outgoing(record.topic, record.key, record.value, (*record.headers, tag))


Forgery = Callable[[str, Outgoing], Outgoing]
FORGERIES: dict[str, Forgery] = {
    "unknown source": lambda name, _: outbox_entry(f"{name} forged", 1, outbox="nobody"),
    "next place": lambda name, _: outbox_entry(f"{name} forged", 2),
    "place ahead": lambda name, _: outbox_entry(f"{name} forged", 9),
    "copied place, another content": lambda name, _: outbox_entry(f"{name} forged", 1),
    "copied tag, another content": lambda name, real: under(tag_of(real), outbox_entry(f"{name} forged", 2)),
}


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES)
async def test_a_forged_entry_is_refused_and_told_and_takes_nobodys_place(
    start, broker: str, producer: Producer, forger: Producer, forgery: Forgery, tmp_path: Path
) -> None:
    # Given a real entry, a forged one behind it, and the real one that follows
    name, before = secrets.token_hex(8), FINDINGS.labels("audit.entries/0")._value.get()
    real, following = outbox_entry(f"{name} 1", 1), outbox_entry(f"{name} 2", 2)
    await producer.send([real])
    await forger.send([forgery(name, real)])
    await producer.send([following])
    async with start() as (appender, loop):
        # When they are read, then the real ones stand at their places, and of the forged one that it was set aside
        entries = await read(appender, loop, 3)
        assert [one["place"] for one in entries if one["source"] == "outbox/consent"] == [1, 2]
        (aside,) = (one for one in entries if one["type"] == "dead-lettered")
        assert (aside["reason"], aside["cause"]["topic"]) == ("forged", "audit.entries")
        assert FINDINGS.labels("audit.entries/0")._value.get() > before
        assert appender.state.displaced == {}
    # And nothing is missing
    found = await check([tmp_path / "log"], Period(), None)
    assert (found.report.sound, found.gaps) == (True, [])


async def test_what_was_sent_is_sent_again_and_in_another_order_and_changes_nothing(
    start, producer: Producer, forger: Producer
) -> None:
    # Given three entries in the log
    name = secrets.token_hex(8)
    real = [outbox_entry(f"{name} {number}", number) for number in (1, 2, 3)]
    await producer.send(real)
    async with start() as (appender, loop):
        entries = await read(appender, loop, 3)
        # When somebody sends them again, byte by byte and backwards, before a fourth
        await forger.send([under(tag_of(one), one) for one in reversed(real)])
        await producer.send([outbox_entry(f"{name} 4", 4)])
        # Then the log holds each once, and no finding
        after = await read(appender, loop, 4)
        assert (after[:3], [one["place"] for one in after]) == (entries, [1, 2, 3, 4])
        assert appender.state.displaced == {}


async def test_an_outbox_whose_entries_come_out_of_order_is_a_finding_and_the_late_one_is_named(
    start, producer: Producer, tmp_path: Path
) -> None:
    # Given a service of ours that was taken over, and sends its second entry after its third
    name = secrets.token_hex(8)
    await producer.send([outbox_entry(f"{name} {number}", number) for number in (1, 3, 2, 4)])
    async with start() as (appender, loop):
        entries = await read(appender, loop, 3)
        assert [one["place"] for one in entries] == [1, 3, 4]
        assert appender.state.displaced == {"outbox/consent": (2,)}
    # Then whoever checks is told by number what is missing
    found = await check([tmp_path / "log"], Period(), None)
    assert {(gap.source, gap.kind) for gap in found.gaps} == {
        ("outbox/consent", "hole"),
        ("outbox/consent", "displaced"),
    }
    assert "number 2 is missing before entry 1" in {gap.message for gap in found.gaps}
