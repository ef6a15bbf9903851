"""The canary passes where an erasure erases, and finds it where one does not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256

import msgspec
import orjson
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import insert, select, update

from schemas.events import ErasureOrder, OutboxEntry, StoreReport
from schemas.purposes import PURPOSES
from schemas.rights import DisclosureOrder, HeldAssessment, HeldTrail, Order, Part, read_order
from services.consent.controllers.controller import Party
from services.consent.erasure.front_door import FrontDoor
from services.consent.erasure.requests import PrivacyRequests
from services.consent.erasure.self_tests import FAILURES, LAST_SUCCESS, SelfTest, SelfTests
from services.consent.paperwork.state import PrivacyStates
from services.consent.tables import epochs, handles, persons, requests, self_tests
from tests.integration.consent.conftest import RECEIPT_KEY, Running, entries

KEY = Ed25519PrivateKey.generate()
DAY = timedelta(days=1)


@dataclass(slots=True)
class Door:
    """Stands for intake: takes assessments of whoever proves a claim code, and tells them to nobody else.

    `open_to_all`: it goes on telling them, as a store that was not deleted would.
    """

    running: Running
    taken: dict[str, str] = field(default_factory=dict)
    open_to_all: bool = False
    url: str = ""

    async def hand_in(self, request: web.Request) -> web.Response:
        key, code = request.headers["Idempotency-Key"], claim_code_of(request)
        alias = await self.running.stores.keystore.resolve(code)
        if key in self.taken or alias is None:
            return web.Response(status=410)
        assert orjson.loads(await request.read())["assessment"]["skills"]
        self.taken[key] = (await self.running.hand_in(f"event-{key}", claim_code=code))[0].event_id
        return web.json_response({"id": self.taken[key], "status": "scored", "result": {"score": 50}})

    async def read(self, request: web.Request) -> web.Response:
        known = await self.running.stores.keystore.resolve(claim_code_of(request))
        return web.json_response({"result": {"score": 50}}) if known or self.open_to_all else web.Response(status=401)

    def held(self, service: str) -> list[HeldAssessment | HeldTrail]:
        """What a store has of them."""
        ids = self.taken.values()
        if service == "audit":
            return [HeldTrail(one, b"sealed", 7) for one in ids]
        return [HeldAssessment(one, "scored", "2026-11-23T18:00:00Z", result=b"sealed") for one in ids]


def claim_code_of(request: web.Request) -> str:
    return request.headers["Authorization"].removeprefix("Claim ")


@pytest.fixture
async def door(running: Running) -> AsyncIterator[Door]:
    one, app = Door(running), web.Application()
    app.add_routes([web.post("/v1/assessments", one.hand_in), web.get("/v1/assessments/{rest:.*}", one.read)])
    async with TestServer(app) as server:
        one.url = str(server.make_url("")).rstrip("/")
        yield one


def daily(door: Door, patience: timedelta = timedelta(minutes=1), interval: timedelta = DAY) -> SelfTests:
    running, trusted = door.running, RECEIPT_KEY.public_key()
    found_at = FrontDoor(door.url)
    return SelfTests(running.stores, found_at, trusted, running.worker.wake, interval=interval, patience=patience)


@asynccontextmanager
async def working(door: Door, *stores: str) -> AsyncIterator[None]:
    """The worker, and stores that carry out every order."""
    running = door.running

    async def carry_out(service: str, alias: str, order: Order) -> None:
        match order:
            case ErasureOrder(request):
                report = StoreReport(service, request, {"assessments" if service == "intake" else "trails": 1})
                await running.stores.requests.take_report(report)
            case DisclosureOrder(request):
                held = door.held(service)
                for number, one in enumerate(held, 1):
                    part = Part(service, request, "one", number, len(held), one)
                    await running.stores.disclosures.take(alias, part)

    async def report() -> None:
        reported = 0
        while True:
            fresh = running.topics.of("privacy.requests")[reported:]
            for order in fresh:
                for service in stores:
                    await carry_out(service, order.key, read_order(order.value))
            reported += len(fresh)  # and not what has come meanwhile
            running.worker.wake()
            await asyncio.sleep(0.02)

    loops = running.worker.run(), report()
    tasks = [asyncio.create_task(loop) for loop in loops]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def findings(test: SelfTest) -> dict[str, str]:
    return {check.tried: check.found for check in test.checks if check.found}


async def test_what_is_erased_passes_and_leaves_a_row_a_metric_and_one_entry(running: Running, door: Door) -> None:
    async with working(door, "intake", "audit"):
        test = await daily(door).run()
    # Then everything was tried, and nothing found
    assert (test.passed, findings(test)) == (True, {})
    assert {f"no key for {purpose}" for purpose in PURPOSES} < {check.tried for check in test.checks}
    # And it is told to the metrics, and bound by one entry
    assert LAST_SUCCESS._value.get() > 0
    await running.worker.once()
    assert entries(running).count("self-test") == 1
    async with running.stores.database.read() as connection:
        outcome = await connection.scalar(select(self_tests.c.outcome))
    assert msgspec.json.decode(outcome, type=SelfTest) == test
    leaves = [msgspec.msgpack.decode(m.value, type=OutboxEntry).leaf for m in running.topics.of("audit.entries")]
    (entry,) = [leaf for leaf in map(orjson.loads, leaves) if leaf["type"] == "self-test"]
    assert entry["payload"] == f"sha256:{sha256(outcome.encode()).hexdigest()}"


async def test_it_counts_as_nobody_and_as_nobodys_request(running: Running, door: Door) -> None:
    # Given a canary whose erasure waits for the stores
    states = PrivacyStates(running.stores, Party("Operator Ltd"), 0)
    async with working(door):
        running_test = asyncio.create_task(daily(door, timedelta(seconds=1)).run())
        while not await _requests(running):
            await asyncio.sleep(0.01)
        state = await states.state()
        assert (state.requests, [one.people for one in state.tenants]) == ((), [0, 0])
        await running_test


async def _requests(running: Running) -> int:
    async with running.stores.database.read() as connection:
        return len((await connection.execute(select(requests.c.id))).all())


async def test_stores_that_never_report_are_found(running: Running, door: Door) -> None:
    before = FAILURES._value.get()
    async with working(door, "intake"):
        test = await daily(door, patience=timedelta(milliseconds=500)).run()
    assert not test.passed
    assert "stores that have not reported: audit" in findings(test)["the erasure is complete"]
    assert FAILURES._value.get() == before + 1
    await running.worker.once()
    assert entries(running).count("self-test") == 1


async def test_a_key_that_survives_its_erasure_is_found(
    running: Running, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given an erasure after which the row is put back, as a wrong restore would
    saved: dict[str, object] = {}
    stores = running.stores

    async def kept(self, request):
        erasure = await original(self, request)
        if erasure is not None and erasure.state == "complete":
            async with stores.database.write() as connection:
                await connection.execute(update(persons).where(persons.c.alias == saved["alias"]).values(**saved))
                await connection.execute(
                    insert(handles).values(tenant="individuals", kind="stray", digest=b"1", alias=saved["alias"])
                )
        return erasure

    async def seen(self, alias, *rest):
        async with stores.database.read() as connection:
            saved.update((await connection.execute(select(persons).where(persons.c.alias == alias))).one()._mapping)
        return await opened(self, alias, *rest)

    original, opened = PrivacyRequests.find, PrivacyRequests.open_erasure
    monkeypatch.setattr(PrivacyRequests, "find", kept)
    monkeypatch.setattr(PrivacyRequests, "open_erasure", seen)
    # When the canary looks for it
    async with working(door, "intake", "audit"):
        test = await daily(door).run()
    # Then it says what it could read
    found = findings(test)
    assert found["no key for access"] == "released: with a key"
    assert found["no row leads to the person"] == "persons, handles"
    if stores.database.is_sqlite:
        assert "-wal" in found["no byte of the wrapped key is in the database's files"]


async def test_it_takes_the_whole_way_through_intake_scoring_and_audit(running: Running, door: Door) -> None:
    async with working(door, "intake", "audit"):
        test = await daily(door).run()
    # Then it was handed in, read, and found with both stores; and after the erasure intake told nothing of it
    assert (test.passed, len(door.taken)) == (True, 1)
    assert [check.tried for check in test.checks if "intake" in check.tried] == [
        "intake takes an assessment",
        "intake and audit hold it",
        *(f"intake tells no {what}" for what in ("result", "explanation", "forecast", "plan")),
        *(f"intake tells no {what}" for what in ("counterfactual", "letter")),
        "intake takes it no second time",
    ]


async def test_what_intake_still_tells_after_the_erasure_is_found(running: Running, door: Door) -> None:
    door.open_to_all = True
    async with working(door, "intake", "audit"):
        test = await daily(door).run()
    assert findings(test)["intake tells no explanation"] == "answered 200"


async def test_an_intake_that_is_away_is_found_and_the_canary_is_erased_all_the_same(
    running: Running, door: Door
) -> None:
    door.url = "http://127.0.0.1:9"
    async with working(door, "intake", "audit"):
        test = await daily(door).run()
    found = findings(test)
    assert found["intake takes an assessment"] == "nobody answers at http://127.0.0.1:9"
    async with running.stores.database.read() as connection:
        assert set(await connection.scalars(select(persons.c.state))) == {"erased"}


async def test_a_trail_that_audit_never_had_is_found(
    running: Running, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Door, "held", lambda self, _: [HeldTrail("another", b"sealed", 7)])
    async with working(door, "intake", "audit"):
        test = await daily(door, patience=timedelta(milliseconds=500)).run()
    assert findings(test)["intake and audit hold it"] == "in time not audit and intake"


async def test_a_receipt_of_another_key_is_found(running: Running, door: Door) -> None:
    found_at, wake = FrontDoor(door.url), running.worker.wake
    tests = SelfTests(running.stores, found_at, KEY.public_key(), wake, interval=DAY)
    async with working(door, "intake", "audit"):
        test = await tests.run()
    assert list(findings(test)) == ["the receipt verifies, and counts the assessment and its trail"]


async def test_what_a_broken_run_left_is_erased_by_the_next(
    running: Running, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a run that broke off after the hand-in
    with monkeypatch.context() as patch:
        patch.setattr(PrivacyRequests, "open_erasure", _fail)
        test = await daily(door, patience=timedelta(milliseconds=200)).run()
    assert findings(test)["the test itself"] == "broken off by OSError"
    # When the next one runs
    async with working(door, "intake", "audit"):
        assert (await daily(door).run()).passed
    # Then nobody is left
    async with running.stores.database.read() as connection:
        assert set(await connection.scalars(select(persons.c.state))) == {"erased"}


async def _fail(*_: object) -> None:
    raise OSError("the disk is full")


async def test_it_comes_a_day_after_the_first_start_and_a_day_after_each_run(running: Running, door: Door) -> None:
    tests = daily(door, patience=timedelta())
    await tests.once_when_due()
    assert await _runs(running) == 0
    async with running.stores.database.write() as connection:
        await connection.execute(update(epochs).values(began_at="2026-01-01T00:00:00Z"))
    async with working(door, "intake", "audit"):
        await daily(door, interval=timedelta()).once_when_due()
        assert await _runs(running) == 0
        for _ in range(2):
            await tests.once_when_due()
            assert await _runs(running) == 1


async def _runs(running: Running) -> int:
    async with running.stores.database.read() as connection:
        return len((await connection.execute(select(self_tests.c.id))).all())
