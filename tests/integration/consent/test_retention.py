"""Storage times, the sweep that ends them, and the legal holds that stop it, on both databases."""

from collections.abc import AsyncIterator
from datetime import timedelta

import orjson
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from infra.clock import now
from schemas.keys import RecordDraft, ReleaseKeys
from services.consent import admin
from services.consent.claims import Claims
from services.consent.controller import Party
from services.consent.holds_api import HoldsApi
from services.consent.privacy_admin import PrivacyAdmin
from services.consent.privacy_state import PrivacyStates
from services.consent.public_api import PublicApi
from services.consent.retention import DEFAULT_DAYS
from services.consent.sweep import Sweep
from services.consent.tenants import UnknownTenant
from tests.integration.consent.conftest import Running, entries

Client = TestClient[web.Request, web.Application]
LATER = timedelta(days=DEFAULT_DAYS["assessments"], seconds=1)
REASON = "Lawsuit 4 C 17/26"


@pytest.fixture
async def operator(running: Running) -> AsyncIterator[Client]:
    states = PrivacyStates(running.stores, Party("Operator Ltd"), 86_400, 30)
    routes = PrivacyAdmin(running.stores, states, running.worker.wake).routes()
    application = admin.application(running.stores.rotation, running.stores.register, lambda: None, routes)
    async with TestClient(TestServer(application)) as client:
        yield client


@pytest.fixture
async def public(running: Running) -> AsyncIterator[Client]:
    claims = Claims(running.stores.keystore)
    parts = (HoldsApi(running.stores.holds, claims),)
    application = PublicApi(running.stores, b"PEM", running.worker.wake, lambda: None, claims, parts=parts)
    async with TestClient(TestServer(application.application())) as client:
        yield client


async def refusal(running: Running, alias: str) -> str | None:
    return (await running.stores.keystore.release(ReleaseKeys("access", (alias,)))).keys[0].reason


async def swept(running: Running, after: timedelta = LATER) -> int:
    began = await running.stores.sweep.once(now() + after)
    await running.worker.once()
    return began


async def test_whoever_handed_in_nothing_for_the_storage_time_is_erased_with_that_cause(running: Running) -> None:
    # Given a person, an employee, and nobody whose time is over
    (one,) = await running.hand_in("event-1")
    (other,) = await running.hand_in("event-2", tenant="acme")
    assert await swept(running, timedelta(days=DEFAULT_DAYS["assessments"] - 1)) == 0
    # When the time is over
    assert await swept(running) == 2
    # Then both are erased, no window was open, and the receipt says why
    assert {await refusal(running, alias) for alias in (one.alias, other.alias)} == {"erased"}
    assert entries(running).count("erased") == 2
    async with running.stores.database.read() as connection:
        document = (await connection.exec_driver_sql("SELECT document FROM receipts")).scalars().first()
    assert orjson.loads(bytes(document))["receipt"]["cause"] == "expired"
    assert await swept(running) == 0


async def test_a_sweep_takes_a_few_at_a_time_and_goes_on_after_a_restart(running: Running) -> None:
    people = await running.hand_in(*(f"event-{number}" for number in range(5)))
    began = []
    for _ in range(4):
        restarted = Sweep(running.stores.database, running.stores.requests, batch=2)
        began.append(await restarted.once(now() + LATER))
        await running.worker.once()
    assert began == [2, 2, 1, 0]
    assert {await refusal(running, one.alias) for one in people} == {"erased"}


async def test_those_who_stay_do_not_stand_in_the_way_of_the_others(running: Running) -> None:
    # Given three people of whom the first two agreed to be kept longer
    people = await running.hand_in("event-1", "event-2", "event-3")
    for one in people[:2]:
        longer = RecordDraft("retention-beyond-result", "consent", "notice/1", "en")
        await running.stores.consents.give(one.alias, longer)
    # When batches of two are swept one after another
    sweep = Sweep(running.stores.database, running.stores.requests, batch=2)
    for _ in range(2):
        await sweep.once(now() + LATER)
        await running.worker.once()
    # Then the third is erased, and the first two are not
    assert [await refusal(running, one.alias) for one in people] == [None, None, "erased"]


