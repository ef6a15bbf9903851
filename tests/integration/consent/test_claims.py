"""Nobody guesses a claim code: attempts are limited for each address and for each code."""

from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestClient, TestServer, make_mocked_request

from infra.http.attempts import Attempts
from infra.http.client_address import address_of
from services.consent.claims import Claims
from services.consent.public_api import PublicApi
from tests.integration.consent.conftest import Running

FAILURES, USES = 3, 5


@pytest.fixture
async def client(running: Running) -> AsyncIterator[TestClient]:
    """One proxy stands in front; an hour passes before an attempt is gained."""
    claims = Claims(running.stores.keystore, 1, Attempts(FAILURES, 3_600), Attempts(USES, 3_600))
    application = PublicApi(running.stores, b"PEM", running.worker.wake, lambda: None, claims).application()
    async with TestClient(TestServer(application)) as client:
        yield client


async def tried(client: TestClient, code: str, address: str = "192.0.2.1"):
    headers = {"Authorization": f"Claim {code}", "X-Forwarded-For": address}
    return await client.get("/v1/consents", headers=headers)


async def statuses(client: TestClient, codes: list[str], address: str = "192.0.2.1") -> list[int]:
    return [(await tried(client, code, address)).status for code in codes]


async def test_wrong_codes_from_one_address_are_stopped_and_then_the_right_one_is_too(
    running: Running, client: TestClient
) -> None:
    (created,) = await running.hand_in("event-1")
    wrong = [f"WRONG-{number}" for number in range(FAILURES + 1)]
    assert await statuses(client, wrong) == [401] * FAILURES + [429]
    # A guess that comes after tells nothing, not even when it is right
    answer = await tried(client, created.claim_code)
    assert answer.status == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 3_600
    assert (await answer.json())["type"] == "urn:careerpulse:problem:too-many-attempts"
    # And the person, who comes from elsewhere, is not locked out
    assert (await tried(client, created.claim_code, "198.51.100.7")).status == 200


async def test_codes_that_are_right_cost_their_address_nothing(running: Running, client: TestClient) -> None:
    people = await running.hand_in(*(f"event-{number}" for number in range(FAILURES + 2)))
    assert await statuses(client, [one.claim_code for one in people]) == [200] * (FAILURES + 2)


async def test_one_code_is_limited_from_wherever_it_comes_and_however_it_is_spelt(
    running: Running, client: TestClient
) -> None:
    (created,) = await running.hand_in("event-1")
    spellings = [created.claim_code, created.claim_code.lower(), created.claim_code.replace("-", "")]
    answers = [(await tried(client, spellings[number % 3], f"192.0.2.{number}")).status for number in range(USES + 1)]
    assert answers == [200] * USES + [429]


async def test_an_unknown_code_is_limited_as_a_known_one_is(client: TestClient) -> None:
    unknown = "0000-0000-0000-0000-0000-0000-0000"
    answers = [(await tried(client, unknown, f"192.0.2.{number}")).status for number in range(USES + 1)]
    assert answers == [401] * USES + [429]


async def test_a_request_without_a_code_is_no_attempt(client: TestClient) -> None:
    for _ in range(FAILURES + 2):
        assert (await client.get("/v1/consents", headers={"X-Forwarded-For": "192.0.2.1"})).status == 401


@pytest.mark.parametrize(
    ("forwarded", "proxies", "address"),
    [
        ("203.0.113.9", 0, ""),
        ("198.51.100.1, 203.0.113.9", 1, "203.0.113.9"),
        ("spoofed, 203.0.113.9, 10.0.0.2", 2, "203.0.113.9"),
        ("203.0.113.9", 2, ""),
        ("not an address", 1, ""),
        ("2001:db8:1:2:3:4:5:6", 1, "2001:db8:1:2::/64"),
    ],
)
def test_only_what_our_own_proxies_saw_counts(forwarded: str, proxies: int, address: str) -> None:
    request = make_mocked_request("GET", "/", headers={"X-Forwarded-For": forwarded})
    assert address_of(request, proxies) == address
