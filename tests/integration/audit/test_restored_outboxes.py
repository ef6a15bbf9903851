"""The outboxes of intake and of audit, put back from a backup: no number comes twice and none is missing."""

import importlib
import shutil
import uuid
from pathlib import Path

import msgspec
import pytest

from infra.db.engine import Database
from infra.db.migrate import migrate
from infra.kafka.entry_outbox import EntryOutbox, NewEntry
from infra.kafka.producer import Producer
from infra.kafka.tail import tail
from schemas.entry import leaf
from schemas.events import OutboxEntry
from schemas.topics import AUDIT_ENTRIES
from tests.integration.audit.office import TIME


async def told(service: str, directory: Path, source: str, count: int, broker: str, producer: Producer) -> None:
    """Start on the database, store so many entries, and send them."""
    tables = importlib.import_module(f"services.{service}.tables")
    async with Database(f"sqlite+aiosqlite:///{directory / 'store.db'}", service) as database:
        await migrate(database, Path(str(tables.__file__)).with_name("migrations"))
        outbox = await EntryOutbox(database, source, tables.marks).open(broker)
        for _ in range(count):
            entry = uuid.uuid4().hex
            async with database.write() as connection:
                await outbox.put(connection, [NewEntry(entry, leaf("viewed", entry, TIME, "person", "0.1.0"))])
        await outbox.drain(producer)


@pytest.mark.parametrize("service", ["intake", "audit"])
async def test_a_restored_outbox_goes_on_after_what_the_topic_holds(
    service: str, broker: str, producer: Producer, tmp_path: Path
) -> None:
    live, backup, source = tmp_path / "live", tmp_path / "backup", f"{service}-{uuid.uuid4().hex}"
    live.mkdir()
    # Given a backup made after two entries, and three that came after it
    await told(service, live, source, 2, broker, producer)
    shutil.copytree(live, backup, ignore=shutil.ignore_patterns("*.lock"))
    await told(service, live, source, 3, broker, producer)
    # When the backup is put back, and one more is told
    shutil.rmtree(live)
    backup.rename(live)
    await told(service, live, source, 1, broker, producer)
    # Then the numbers are those of six entries, each once and in order
    async with tail(broker, AUDIT_ENTRIES, 0) as topic:
        records = [
            msgspec.msgpack.decode(one.value, type=OutboxEntry) async for batch in topic.batches() for one in batch
        ]
    assert [one.sequence for one in records if one.source == source] == [1, 2, 3, 4, 5, 6]
