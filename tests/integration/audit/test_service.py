"""The service as a process over a real broker: killed, started again, asked for an erasure, verified from outside."""

import asyncio
import os
import secrets
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
from aiokafka import AIOKafkaConsumer
from click.testing import CliRunner

from infra.kafka.producer import Outgoing, Producer
from infra.local.ports import LOOPBACK, free_port
from infra.local.tokens import create_tokens
from schemas.events import Acknowledgement, ErasureOrder, Revoked, StoreReport
from schemas.topics import KEYS_ACKNOWLEDGED, KEYS_REVOKED, PRIVACY_REQUESTS
from services.audit.cli import audit
from services.audit.tlog.appender import Appender
from services.audit.tlog.checkpoint import open_checkpoint
from services.audit.tlog.note import SignerKey, VerifierKey
from services.audit.tlog.sources import web_source
from services.audit.tlog.stored import stored_log
from services.audit.tlog.verify import verify
from services.methodology.version import PUBLISHED
from tests.integration.audit.conftest import RECORDS_KEY, many, named, outbox_entry, scored

pytestmark = pytest.mark.kafka
ORIGIN = "example.com/logs/0"


@dataclass(slots=True)
class Service:
    """An audit process; `start` starts it again on the same data."""

    directory: Path
    bootstrap: str
    url: str
    database_url: str
    session: aiohttp.ClientSession
    process: asyncio.subprocess.Process | None = None

    @property
    def log(self) -> str:
        return f"{self.url}/logs/0"

    @property
    def token_file(self) -> Path:
        return self.directory / "secrets" / "auditor.token"

    @property
    def output(self) -> str:
        return (self.directory / "audit.out").read_text()

    async def start(self) -> None:
        variables = {
            "SERVICE_HOST": LOOPBACK,
            "SERVICE_PORT": self.url.rpartition(":")[2],
            "KAFKA_BOOTSTRAP_SERVERS": self.bootstrap,
            "DATABASE_URL": self.database_url,
            "DATA_DIR": str(self.directory / "data"),
            "SECRETS_DIR": str(self.directory / "secrets"),
            "KEYS_SOCKET": str(self.directory / "keys.sock"),
            "AUDIT_LOG_DIR": str(self.directory / "log"),
            "ADMIN_SOCKET": str(self.directory / "admin.sock"),
            "INTAKE_URL": "http://127.0.0.1:8080",
            "CONSENT_URL": "http://127.0.0.1:8081",
            "AUDIT_URL": self.url,
            "AUDIT_ORIGIN": ORIGIN,
        }
        command = (sys.executable, "-c", "from services.audit.app import main; main()")
        with (self.directory / "audit.out").open("ab") as output:
            self.process = await asyncio.create_subprocess_exec(*command, env=os.environ | variables, stdout=output)
        await until(self.ready)

    async def ready(self) -> bool:
        assert self.process is not None
        assert self.process.returncode is None, self.output
        try:
            async with self.session.get(f"{self.url}/readyz") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    async def end(self, number: int = signal.SIGTERM) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return await self.process.wait()

    async def key(self) -> VerifierKey:
        async with self.session.get(f"{self.log}/vkey") as answer:
            return VerifierKey.parse((await answer.text()).strip())

    async def signed(self) -> int:
        async with self.session.get(f"{self.log}/checkpoint") as answer:
            return open_checkpoint(await answer.read(), await self.key()).size

    async def until_signed(self, size: int) -> None:
        async def reached() -> bool:
            return await self.signed() >= size

        await until(reached)

    async def entries(self, **query: Any) -> list[dict[str, Any]]:
        headers = {"Authorization": f"Bearer {self.token_file.read_text()}", "Purpose": "a test of the service"}
        url = f"{self.url}/v1/audit/entries"
        async with self.session.get(url, params={"limit": 200, **query}, headers=headers) as answer:
            return (await answer.json())["entries"]

    async def verified(self) -> int:
        """The entries of the log, after an outsider has recomputed it over HTTP."""
        source, key = web_source(self.log, self.token_file.read_text()), await self.key()
        report = await asyncio.to_thread(verify, source, key)
        assert report.finding is None
        return report.entries


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    while not await holds():
        await asyncio.sleep(0.05)


