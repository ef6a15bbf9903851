"""One log, then two, then one again: nothing is lost, doubled or out of reach, and what was frozen still proves."""

import asyncio
import secrets
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
import orjson
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from click.testing import CliRunner
from sqlalchemy import select

import services.audit
from infra.db.engine import Database
from infra.db.migrate import migrate
from infra.http.problems import problem_details
from infra.kafka.entry_outbox import EntryOutbox
from infra.kafka.producer import Outgoing, Producer
from schemas.entry import leaf
from schemas.envelope import headers
from schemas.events import SCORED_TYPE, SUBMITTED_TYPE, Cause, Scored, Submitted
from schemas.topics import SCORED, SUBMITTED
from services.audit.acts import SOURCE, Acts
from services.audit.announcements import Announcements
from services.audit.auditors import Auditors
from services.audit.cli import audit
from services.audit.numbered_entries_api import NumberedEntriesApi
from services.audit.opened_logs import OpenedLogs, opened_logs
from services.audit.openings import Openings
from services.audit.reading.loop import ReadingLoop
from services.audit.settings import Settings, read_settings
from services.audit.store import Store
from services.audit.tables import acts as kept_acts
from services.audit.tables import marks
from services.audit.tlog.log_files import LogFiles
from services.audit.tlog.note import VerifierKey
from services.audit.tlog.proof import Proof
from services.audit.tlog.published_head import RolledBackError
from tests.integration.audit.conftest import outbox_entry
from tests.integration.audit.office import AUDITOR, TIME, TOKEN, Bearers
from tests.twins.ledger import Ledger

SCRIPTS = Path(services.audit.__file__).with_name("migrations")
BATCH = 24


@dataclass(slots=True)
class Running:
    """Audit with as many logs as its settings say."""

    found: OpenedLogs
    store: Store
    loop: ReadingLoop
    database: Database

    async def has(self, count: int) -> None:
        """Read until all logs together hold so many entries, all of them signed."""
        reading = asyncio.create_task(self.loop.run())
        try:
            async with asyncio.timeout(60):
                while self.logs.size < count or any(log.signed_size < log.state.size for log in self.logs):
                    await asyncio.sleep(0.05)
        finally:
            reading.cancel()

    @property
    def logs(self):
        return self.found.logs

    def entries(self, number: int) -> list[dict[str, Any]]:
        reader = self.logs[number].reader()
        return [orjson.loads(reader.entry(index)) for index in range(reader.state.size)]


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[int], Settings]:
    """The settings of audit with so many logs."""

    def read(logs: int) -> Settings:
        known = dict.fromkeys(
            ("KAFKA_BOOTSTRAP_SERVERS", "DATABASE_URL", "INTAKE_URL", "CONSENT_URL", "AUDIT_URL"), ""
        )
        known |= dict.fromkeys(("DATA_DIR", "SECRETS_DIR", "KEYS_SOCKET", "ADMIN_SOCKET"), str(tmp_path))
        for name, value in {**known, "AUDIT_LOGS": str(logs), "AUDIT_ORIGIN": "example.com/logs/0"}.items():
            monkeypatch.setenv(name, value)
        return read_settings()

    return read


@pytest.fixture
def start(database_url: str, broker: str, producer: Producer, offsets: dict[str, int], settings):
    """Starts audit with so many logs; started again it is on the same data."""

    @asynccontextmanager
    async def starting(count: int) -> AsyncIterator[Running]:
        async with Database(database_url, "audit") as database:
            await migrate(database, SCRIPTS)
            with ExitStack() as opening:
                found = await opened_logs(settings(count), database, opening)
                if not found.logs.offsets:
                    await found.logs[0].append([], {}, offsets)
                store = Store(database)
                yield Running(found, store, ReadingLoop(broker, found.logs, store, producer), database)

    return starting


