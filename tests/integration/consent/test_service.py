"""The whole service as a process, over a real broker: keys over its socket, an erasure to its signed receipt."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import orjson
import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer

from infra.kafka.producer import Outgoing, Producer
from infra.kafka.record_tag import RecordTags, record_tags
from infra.kafka.tail import tail
from infra.keys.client import KeyClient, KeysForbidden
from infra.local.ports import LOOPBACK, free_port
from infra.local.tokens import create_tokens
from infra.local.topics import create
from schemas.events import Acknowledged, DeadLettered, ErasureOrder, OutboxEntry, Revoked, StoreReport
from schemas.keys import NewPerson, RecordDraft
from schemas.topics import (
    AUDIT_ENTRIES,
    DEAD_CONSENT,
    KEYS_ACKNOWLEDGED,
    KEYS_REVOKED,
    PRIVACY_REQUESTS,
    TOPICS,
    Topic,
)
from services.consent.erasure.receipt import from_pem, verify

pytestmark = [pytest.mark.kafka, pytest.mark.asyncio(loop_scope="module")]
RECORDS = (
    RecordDraft("scoring", "consent", "individuals-2", "en"),
    RecordDraft("delivery", "consent", "individuals-2", "en"),
)


@dataclass(slots=True)
class Service:
    """A consent process; `restart` ends it hard and starts it again on the same data."""

    directory: Path
    bootstrap: str
    url: str
    session: aiohttp.ClientSession
    process: asyncio.subprocess.Process | None = None

    @property
    def socket(self) -> Path:
        return self.directory / "keys.sock"

    @property
    def tags(self) -> RecordTags:
        return record_tags(self.directory / "secrets")

    def token(self, service: str) -> str:
        return (self.directory / "secrets" / f"{service}.token").read_text()

    async def start(self) -> None:
        variables = {
            "SERVICE_HOST": LOOPBACK,
            "SERVICE_PORT": self.url.rpartition(":")[2],
            "KAFKA_BOOTSTRAP_SERVERS": self.bootstrap,
            "DATA_DIR": str(self.directory / "data"),
            "SECRETS_DIR": str(self.directory / "secrets"),
            "KEYS_SOCKET": str(self.socket),
            "ADMIN_SOCKET": str(self.directory / "admin.sock"),
            "ERASURE_WINDOW_SECONDS": "0",
        }
        command = (sys.executable, "-c", "from services.consent.app import main; main()")
        inherited = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        with (self.directory / "consent.log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(*command, env=inherited | variables, stdout=log)
        await until(self.ready)

    async def ready(self) -> bool:
        assert self.process is not None
        assert self.process.returncode is None, (self.directory / "consent.log").read_text()
        try:
            async with self.session.get(f"{self.url}/readyz") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    async def end(self, number: int = signal.SIGTERM) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return await self.process.wait()

    async def call(self, method: str, path: str, claim: str | None = None, body: Any = None) -> tuple[int, Any]:
        headers = {"Authorization": f"Claim {claim}"} if claim else {}
        async with self.session.request(method, self.url + path, headers=headers, json=body) as answer:
            return answer.status, await answer.json(content_type=None)


async def until(holds: Callable[[], Any]) -> None:
    while not await holds():
        await asyncio.sleep(0.05)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    """One process for all tests of this module; each brings people of its own."""
    await create(kafka, TOPICS)
    directory = tmp_path_factory.mktemp("consent")
    create_tokens(directory / "secrets")
    async with aiohttp.ClientSession() as session:
        running = Service(directory, kafka, f"http://{LOOPBACK}:{free_port()}", session)
        await running.start()
        yield running
        if running.process is not None and running.process.returncode is None:
            await running.end()


@asynccontextmanager
async def intake_of(service: Service) -> AsyncIterator[KeyClient]:
    async with KeyClient(service.socket, service.token("intake")) as client:
        client.in_step = True
        yield client


async def hand_in(service: Service, event: str):
    async with intake_of(service) as intake:
        (created,) = await intake.create("individuals", [NewPerson(event, RECORDS)])
        return created, intake.instance


async def records_of(service: Service, topic: Topic, wanted: int, kind: type, key: str | None = None) -> list[Any]:
    """The first `wanted` values of a topic, of one key where it is given."""
    consumer = AIOKafkaConsumer(topic.name, bootstrap_servers=service.bootstrap, auto_offset_reset="earliest")
    found: list[Any] = []
    async with consumer:
        async for record in consumer:
            if key is None or record.key.decode() == key:
                found.append((record.offset, msgspec.msgpack.decode(record.value, type=kind)))
            if len(found) == wanted:
                return found
    raise AssertionError("the topic ended")


async def tell(service: Service, *said: Acknowledged | StoreReport) -> None:
    async with Producer(service.bootstrap, "test", service.tags) as producer:
        await producer.send([Outgoing(KEYS_ACKNOWLEDGED, "x", msgspec.msgpack.encode(one)) for one in said])


async def state_of(service: Service, request: str) -> str:
    return (await service.call("GET", f"/v1/privacy/requests/{request}"))[1]["state"]


async def test_a_record_that_cannot_be_read_is_kept_and_the_next_is_taken(service: Service) -> None:
    created, instance = await hand_in(service, "poison-1")
    _, opened = await service.call("POST", "/v1/privacy/requests", created.claim_code, {"type": "erasure"})
    async with Producer(service.bootstrap, "test", service.tags) as producer:
        (place,) = await producer.send([Outgoing(KEYS_ACKNOWLEDGED, "x", b"\xc1 poison")])
    await tell(service, Acknowledged("intake", instance, 0, 10_000))
    await until(lambda: _is(service, opened["id"], "ordered"))
    (dead,) = [one for one in await dead_of(service, KEYS_ACKNOWLEDGED) if one.cause.offset == place.offset]
    assert dead.value == b"\xc1 poison"


async def test_what_nobody_of_ours_has_written_moves_no_erasure_and_is_set_aside(service: Service) -> None:
    # Given an erasure that waits for an instance to let go, which lives
    created, instance = await hand_in(service, "forged-1")
    await tell(service, Acknowledged("intake", instance, 0, -1))
    _, opened = await service.call("POST", "/v1/privacy/requests", created.claim_code, {"type": "erasure"})
    await until(lambda: _is(service, opened["id"], "revoked"))
    forgeries = Acknowledged("intake", instance, 0, 10_000), StoreReport("audit", opened["id"], {}, 1, "a note")
    # When somebody who may write to the broker says all that there is to say
    async with (
        Producer(service.bootstrap, "somebody") as somebody,
        Producer(service.bootstrap, "test", RecordTags([b"f" * 64])) as other,
    ):
        for producer in (somebody, other):
            places = await producer.send(
                [Outgoing(KEYS_ACKNOWLEDGED, "x", msgspec.msgpack.encode(one)) for one in forgeries]
            )
    # Then it is set aside with its reason, and nothing has moved
    while places[-1].offset not in {one.cause.offset for one in await dead_of(service, KEYS_ACKNOWLEDGED)}:
        await asyncio.sleep(0.05)
    dead = await dead_of(service, KEYS_ACKNOWLEDGED)
    assert "no service of ours" in dead[-1].reason
    assert await state_of(service, opened["id"]) == "revoked"


async def test_a_forged_or_unreadable_revocation_destroys_no_key_and_stops_no_start(service: Service) -> None:
    # Given a living person, and revocations that consent has not written
    created, _ = await hand_in(service, "forged-2")
    erased = msgspec.msgpack.encode(Revoked(2**40, "erased"))
    async with Producer(service.bootstrap, "somebody") as somebody:
        forged = [Outgoing(KEYS_REVOKED, created.alias, value) for value in (erased, b"\xc1")]
        places = await somebody.send(forged)
    # When consent starts
    await service.end()
    await service.start()
    # Then the person is as before, and both records are set aside with an entry each
    async with intake_of(service) as intake:
        assert (await intake.release("access", [created.alias]))[created.alias].status == "released"
    dead = [one for one in await dead_of(service, KEYS_REVOKED) if one.cause.offset >= places[0].offset]
    assert [one.cause.offset for one in dead] == [place.offset for place in places]
    assert all(orjson.loads(one.leaf)["type"] == "dead-lettered" for one in dead)


async def dead_of(service: Service, topic: Topic) -> list[DeadLettered]:
    """What consent has set aside of a topic."""
    async with tail(service.bootstrap, DEAD_CONSENT, 0) as found:
        records = [record async for batch in found.batches() for record in batch]
    dead = [msgspec.msgpack.decode(record.value, type=DeadLettered) for record in records]
    return [one for one in dead if one.cause.topic == topic.name]


async def test_an_erasure_goes_from_the_request_to_a_receipt_that_proves_it(service: Service) -> None:
    # Given a person whose key an instance of intake was given
    created, instance = await hand_in(service, "way-1")

    # When the person asks for the erasure
    status, opened = await service.call("POST", "/v1/privacy/requests", created.claim_code, {"type": "erasure"})
    request = opened["id"]
    assert status == 202

    # Then the revocations are in the topic, and nothing is ordered before the instance has let go
    pending, erased = await records_of(service, KEYS_REVOKED, 2, Revoked, created.alias)
    assert [pending[1].kind, erased[1].kind] == ["erasure-pending", "erased"]
    assert pending[1].sequence < erased[1].sequence
    await until(lambda: _is(service, request, "revoked"))
    revoked = (await service.call("GET", f"/v1/privacy/requests/{request}/receipt"))[1]
    assert revoked["receipt"]["stage"] == "revoked"

    # When it acknowledges, the order goes out; when both stores have reported, the request is complete
    await tell(service, Acknowledged("intake", instance, 0, erased[0]))
    ((_, order),) = await records_of(service, PRIVACY_REQUESTS, 1, ErasureOrder, created.alias)
    assert order.request == request
    await tell(
        service,
        StoreReport("intake", request, {"results": 1}),
        StoreReport("audit", request, {"trails": 2}, index=41, checkpoint="careerpulse/log/0\n42\n…"),
    )
    await until(lambda: _is(service, request, "complete"))

    # Then the receipt is verified offline with the published key, and names no person
    async with service.session.get(f"{service.url}/v1/receipts/key") as answer:
        published = from_pem(await answer.read())
    async with service.session.get(f"{service.url}/v1/privacy/requests/{request}/receipt") as answer:
        signed = await answer.read()
    document: Any = verify(signed, published).document
    assert document["stage"] == "complete"
    assert document["log"] == {"index": 41, "checkpoint": "careerpulse/log/0\n42\n…"}
    assert {part["store"] for part in document["destroyed"]} == {"consent", "intake", "audit"}
    assert created.alias.encode() not in signed

    # And the person is unknown, while a retry of the hand-in is told that it is gone
    assert (await service.call("GET", "/v1/consents", created.claim_code))[0] == 401
    assert (await hand_in(service, "way-1"))[0].status == "gone"


async def _is(service: Service, request: str, state: str) -> bool:
    return await state_of(service, request) == state


async def test_audit_entries_are_numbered_without_a_hole(service: Service) -> None:
    for event in ("numbers-1", "numbers-2"):
        await hand_in(service, event)
    entries = [entry for _, entry in await records_of(service, AUDIT_ENTRIES, 4, OutboxEntry)]
    assert [(entry.source, entry.sequence) for entry in entries] == [("consent", number) for number in range(1, 5)]


async def test_a_caller_gets_what_is_its_own_alone(service: Service) -> None:
    created, _ = await hand_in(service, "callers-1")
    async with KeyClient(service.socket, service.token("scoring")) as scoring:
        scoring.in_step = True
        released = await scoring.release("scoring", [created.alias])
        assert released[created.alias].status == "released"
        with pytest.raises(KeysForbidden):
            await scoring.release("delivery", [created.alias])
        with pytest.raises(KeysForbidden):
            await scoring.create("individuals", [NewPerson("callers-2", RECORDS)])
    async with KeyClient(service.socket, "0" * 64) as stranger:
        with pytest.raises(KeysForbidden):
            await stranger.resolve(created.claim_code)


async def test_after_kill_9_it_is_back_with_every_person(service: Service) -> None:
    created, _ = await hand_in(service, "kill-1")
    await service.end(signal.SIGKILL)
    await service.start()
    again, _ = await hand_in(service, "kill-1")
    assert (again.alias, again.claim_code) == (created.alias, created.claim_code)


async def test_a_second_instance_on_the_same_database_refuses_to_start(service: Service) -> None:
    second = Service(service.directory, service.bootstrap, f"http://{LOOPBACK}:{free_port()}", service.session)
    with pytest.raises(AssertionError, match="another consent is running on"):
        await second.start()


async def test_a_restored_backup_undoes_nothing_and_repeats_no_number(service: Service) -> None:
    # Given a backup made while two persons lived, one of whom consented to scoring
    erased, _ = await hand_in(service, "restore-1")
    withdrawn, _ = await hand_in(service, "restore-2")
    assert await service.end() == 0
    database = service.directory / "data" / "consent" / "consent.db"
    backup = database.read_bytes()
    await service.start()
    # And after it an erasure, and a withdrawal
    _, opened = await service.call("POST", "/v1/privacy/requests", erased.claim_code, {"type": "erasure"})
    await until(lambda: _is(service, opened["id"], "revoked"))
    _, held = await service.call("GET", "/v1/consents", withdrawn.claim_code)
    record = next(one["id"] for one in held["consents"] if one["purpose"] == "scoring")
    assert (await service.call("DELETE", f"/v1/consents/{record}", withdrawn.claim_code))[0] == 200
    await records_of(service, KEYS_REVOKED, 1, Revoked, withdrawn.alias)
    # When the backup is restored
    await service.end()
    for file in database.parent.glob("consent.db*"):
        file.unlink()
    database.write_bytes(backup)
    await service.start()
    # Then the one is still erased, and the other has still withdrawn
    assert (await service.call("GET", "/v1/consents", erased.claim_code))[0] == 401
    assert (await hand_in(service, "restore-1"))[0].status == "gone"
    _, held = await service.call("GET", "/v1/consents", withdrawn.claim_code)
    assert [one["state"] for one in held["consents"] if one["purpose"] == "scoring"] == ["withdrawn"]
    # and the entries go on where they had come: no number twice for two entries, and no hole
    await until_counted(service, "restored", 2)
    numbered = sorted({(entry.sequence, entry.leaf) for entry in await all_entries(service)})
    assert [sequence for sequence, _ in numbered] == list(range(1, len(numbered) + 1))


async def all_entries(service: Service) -> list[OutboxEntry]:
    async with tail(service.bootstrap, AUDIT_ENTRIES, 0) as found:
        return [
            msgspec.msgpack.decode(record.value, type=OutboxEntry)
            async for records in found.batches()
            for record in records
        ]


async def until_counted(service: Service, entry_type: str, count: int) -> None:
    async def counted() -> bool:
        return sum(orjson.loads(entry.leaf)["type"] == entry_type for entry in await all_entries(service)) == count

    await until(counted)


async def test_the_operator_rotates_the_root_key_by_the_command_line(service: Service) -> None:
    # Given a person of the first epoch
    created, _ = await hand_in(service, "rotate-1")
    # When the operator rotates
    said = await careerpulse(service, "keys", "rotate")
    # Then the date of the old epoch's end is shown, and the person's key is the same after a restart
    assert "is destroyed 20" in said
    assert await careerpulse(service, "keys", "status") in said
    await service.end(signal.SIGKILL)
    await service.start()
    again, _ = await hand_in(service, "rotate-1")
    assert (again.alias, again.subkeys) == (created.alias, created.subkeys)


async def careerpulse(service: Service, *arguments: str) -> str:
    environment = os.environ | {"ADMIN_SOCKET": str(service.directory / "admin.sock")}
    command = (sys.executable, "-m", "services.cli", *arguments)
    process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=asyncio.subprocess.PIPE)
    said, _ = await process.communicate()
    assert process.returncode == 0, said
    return said.decode()