FIRST = len(PUBLISHED) + 1
"""The entries that every log begins with: its settings, and the published versions of the methodology."""


@pytest.fixture
async def service(broker: str, tmp_path: Path, offsets: dict[str, int]) -> AsyncIterator[Service]:
    directory = tmp_path / "secrets"
    create_tokens(directory)
    (directory / "records.key").write_bytes(RECORDS_KEY)
    signer = SignerKey.generate(ORIGIN)
    (directory / "log-key").write_text(signer.encode())
    (directory / "log-key").chmod(0o600)
    with Appender(tmp_path / "log", signer) as appender:
        await appender.append([], {}, offsets)
    async with aiohttp.ClientSession() as session:
        database_url = f"sqlite:///{tmp_path}/audit.db"
        running = Service(tmp_path, broker, f"http://{LOOPBACK}:{free_port()}", database_url, session)
        await running.start()
        await running.until_signed(FIRST)
        yield running
        if running.process is not None and running.process.returncode is None:
            await running.end()


async def test_killed_in_the_middle_of_a_stream_it_has_every_entry_once(service: Service, producer: Producer) -> None:
    # Given a stream of which a part is in the log
    for part in range(4):
        await producer.send(many(f"kill part {part}", 500))
    await service.until_signed(FIRST + 1)
    # When the process is killed twice, while more comes
    for part in range(4, 6):
        await service.end(signal.SIGKILL)
        await producer.send(many(f"kill part {part}", 500))
        await service.start()
    # Then an outsider finds every entry, each once, and the log continues without a fork
    await service.until_signed(FIRST + 3_000)
    assert await service.verified() == FIRST + 3_000


async def test_an_erasure_deletes_the_trails_and_reports_the_proof_of_it(
    service: Service, producer: Producer
) -> None:
    # Given a person with two trails in the log, and a neighbour
    alias, request, entry = (secrets.token_hex(16) for _ in range(3))
    await producer.send(
        [scored("first of theirs", alias), scored("second of theirs", alias), scored("a neighbour's")]
    )
    await service.until_signed(FIRST + 3)
    # When the key is revoked and the order comes, twice, before its entry
    await producer.send([Outgoing(KEYS_REVOKED, alias, msgspec.msgpack.encode(Revoked(1, "erased")))])
    order = Outgoing(PRIVACY_REQUESTS, alias, msgspec.msgpack.encode(ErasureOrder(request, named(entry))))
    await producer.send([order, order])
    await producer.send([outbox_entry(entry, 1)])
    # Then both reports say the same: what was deleted in all, and where the log states it, signed
    first, second = await reports_of(service, request, 2)
    assert (first.service, first.counts, first.index) == ("audit", {"trails": 2, "acts": 0, "reviews": 0}, FIRST + 3)
    assert (second.counts, second.index) == (first.counts, first.index)
    stated = open_checkpoint((first.checkpoint or "").encode(), await service.key())
    assert stated.size > FIRST + 3
    (listed,) = await service.entries(type="erased")
    assert (listed["index"], listed["entry"]["id"]) == (first.index, named(entry))
    # And a trail that comes late is not kept, while its entry is
    await producer.send([scored("late", alias)])
    await service.until_signed(FIRST + 6)  # with the entry of the search
    await producer.send([order])
    assert (await reports_of(service, request, 3))[2].counts["trails"] == 2
    assert await service.verified() == FIRST + 6


async def reports_of(service: Service, request: str, wanted: int) -> list[StoreReport]:
    consumer = AIOKafkaConsumer(
        KEYS_ACKNOWLEDGED.name, bootstrap_servers=service.bootstrap, auto_offset_reset="earliest"
    )
    found: list[StoreReport] = []
    async with consumer:
        async for record in consumer:
            said: Acknowledgement = msgspec.msgpack.decode(record.value, type=Acknowledgement)
            if isinstance(said, StoreReport) and said.request == request:
                found.append(said)
            if len(found) == wanted:
                return found
    raise AssertionError("the topic ended")