async def hand_in(producer: Producer, name: str) -> None:
    """So many assessments received and scored, and as many entries of an outbox."""
    aliases = [secrets.token_hex(16) for _ in range(BATCH)]
    received = [leaf("received", secrets.token_hex(16), TIME, "organisation", "0.1.0") for _ in aliases]
    places = await producer.send(
        [
            Outgoing(
                SUBMITTED,
                alias,
                msgspec.msgpack.encode(Submitted("acme", b"sealed", b"mac", entry)),
                headers(secrets.token_hex(16), SUBMITTED_TYPE, "intake"),
            )
            for alias, entry in zip(aliases, received, strict=True)
        ]
    )
    await producer.send([scored(alias, place) for alias, place in zip(aliases, places, strict=True)])
    first = int(name) * BATCH + 1
    await producer.send([outbox_entry(f"{aliases[0]} {n}", n) for n in range(first, first + BATCH)])


def scored(alias: str, place: Any) -> Outgoing:
    cause = Cause(SUBMITTED.name, place.partition, place.offset)
    entry = leaf("scored", secrets.token_hex(16), TIME, "service:scoring", "0.1.0", cause=cause)
    value = Scored("acme", cause, b"result", b"detail", b"trail", entry)
    return Outgoing(
        SCORED, alias, msgspec.msgpack.encode(value), headers(secrets.token_hex(16), SCORED_TYPE, "scoring")
    )


async def call(*arguments: object) -> tuple[int, str]:
    runner = CliRunner(env={"KAFKA_BOOTSTRAP_SERVERS": ""})
    done = await asyncio.to_thread(runner.invoke, audit, list(map(str, arguments)))
    return done.exit_code, done.output


async def test_one_log_two_and_one_again_hold_each_entry_once_and_lack_none(start, producer, tmp_path) -> None:
    one, two = tmp_path / "log", tmp_path / "log-1"
    # Given a service with one log
    await hand_in(producer, "0")
    async with start(1) as running:
        await running.has(3 * BATCH)
    # When it is started with two, and records came while it was down
    await hand_in(producer, "1")
    async with start(2) as running:
        await running.has(6 * BATCH)
        # Then the second takes the partitions that are its own, and every outbox stays in the first
        assert {entry["source"].rpartition("/")[2] for entry in running.entries(1)} == {"1", "3"}
        assert [one.state.key.name for one in running.logs] == ["example.com/logs/0", "example.com/logs/1"]
        moved = running.logs[1].state.size
    # And when it is started with one again
    await hand_in(producer, "2")
    async with start(1) as running:
        await running.has(9 * BATCH)
        # Then the second is frozen as it was, and the first goes on with all partitions
        assert running.logs[1].state.size == moved
        every = [entry for number in (0, 1) for entry in running.entries(number)]
        assert len({entry["id"] for entry in every}) == len(every) == 9 * BATCH
        assert await running.store.trails_kept() == 3 * BATCH
    # And both together are sound and complete, while one alone says that another is wanted
    code, told = await call("fsck", "--log", one, "--log", two)
    assert code == 0, told
    code, told = await call("complete", one)
    assert code == 0, told
    assert f"{9 * BATCH:,} recomputed" in told
    assert f"{3 * BATCH} scored" in told
    for place in (one, two):
        code, told = await call("fsck", "--log", place)
        assert (code, "another log that was not given" in told) == (1, True)
    # And again with two it goes on in the second where that stood
    await hand_in(producer, "3")
    async with start(2) as running:
        await running.has(12 * BATCH)
        assert running.logs[1].state.size > moved
    assert (await call("complete", one, two))[0] == 0


async def test_what_two_logs_lack_between_them_is_named(start, producer, tmp_path) -> None:
    # Given two logs, and an older copy of the second
    one, two = tmp_path / "log", tmp_path / "log-1"
    await hand_in(producer, "0")
    async with start(2) as running:
        await running.has(3 * BATCH)
    shutil.copytree(two, tmp_path / "older")
    await hand_in(producer, "1")
    async with start(2) as running:
        await running.has(6 * BATCH)
    # And all in one log again
    await hand_in(producer, "2")
    async with start(1) as running:
        await running.has(9 * BATCH)
    # Then with the older copy it is said where the two do not fit
    code, told = await call("complete", one, tmp_path / "older")
    assert (code, "an entry is missing or doubled, or a log was not given" in told) == (1, True)


