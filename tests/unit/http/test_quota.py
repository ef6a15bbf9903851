"""Who asks too often is told when to come again, and everybody is told how much is left."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from infra.http.attempts import Attempts
from infra.http.problems import problem_details
from infra.http.quota import Quota, tell_quota

Client = TestClient[web.Request, web.Application]


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    quota = Quota(2, 10, Attempts(2, 10, clock=lambda: 0))

    async def handler(request: web.Request) -> web.Response:
        quota.take(request, request.query["who"])
        return web.json_response({})

    async def free(_: web.Request) -> web.Response:
        return web.json_response({})

    app = web.Application(middlewares=[problem_details])
    app.add_routes([web.get("/", handler), web.get("/free", free)])
    app.on_response_prepare.append(tell_quota)
    async with TestClient(TestServer(app)) as opened:
        yield opened


async def asked(client: Client, who: str) -> tuple[int, str, str | None]:
    async with client.get("/", params={"who": who}) as response:
        assert response.headers["RateLimit-Policy"] == '"client";q=2;w=20'
        return response.status, response.headers["RateLimit"], response.headers.get("Retry-After")


async def test_each_answer_tells_what_is_left_and_the_last_one_when_to_come_again(client: Client) -> None:
    assert await asked(client, "a") == (200, '"client";r=1;t=10', None)
    assert await asked(client, "a") == (200, '"client";r=0;t=20', None)
    assert await asked(client, "a") == (429, '"client";r=0;t=20', "10")


async def test_one_that_asks_too_often_takes_nothing_from_another(client: Client) -> None:
    for _ in range(5):
        await asked(client, "a")
    assert (await asked(client, "b"))[0] == 200


async def test_what_is_not_counted_tells_nothing(client: Client) -> None:
    async with client.get("/free") as response:
        assert "RateLimit" not in response.headers
