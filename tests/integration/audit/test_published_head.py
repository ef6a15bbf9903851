"""What was published is remembered apart from the log; each change of a witness is an entry. On both databases."""

import asyncio
import json
import secrets
import shutil
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from infra.crypto.sealed import open_sealed
from infra.db.engine import Database
from infra.db.migrate import migrate
from infra.kafka.entry_outbox import EntryOutbox
from services.audit.acts import SOURCE as OUTBOX
from services.audit.acts import Acts, context
from services.audit.tables import acts as acts_table
from services.audit.tables import marks, outbox
from services.audit.tlog.appender import Appender
from services.audit.tlog.entry import complete
from services.audit.tlog.note import Signature
from services.audit.tlog.published_head import PublishedHead, RolledBackError
from services.audit.witness.asking import Cosigned, Failed
from services.audit.witness.changes import WitnessChanges
from services.audit.witness.cosignature import WitnessSigner
from services.audit.witness.policy import Policy, Witness
from tests.integration.audit.test_store import SCRIPTS
from tests.unit.audit.examples import SIGNER, SOURCE, entries, leaf

KEYS = {name: WitnessSigner(f"witness.example/{name}", name.encode() * 32).verifier() for name in "ab"}
COSIGNED = Cosigned(Signature("it", b"0000", b"x"))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with Database(database_url, "audit") as database:
        await migrate(database, SCRIPTS)
        yield database


async def followed(database: Database, appender: Appender) -> None:
    """Follow the log until its last checkpoint is remembered."""
    head = PublishedHead(database)
    following = asyncio.create_task(head.follow(appender))
    while True:
        remembered = await head.remembered()
        if remembered is not None and remembered.size == appender.signed_size:
            break
        await asyncio.sleep(0.01)
    following.cancel()


async def test_a_log_directory_older_than_what_was_published_refuses_to_start(database, tmp_path):
    clock = iter(range(100))
    # Given a copy of the log at 300, and a database that knows it was published at 600
    with Appender(tmp_path / "log", SIGNER, clock=lambda: float(next(clock))) as appender:
        await appender.append(entries(300), {SOURCE: 598}, {})
    shutil.copytree(tmp_path / "log", tmp_path / "backup")
    with Appender(tmp_path / "log", SIGNER, clock=lambda: float(next(clock))) as appender:
        await PublishedHead(database).check(appender.reader())
        await appender.append(entries(300, 300), {SOURCE: 1198}, {})
        await followed(database, appender)
        await PublishedHead(database).check(appender.reader())
    # When the copy is put in its place, then it is refused, and the message says what to do
    with Appender(tmp_path / "backup", SIGNER, clock=lambda: float(next(clock))) as appender:
        with pytest.raises(RolledBackError, match=r"holds 300 entries, but 600 were published.*newest copy"):
            await PublishedHead(database).check(appender.reader())
        # And a log that has grown past it in another way is refused as well
        batch = [complete(leaf(9_000 + n), "elsewhere/0", n, n - 1 if n else None) for n in range(400)]
        await appender.append(batch, {"elsewhere/0": 399}, {})
        with pytest.raises(RolledBackError, match="another root at 600 entries"):
            await PublishedHead(database).check(appender.reader())


class Said:
    """The entries that the changes of witnesses have left."""

    def __init__(self, database: Database, outbox: EntryOutbox) -> None:
        self.secret = secrets.token_bytes(32)
        self.acts = Acts(database, outbox, self.secret)
        self._database = database

    async def all(self) -> list[tuple[str, str]]:
        """Witness and change, in the order in which they were said."""
        async with self._database.read() as connection:
            leaves = [json.loads(row.value) for row in await connection.execute(select(outbox).order_by("sequence"))]
            sealed = {row.entry_id: bytes(row.sealed) for row in await connection.execute(select(acts_table))}
        assert {(entry["type"], entry["actor"]) for entry in leaves} <= {("witness-changed", "service:audit")}
        own = self.acts._own
        told = [json.loads(open_sealed(own.trail, sealed[one["id"]], context(one["id"], own))) for one in leaves]
        return [(one["witness"].partition("+")[0][-1], one["change"]) for one in told]


@pytest.fixture
async def said(database: Database) -> Said:
    return Said(database, await EntryOutbox(database, OUTBOX, marks).open())


def policy(*names: str) -> Policy:
    return Policy({name: Witness(name, KEYS[name], "http://w") for name in names})


async def test_a_witness_added_or_removed_is_an_entry_once(database, said):
    for names in (("a",), ("a", "b"), ("a", "b"), ("b",), ()):
        await WitnessChanges(database, said.acts, policy(*names)).configured()
    assert await said.all() == [("a", "added"), ("b", "added"), ("a", "removed"), ("b", "removed")]


async def test_a_witness_that_fails_and_answers_again_is_an_entry_each_time_it_turns(database, said):
    changes = WitnessChanges(database, said.acts, policy("a", "b"))
    await changes.configured()
    added = await said.all()
    away = Failed("away", "no answer")
    # Given two failures, then it answers: nothing has changed
    for outcome in (away, away, COSIGNED):
        await changes.answered("log/0", {"a": outcome, "b": COSIGNED})
    assert await said.all() == added
    # When it fails on and on, then that is said once, also after a restart, and so is its return
    for _ in range(5):
        await changes.answered("log/0", {"a": away, "b": COSIGNED})
    changes = WitnessChanges(database, said.acts, policy("a", "b"))
    await changes.configured()
    for outcome in (away, away, away, COSIGNED, COSIGNED):
        await changes.answered("log/0", {"a": outcome, "b": COSIGNED})
    assert await said.all() == [*added, ("a", "failing"), ("a", "answering")]


async def test_a_witness_that_contradicts_the_log_is_said_at_once(database, said):
    changes = WitnessChanges(database, said.acts, policy("a", "b"))
    await changes.configured()
    await changes.answered("log/0", {"a": Failed("forked", "another root"), "b": COSIGNED})
    assert (await said.all())[-1] == ("a", "failing")


async def test_a_witness_that_fails_one_of_two_logs_is_said_once_and_answers_when_it_cosigns_both(database, said):
    changes = WitnessChanges(database, said.acts, policy("a"))
    await changes.configured()
    away = Failed("away", "no answer")
    # Given a witness that cosigns the first log, and not the second
    for _ in range(5):
        await changes.answered("log/0", {"a": COSIGNED})
        await changes.answered("log/1", {"a": away})
    # Then what it does for the first hides nothing, and each change is one entry
    assert await said.all() == [("a", "added"), ("a", "failing")]
    await changes.answered("log/1", {"a": COSIGNED})
    assert (await said.all())[2:] == [("a", "answering")]
