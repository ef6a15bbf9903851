"""A backup of any store, of Kafka or of everything is restored after an erasure: the erased stay erased, the log goes
on, the others read on.
"""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from infra.kafka.tail import tail
from infra.local.postgres import Postgres
from schemas.topics import KEYS_REVOKED
from services.audit.tlog.export import export
from services.audit.tlog.note import VerifierKey
from services.audit.tlog.sources import directory_source
from services.audit.tlog.stored import stored_log
from services.audit.tlog.verify import verify
from tests.acceptance.conftest import started
from tests.acceptance.slow.backups import backup_of
from tests.acceptance.slow.people import (
    ask_for_erasure,
    assert_gone,
    assert_readable,
    hand_in,
    has_draft,
    receipt_of,
    save_draft,
)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

STORES = {
    "consent": ("consent",),
    "intake": ("intake",),
    "audit": ("audit",),
    "all": ("consent", "intake", "audit"),
}


def places(directory: Path, source: str) -> list[int]:
    """The places of one source's entries, in the order of the log."""
    log = stored_log(directory)
    entries = (json.loads(log.entry(index)) for index in range(log.state.size))
    return [entry["place"] for entry in entries if entry["source"] == source]


@pytest.mark.parametrize("which", STORES)
async def test_a_restored_backup_brings_nobody_back_and_harms_nobody_else(
    which: str, cluster: Postgres | None, database: str | None, tmp_path: Path
) -> None:
    data, stores = tmp_path / "stack", STORES[which]
    backup = backup_of(stores, cluster, database, data, tmp_path / "backup")
    # Given a backup made while two people were there
    async with started(data, cluster, database) as running:
        erased, early = await hand_in(running, "erased"), await hand_in(running, "early")
        for one in (erased, early):
            await save_draft(running, one)
        size = await running.officer.size()
    await backup.make()
    # and after it a third who came, and the erasure of the first
    async with started(data, cluster, database) as running:
        late = await hand_in(running, "late")
        await receipt_of(running, await ask_for_erasure(running, erased))
        await running.officer.until(size + 1)
        kept = await running.officer.newest("erased")
        before = await running.officer.whole_log()
    # When the backup is put back and everything starts again
    await backup.put_back()
    async with started(data, cluster, database) as running:
        # Then the first stays erased, and the others read what they read
        await assert_gone(running, erased)
        await assert_readable(running, early)
        assert [await has_draft(running, one) for one in (erased, early)] == [False, True]
        if "consent" not in stores:  # a key that no backup holds is lost with the ledger that had it
            await assert_readable(running, late)
        # and a fourth is scored and erased, from the request to the receipt
        fourth = await hand_in(running, "fourth")
        await save_draft(running, fourth)
        receipt = (await receipt_of(running, await ask_for_erasure(running, fourth)))["receipt"]
        assert {one["store"]: one["counts"] for one in receipt["destroyed"]}.items() >= {
            "intake": {"assessments": 1, "drafts": 1, "deliveries": 0},
            "audit": {"trails": 1, "acts": 0, "reviews": 0},
        }.items()
        await assert_gone(running, fourth)
        # and the old proof holds, and the log has grown and verifies
        await running.officer.verified(kept)
        proved = await running.officer.proved(receipt["log"]["index"])
        assert json.loads(proved.entry)["type"] == "erased"
        assert (await running.officer.whole_log()).entries > before.entries
    # and no number of the outbox is missing or there twice
    numbers = places(data / "log", "outbox/consent")
    assert numbers == list(range(1, len(numbers) + 1))
    export(stored_log(data / "log"), tmp_path / "out")
    source = directory_source(tmp_path / "out")
    assert verify(source, VerifierKey.parse(source.vkey())).sound


async def test_a_restored_broker_brings_nobody_back_and_is_given_what_it_lost(tmp_path: Path) -> None:
    data, backup = tmp_path / "stack", tmp_path / "backup"
    # Given a copy of the broker's directory, made while two people were there, and an erasure after it
    async with started(data, None, None) as running:
        erased, early = await hand_in(running, "erased"), await hand_in(running, "early")
    shutil.copytree(data / "broker", backup)
    async with started(data, None, None) as running:
        await receipt_of(running, await ask_for_erasure(running, erased))
    # When the broker is put back, and the log is begun anew over it, as it demands beside another broker
    shutil.rmtree(data / "broker")
    shutil.copytree(backup, data / "broker")
    for part in (data / "log", *data.glob("audit.db*")):
        shutil.rmtree(part) if part.is_dir() else part.unlink()
    async with started(data, None, None) as running:
        # Then the erased stay erased, the others read on, and another is scored and erased
        await assert_gone(running, erased)
        await assert_readable(running, early)
        another = await hand_in(running, "another")
        await receipt_of(running, await ask_for_erasure(running, another))
        await assert_gone(running, another)
        assert (await running.officer.whole_log()).sound
        # and what the broker had lost of revocations is there again
        async with tail(running.stack.bootstrap, KEYS_REVOKED, 0) as found:
            said = [record.key.decode() async for batch in found.batches() for record in batch]
        assert erased_aliases(data) <= set(said)


async def test_a_restored_everything_brings_nobody_back(tmp_path: Path) -> None:
    data, backup = tmp_path / "stack", tmp_path / "backup"
    # Given a copy of everything but the secrets, made while two people were there, and an erasure after it
    async with started(data, None, None) as running:
        erased, early = await hand_in(running, "erased"), await hand_in(running, "early")
    shutil.copytree(data, backup, ignore=shutil.ignore_patterns("secrets", "*.lock", "*.sock"))
    async with started(data, None, None) as running:
        await receipt_of(running, await ask_for_erasure(running, erased))
    # When all of it is put back
    for part in data.iterdir():
        if part.name != "secrets":
            shutil.rmtree(part) if part.is_dir() else part.unlink()
    shutil.copytree(backup, data, dirs_exist_ok=True)
    async with started(data, None, None) as running:
        # Then the erased stay erased and the others read on, though no store and no topic knew of the erasure
        await assert_gone(running, erased)
        await assert_readable(running, early)
        another = await hand_in(running, "another")
        receipt = (await receipt_of(running, await ask_for_erasure(running, another)))["receipt"]
        await assert_gone(running, another)
        proved = await running.officer.proved(receipt["log"]["index"])
        assert json.loads(proved.entry)["type"] == "erased"
        assert (await running.officer.whole_log()).sound
    # and nothing of the first is left in intake
    with closing(sqlite3.connect(data / "intake.db")) as connection:
        rows = connection.execute("SELECT id, state, result IS NULL FROM assessments").fetchall()
    assert (erased.assessment, "gone", 1) in rows


def erased_aliases(data: Path) -> set[str]:
    with closing(sqlite3.connect(data / "consent.db")) as connection:
        return {row[0] for row in connection.execute("SELECT alias FROM persons WHERE state = 'erased'")}