async def test_an_organisation_has_its_own_time(running: Running, operator: Client) -> None:
    (individual,) = await running.hand_in("event-1")
    (employee,) = await running.hand_in("event-2", tenant="acme")
    for days, status in ((0, 422), (30, 200)):
        times = {"tenant": "acme", "category": "assessments", "days": days}
        assert (await operator.put("/privacy/retention", json=times)).status == status
    assert await swept(running, timedelta(days=31)) == 1
    assert [await refusal(running, one.alias) for one in (individual, employee)] == [None, "erased"]


async def test_a_hold_stops_sweep_and_erasure_until_it_is_lifted_and_its_person_reads_why(
    running: Running, operator: Client, public: Client
) -> None:
    # Given a person who is held, found by the id of the assessment
    (created,) = await running.hand_in("event-1")
    proof = {"Authorization": f"Claim {created.claim_code}"}
    held = await (await operator.post("/privacy/holds", json={"found_by": "event-1", "reason": REASON})).json()
    # Then the sweep passes by, and an erasure asked for is postponed while all but access is stopped
    assert await swept(running) == 0
    asked = await (await public.post("/v1/privacy/requests", json={"type": "erasure"}, headers=proof)).json()
    await running.worker.once()
    shown = await (await public.get(asked["links"]["self"])).json()
    assert (shown["state"], shown["postponed_because"]) == ("pending", REASON)
    assert await refusal(running, created.alias) is None
    # and the person reads why
    (told,) = (await (await public.get("/v1/privacy/holds", headers=proof)).json())["holds"]
    assert (told["reason"], told["lifted_at"]) == (REASON, None)
    # When it is lifted, then the erasure goes on
    assert (await operator.delete(f"/privacy/holds/{held['id']}")).status == 200
    await running.worker.once()
    assert await refusal(running, created.alias) == "erased"
    assert [entries(running).count(kind) for kind in ("hold-set", "hold-lifted", "erased")] == [1, 1, 1]


async def test_a_hold_needs_a_reason_and_a_living_person(running: Running, operator: Client) -> None:
    for document, status in (
        ({"found_by": "event-9", "reason": REASON}, 404),
        ({"found_by": "event-1", "reason": " "}, 422),
    ):
        assert (await operator.post("/privacy/holds", json=document)).status == status
    assert (await operator.delete("/privacy/holds/none")).status == 404


async def test_at_the_end_of_a_contract_nothing_more_is_handed_in_and_all_its_people_are_erased(
    running: Running,
) -> None:
    (individual,) = await running.hand_in("event-1")
    (employee,) = await running.hand_in("event-2", tenant="acme")
    await running.stores.tenants.end("acme")
    with pytest.raises(UnknownTenant):
        await running.hand_in("event-3", tenant="acme")
    assert await swept(running, timedelta()) == 1
    assert [await refusal(running, one.alias) for one in (individual, employee)] == [None, "erased"]


async def test_the_state_shows_open_requests_with_what_they_wait_for(running: Running, operator: Client) -> None:
    (created,) = await running.hand_in("event-1")
    await operator.post("/privacy/holds", json={"found_by": "event-1", "reason": REASON})
    await running.stores.requests.open_erasure(created.alias)
    state = await (await operator.get("/privacy/state")).json()
    assert [one["waits_for"] for one in state["requests"]] == [f"a legal hold: {REASON}"]
    assert {one["tenant"]: one["people"] for one in state["tenants"]} == {"acme": 0, "individuals": 1}
    affected = (await (await operator.get("/privacy/affected/1")).json())["keys"]
    assert affected == [{"tenant": "individuals", "key_id": created.key_id}]
