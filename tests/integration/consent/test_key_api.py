"""The key API answers each caller with what is its own, and everything else with a problem that names the fault."""

from collections.abc import AsyncIterator
from typing import get_args

import msgspec
import pytest
from aiohttp.test_utils import TestClient, TestServer

from schemas.keys import (
    BATCH,
    CreatedKeys,
    CreateKeys,
    NewPerson,
    ReleasedKeys,
    ReleaseKeys,
    ReleaseTenants,
    TenantDomain,
    TenantKeys,
)
from schemas.purposes import PURPOSES
from schemas.request_clocks import RequestClocks
from services.consent.controllers.employee_desk import EmployeeDesk
from services.consent.keys.api import KeyApi
from services.consent.keys.callers import CALLERS, Doorkeeper
from tests.integration.consent.conftest import NOTICE, Running

TOKENS = {caller.service: f"{caller.service}-token".encode() for caller in CALLERS}


@pytest.fixture
async def client(running: Running) -> AsyncIterator[TestClient]:
    stores = running.stores
    desk = EmployeeDesk(stores.employees, stores.instructions, stores.transfers, running.worker.wake)
    api = KeyApi(stores, Doorkeeper(TOKENS), desk)
    async with TestClient(TestServer(api.application())) as client:
        yield client


async def post(client: TestClient, path: str, body: object, service: str = "intake", **headers: str):
    said = {"Authorization": f"Bearer {service}-token", "Instance": "a"} | headers
    data = body if isinstance(body, bytes) else msgspec.json.encode(body)
    return await client.post(path, data=data, headers=said)


async def test_keys_are_made_and_released_over_http(client: TestClient) -> None:
    asked = CreateKeys("individuals", (NewPerson("event-1", NOTICE),))
    made = msgspec.json.decode(await (await post(client, "/keys/create", asked)).read(), type=CreatedKeys)
    alias = made.persons[0].alias
    answer = await post(client, "/keys/release", ReleaseKeys("scoring", (alias,)), "scoring")
    released = msgspec.json.decode(await answer.read(), type=ReleasedKeys)
    assert released.keys[0].subkeys["answers"] == made.persons[0].subkeys["answers"]


@pytest.mark.parametrize("caller", CALLERS, ids=lambda caller: caller.service)
async def test_each_caller_gets_keys_for_its_own_purposes_alone(client: TestClient, caller) -> None:
    statuses = {
        purpose: (await post(client, "/keys/release", ReleaseKeys(purpose, ()), caller.service)).status
        for purpose in PURPOSES
    }
    assert {purpose for purpose, status in statuses.items() if status == 200} == caller.purposes
    assert set(statuses.values()) == {200, 403}


async def test_of_the_keys_of_tenants_each_service_gets_those_of_its_domain(client: TestClient) -> None:
    answers = {
        (one.service, domain): await post(
            client, "/tenants/release", ReleaseTenants(("acme", "nobody"), domain), one.service
        )
        for one in CALLERS
        for domain in get_args(TenantDomain)
    }
    got = {asked: answer for asked, answer in answers.items() if answer.status == 200}
    assert got.keys() == {("audit", "statistics"), ("intake", "workforce")}
    assert {answer.status for asked, answer in answers.items() if asked not in got} == {403}
    told = [msgspec.json.decode(await answer.read(), type=TenantKeys).keys for answer in got.values()]
    assert [set(keys) for keys in told] == [{"acme"}] * 2
    assert told[0]["acme"].subkey != told[1]["acme"].subkey


@pytest.mark.parametrize("path", ["/keys/create", "/claims/resolve", "/tenants/register", "/holds/standing"])
async def test_only_intake_makes_keys_resolves_codes_and_registers(client: TestClient, path: str) -> None:
    for service in ("scoring", "audit"):
        assert (await post(client, path, {}, service)).status == 403


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer wrong", "Basic intake-token", "Claim x"])
async def test_without_a_known_token_nobody_is_heard(client: TestClient, authorization: str) -> None:
    answer = await post(client, "/keys/release", ReleaseKeys("scoring", ()), Authorization=authorization)
    assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/keys/release", b"{", 400),
        ("/keys/release", b'{"purpose":"access","aliases":[],"more":1}', 422),
        ("/keys/release", b'{"purpose":"gossip","aliases":[]}', 422),
        ("/keys/release", ReleaseKeys("access", ("x",) * (BATCH + 1)), 422),
        ("/keys/create", CreateKeys("nobody", (NewPerson("event-1", ()),)), 404),
        (
            "/tenants/register",
            {"tenant": "individuals", "controller": "x", "legal_basis": "contract", "notice": "n"},
            422,
        ),
    ],
)
async def test_bad_input_is_answered(client: TestClient, path: str, body: object, status: int) -> None:
    answer = await post(client, path, body)
    assert (answer.status, answer.content_type) == (status, "application/problem+json")


@pytest.mark.parametrize("instance", ["", "x" * 65])
async def test_a_process_that_does_not_name_itself_gets_no_keys(client: TestClient, instance: str) -> None:
    answer = await post(client, "/keys/release", ReleaseKeys("access", ()), Instance=instance)
    assert answer.status == 400


async def test_a_process_that_was_given_keys_is_waited_for(running: Running, client: TestClient) -> None:
    # Given a person, and an instance of scoring that was given the key
    (created,) = await running.hand_in("event-1")
    await post(client, "/keys/release", ReleaseKeys("scoring", (created.alias,)), "scoring", Instance="worker-1")
    # When the person is erased
    request = await running.erase(created.alias)
    # Then no store is told to delete before that instance has let go
    assert (await running.stores.requests.find(request)).state == "revoked"
    assert running.topics.of("privacy.requests") == []


async def test_audit_alone_is_told_the_clocks_of_requests_and_no_number_to_follow_one_by(
    client: TestClient, running: Running
) -> None:
    (created,) = await running.hand_in("event-1")
    request = (await running.stores.requests.open_erasure(created.alias)).request
    for service in ("intake", "scoring"):
        assert (await post(client, "/requests/open", {}, service)).status == 403
    answer = await (await post(client, "/requests/open", {}, "audit")).read()
    (clock,) = msgspec.json.decode(answer, type=RequestClocks).requests
    assert (clock.request, clock.type, clock.tenant, clock.waits) == (request[:8], "erasure", "individuals", "window")
    assert clock.due_by == clock.answer_by > clock.opened_at
    assert request.encode() not in answer
    assert created.alias.encode() not in answer