async def test_a_newcomer_verifies_the_running_log_and_its_export_by_two_commands(
    service: Service, producer: Producer
) -> None:
    await producer.send(many("newcomer", 300))
    await service.until_signed(FIRST + 300)

    def call(*arguments: object):
        return CliRunner().invoke(audit, [str(each) for each in arguments])

    online = await asyncio.to_thread(call, "verify", service.log, "--token-file", service.token_file)
    assert online.exit_code == 0, online.output
    assert f"{FIRST + 300} recomputed" in online.output
    assert "compare it with one from elsewhere" in online.output
    exported = call("export", service.directory / "out", "--log", service.directory / "log")
    assert exported.exit_code == 0, exported.output
    offline = call("verify", service.directory / "out")
    assert "Result      sound" in offline.output


async def test_a_second_instance_on_the_same_log_refuses_to_start(service: Service, tmp_path: Path) -> None:
    second = Service(
        service.directory,
        service.bootstrap,
        f"http://{LOOPBACK}:{free_port()}",
        f"sqlite:///{tmp_path}/another.db",
        service.session,
    )
    with pytest.raises(AssertionError, match="already has its appender"):
        await second.start()


async def test_a_signal_ends_it_in_order_with_everything_on_disk(service: Service, producer: Producer) -> None:
    await producer.send(many("signal", 10))
    await service.until_signed(FIRST + 10)
    assert await service.end() == 0
    assert stored_log(service.directory / "log").state.size == FIRST + 10


async def test_a_signal_ends_it_also_while_an_erasure_waits_for_its_entry(
    service: Service, producer: Producer
) -> None:
    # Given something that is no order, and behind it one (in the form of before orders had tags) whose trails are
    # deleted, and whose entry has not come
    alias, request, entry = (secrets.token_hex(16) for _ in range(3))
    order = msgspec.msgpack.encode({"request": request, "entry": named(entry)})
    await producer.send([Outgoing(PRIVACY_REQUESTS, alias, foreign) for foreign in (b"none", order)])
    await producer.send(many("waiting", 10))
    await service.until_signed(FIRST + 11)  # with the entry of the dead letter
    # When it is ended and started again, and the entry comes
    assert await service.end() == 0
    await service.start()
    await producer.send([outbox_entry(entry, 1)])
    # Then the order is carried out
    (report,) = await reports_of(service, request, 1)
    assert report.index == FIRST + 11
    assert len(await service.entries(type="dead-lettered")) == 1


async def test_an_order_that_consent_has_not_written_deletes_nothing(service: Service, producer: Producer) -> None:
    # Given a person's trail, and an order that somebody else puts into the topic
    alias, request = secrets.token_hex(16), secrets.token_hex(16)
    await producer.send([scored("theirs", alias)])
    await service.until_signed(FIRST + 1)
    order = msgspec.msgpack.encode(ErasureOrder(request, named(secrets.token_hex(16))))
    async with Producer(service.bootstrap, "somebody") as somebody:
        await somebody.send(
            [
                Outgoing(KEYS_REVOKED, alias, msgspec.msgpack.encode(Revoked(1, "erased"))),
                Outgoing(PRIVACY_REQUESTS, alias, order),
            ]
        )
    # Then it is set aside with its entry; that of the person's own erasure deletes the trail, which is still there
    await service.until_signed(FIRST + 2)
    assert [one["entry"]["type"] for one in await service.entries(type="dead-lettered")] == ["dead-lettered"]
    entry = secrets.token_hex(16)
    await producer.send(
        [Outgoing(PRIVACY_REQUESTS, alias, msgspec.msgpack.encode(ErasureOrder(request, named(entry))))]
    )
    await producer.send([outbox_entry(entry, 1)])
    (report,) = await reports_of(service, request, 1)
    assert report.counts["trails"] == 1


async def test_the_key_of_another_origin_is_refused(service: Service) -> None:
    await service.end()
    (service.directory / "secrets" / "log-key").write_text(SignerKey.generate("example.com/other").encode())
    with pytest.raises(AssertionError, match=r"is the key of example\.com/other"):
        await service.start()