async def test_a_frozen_log_is_served_proves_what_it_holds_and_its_last_checkpoint_is_told(start, producer) -> None:
    # Given a service that had two logs and has one
    await hand_in(producer, "0")
    async with start(2) as running:
        await running.has(3 * BATCH)
        trail = await running.store.trails_at(range(3 * BATCH), 1)
        assert trail
    async with start(1) as running:
        entries = EntryOutbox(running.database, SOURCE, marks)
        await entries.open()
        acts, auditors = Acts(running.database, entries, bytes(32)), Auditors(TOKEN, Bearers())
        api = NumberedEntriesApi(running.logs, auditors, acts, Openings(running.store, Ledger(), acts))
        app = web.Application(middlewares=[problem_details])
        app.add_routes([*LogFiles(running.logs, auditors).table(), *api.table()])
        async with TestClient(TestServer(app)) as http:
            # When an outsider asks for its files, and an auditor for an entry and its proof
            vkey = VerifierKey.parse((await (await http.get("/logs/1/vkey")).text()).strip())
            index = running.logs[1].state.size - 1
            shown = await (await http.get(f"/v1/audit/logs/1/entries/{index}", headers=AUDITOR)).json()
            proof = await (await http.get(f"/v1/audit/logs/1/entries/{index}/proof", headers=AUDITOR)).read()
            listed = await http.get("/v1/audit/logs/1/entries", headers={**AUDITOR, "Purpose": "file 7"})
            missing = [
                await http.get(path, headers=AUDITOR) for path in ("/logs/2/vkey", "/v1/audit/logs/2/entries/0")
            ]
            # Then each says which log it is, and the proof holds under its key
            assert (vkey.name, shown["log"], shown["index"]) == ("example.com/logs/1", 1, index)
            entry = running.logs[1].reader().entry(index)
            assert Proof.parse(proof).verify(entry, vkey).size == index + 1
            assert {one["log"] for one in (await listed.json())["entries"]} == {1}
            assert [one.status for one in missing] == [404, 404]
        # And that it is frozen is said once, with its size and root
        for _ in range(2):
            states = [log.state for log in running.logs]
            await Announcements(running.database, acts).make(states, {}, running.logs.taking)
        async with running.database.read() as connection:
            told = list(
                await connection.scalars(
                    select(kept_acts.c.entry_id).where(kept_acts.c.entry_type == "configuration-changed")
                )
            )
        (sealed,) = await acts.kept(told)
        fields = {one.name: one.value.decode() for one in acts.fields_of(sealed)}
        assert fields["log"] == "example.com/logs/1"
        assert (int(fields["size"]), fields["root"]) == (index + 1, running.logs[1].state.root.hex())


async def test_without_a_log_that_was_published_the_service_does_not_start(start, producer, tmp_path) -> None:
    # Given two logs whose checkpoints were published
    await hand_in(producer, "0")
    async with start(2) as running:
        await running.has(3 * BATCH)
        following = asyncio.create_task(running.found.heads[1].follow(running.logs[1]))
        async with asyncio.timeout(10):
            while await running.found.heads[1].remembered() is None:
                await asyncio.sleep(0.05)
        following.cancel()
    # When the second is taken away
    shutil.move(tmp_path / "log-1", tmp_path / "elsewhere")
    # Then one log does not go on alone: what the second has read would be read again
    with pytest.raises(RolledBackError, match="put it back"):
        async with start(1):
            pass


def test_several_logs_want_an_origin_that_ends_in_the_first_ones_number(settings) -> None:
    with pytest.raises(ValueError, match="must end in /0"):
        replace(settings(2), origin="example.com/log").signer(1)
