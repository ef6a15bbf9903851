"""What consent tells without a proof is limited by address, and so is everything else that it serves to all."""

from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestClient, TestServer

from infra.http.attempts import Attempts
from infra.http.by_address import ByAddress
from infra.http.quota import Quota
from services.consent.public_api import PublicApi
from tests.integration.consent.conftest import Running

UNKNOWN = "/v1/privacy/requests/" + "0" * 32
OPEN = [UNKNOWN, f"{UNKNOWN}/receipt", "/v1/receipts/key", "/openapi.json", "/nowhere"]
HERE, ELSEWHERE = "203.0.113.9", "198.51.100.7"


def two() -> Quota:
    """Two at once; time stands still."""
    return Quota(2, 10, Attempts(2, 10, clock=lambda: 0), name="address")


@pytest.fixture
async def client(running: Running) -> AsyncIterator[TestClient]:
    """One proxy stands in front."""
    limits = ByAddress(1, reads=two(), others=two())
    api = PublicApi(running.stores, b"PEM", running.worker.wake, lambda: None, by_address=limits)
    async with TestClient(TestServer(api.application())) as client:
        yield client


async def asked(client: TestClient, path: str, came_from: str, **headers: str) -> tuple[int, str]:
    """The status, and what is told of the limit."""
    async with client.get(path, headers={"X-Forwarded-For": came_from} | headers) as answer:
        return answer.status, answer.headers.get("RateLimit", "")


@pytest.mark.parametrize("path", OPEN)
async def test_who_asks_too_often_for_what_needs_no_code_is_told_when_to_come_again(
    client: TestClient, path: str
) -> None:
    told = [await asked(client, path, HERE) for _ in range(3)]
    assert 429 not in {status for status, _ in told[:2]}
    assert told[2] == (429, '"address";r=0;t=20')
    assert (await asked(client, path, ELSEWHERE))[0] != 429


async def test_a_request_is_not_looked_up_by_one_who_tries_ids(client: TestClient) -> None:
    ids = [f"/v1/privacy/requests/{number:032x}" for number in range(4)]
    assert [(await asked(client, path, HERE))[0] for path in ids] == [404, 404, 429, 429]


async def test_a_claim_code_is_no_way_round_the_limit(running: Running, client: TestClient) -> None:
    (created,) = await running.hand_in("event-1")
    proof = {"Authorization": f"Claim {created.claim_code}"}
    answers = [(await asked(client, "/v1/consents", HERE, **proof))[0] for _ in range(3)]
    assert answers == [200, 200, 429]


async def test_health_is_asked_as_often_as_the_operator_likes(client: TestClient) -> None:
    assert {(await asked(client, "/healthz", HERE))[0] for _ in range(5)} == {200}
