"""Whoever does not say who they are is counted by address; of the address nothing is kept but a keyed hash."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from infra.http.attempts import Attempts
from infra.http.by_address import ByAddress
from infra.http.problems import problem_details
from infra.http.quota import Quota, tell_quota

Client = TestClient[web.Request, web.Application]


def two(attempts: Attempts | None = None) -> Quota:
    """Two at once; time stands still."""
    return Quota(2, 10, attempts or Attempts(2, 10, clock=lambda: 0), name="address")


@asynccontextmanager
async def opened(proxies: int = 1, attempts: Attempts | None = None) -> AsyncIterator[Client]:
    organisations = Quota(9, 1)

    async def handler(request: web.Request) -> web.Response:
        if known(request):
            organisations.take(request, "acme")
        return web.json_response({})

    def known(request: web.Request) -> bool:
        return request.headers.get("Authorization") == "Bearer good"

    limits = ByAddress(proxies, known, reads=two(attempts), others=two())
    app = web.Application(middlewares=[problem_details, limits.limit])
    app.add_routes([web.get("/", handler), web.post("/", handler), web.get("/healthz", handler)])
    app.on_response_prepare.append(tell_quota)
    async with TestClient(TestServer(app)) as client:
        yield client


async def asked(
    client: Client, came_from: str, method: str = "GET", path: str = "/", token: str = ""
) -> web.Response:
    headers = {"X-Forwarded-For": came_from} | ({"Authorization": f"Bearer {token}"} if token else {})
    async with client.request(method, path, headers=headers) as response:
        await response.read()
        return response


async def test_an_address_that_asks_too_often_is_told_when_to_come_again() -> None:
    async with opened() as client:
        answers = [await asked(client, "203.0.113.9") for _ in range(3)]
        assert [one.status for one in answers] == [200, 200, 429]
        assert [one.headers["RateLimit"] for one in answers] == [
            f'"address";r={left};t={20 - 10 * left}' for left in (1, 0, 0)
        ]
        assert answers[2].headers["Retry-After"] == "10"
        # Another address, and the same one for something else, are not held up
        assert (await asked(client, "203.0.113.10")).status == 200
        assert (await asked(client, "203.0.113.9", "POST")).status == 200
        assert (await asked(client, "203.0.113.9", path="/healthz")).status == 200


async def test_what_a_client_writes_before_its_address_counts_for_nothing() -> None:
    async with opened() as client:
        told = [await asked(client, f"198.51.100.{number}, 203.0.113.9") for number in range(3)]
        assert [one.status for one in told] == [200, 200, 429]


async def test_of_ipv6_the_network_counts() -> None:
    async with opened() as client:
        told = [await asked(client, f"2001:db8:1:2::{number}") for number in range(3)]
        assert [one.status for one in told] == [200, 200, 429]
        assert (await asked(client, "2001:db8:1:3::1")).status == 200


async def test_an_organisation_neither_takes_from_its_address_nor_is_held_up_there() -> None:
    async with opened() as client:
        for _ in range(5):
            answer = await asked(client, "203.0.113.9", token="good")
            assert (answer.status, answer.headers["RateLimit-Policy"]) == (200, '"client";q=9;w=9')
        assert [(await asked(client, "203.0.113.9")).status for _ in range(3)] == [200, 200, 429]
        assert (await asked(client, "203.0.113.9", token="good")).status == 200
        assert (await asked(client, "203.0.113.9", token="bad")).status == 429


async def test_without_a_proxy_the_machine_itself_is_not_counted_and_what_it_says_it_forwards_is_not_believed() -> (
    None
):
    async with opened(proxies=0) as client:
        told = [await asked(client, "203.0.113.9") for _ in range(5)]
        assert {one.status for one in told} == {200}


async def test_no_address_is_kept() -> None:
    attempts = Attempts(2, 10, clock=lambda: 0)
    async with opened(attempts=attempts) as client:
        await asked(client, "203.0.113.9")
    assert attempts.remembered == 1
    assert attempts.left("203.0.113.9") == 2
