"""The canary passes where an erasure erases, and finds it where one does not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from hashlib import sha256

import msgspec
import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import insert, select, update

from schemas.events import OutboxEntry, StoreReport
from schemas.purposes import PURPOSES
from services.consent.controllers.controller import Party
from services.consent.erasure.requests import PrivacyRequests
from services.consent.erasure.self_tests import FAILURES, LAST_SUCCESS, SelfTest, SelfTests
from services.consent.paperwork.state import PrivacyStates
from services.consent.tables import epochs, handles, persons, requests, self_tests
from tests.integration.consent.conftest import RECEIPT_KEY, Running, entries

KEY = Ed25519PrivateKey.generate()
DAY = timedelta(days=1)


def daily(running: Running, patience: timedelta = timedelta(minutes=1), interval: timedelta = DAY) -> SelfTests:
    stores = running.stores
    trusted = RECEIPT_KEY.public_key()
    return SelfTests(stores, trusted, running.worker.wake, interval, patience)


@asynccontextmanager
async def working(running: Running, *stores: str) -> AsyncIterator[None]:
    """The worker, and stores that report on every order."""

    async def report() -> None:
        reported = 0
        while True:
            fresh = running.topics.of("privacy.requests")[reported:]
            for order in fresh:
                for service in stores:
                    await running.stores.requests.take_report(StoreReport(service, order.event_id, {}))
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


async def test_what_is_erased_passes_and_leaves_a_row_a_metric_and_one_entry(running: Running) -> None:
    async with working(running, "intake", "audit"):
        test = await daily(running).run()
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


async def test_it_counts_as_nobody_and_as_nobodys_request(running: Running) -> None:
    # Given a canary whose erasure waits for the stores
    states = PrivacyStates(running.stores, Party("Operator Ltd"), 0)
    async with working(running):
        running_test = asyncio.create_task(daily(running, timedelta(seconds=1)).run())
        while not await _requests(running):
            await asyncio.sleep(0.01)
        state = await states.state()
        assert (state.requests, [one.people for one in state.tenants]) == ((), [0, 0])
        await running_test


async def _requests(running: Running) -> int:
    async with running.stores.database.read() as connection:
        return len((await connection.execute(select(requests.c.id))).all())


async def test_stores_that_never_report_are_found(running: Running) -> None:
    before = FAILURES._value.get()
    async with working(running, "intake"):
        test = await daily(running, patience=timedelta(milliseconds=500)).run()
    assert not test.passed
    assert "stores that have not reported: audit" in findings(test)["the erasure is complete"]
    assert FAILURES._value.get() == before + 1
    await running.worker.once()
    assert entries(running).count("self-test") == 1


async def test_a_key_that_survives_its_erasure_is_found(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
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
    async with working(running, "intake", "audit"):
        test = await daily(running).run()
    # Then it says what it could read
    found = findings(test)
    assert found["no key for access"] == "released: with a key"
    assert found["no row leads to the person"] == "persons, handles"
    if stores.database.is_sqlite:
        assert "-wal" in found["no byte of the wrapped key is in the database's files"]


async def test_a_receipt_of_another_key_is_found(running: Running) -> None:
    tests = SelfTests(running.stores, KEY.public_key(), running.worker.wake, DAY)
    async with working(running, "intake", "audit"):
        test = await tests.run()
    assert list(findings(test)) == ["the receipt verifies"]


async def test_what_a_broken_run_left_is_erased_by_the_next(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a run that broke off after the hand-in
    with monkeypatch.context() as patch:
        patch.setattr(PrivacyRequests, "open_erasure", _fail)
        test = await daily(running).run()
    assert findings(test) == {"the test itself": "broken off by OSError"}
    # When the next one runs
    async with working(running, "intake", "audit"):
        assert (await daily(running).run()).passed
    # Then nobody is left
    async with running.stores.database.read() as connection:
        assert set(await connection.scalars(select(persons.c.state))) == {"erased"}


async def _fail(*_: object) -> None:
    raise OSError("the disk is full")


async def test_it_comes_a_day_after_the_first_start_and_a_day_after_each_run(running: Running) -> None:
    tests = daily(running, patience=timedelta())
    await tests.once_when_due()
    assert await _runs(running) == 0
    async with running.stores.database.write() as connection:
        await connection.execute(update(epochs).values(began_at="2026-01-01T00:00:00Z"))
    async with working(running, "intake", "audit"):
        await daily(running, interval=timedelta()).once_when_due()
        assert await _runs(running) == 0
        for _ in range(2):
            await tests.once_when_due()
            assert await _runs(running) == 1


async def _runs(running: Running) -> int:
    async with running.stores.database.read() as connection:
        return len((await connection.execute(select(self_tests.c.id))).all())
