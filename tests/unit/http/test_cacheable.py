"""What anybody may keep is recognised again by its validator."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from infra.http.cacheable import cacheable

Client = TestClient[web.Request, web.Application]


async def handler(request: web.Request) -> web.Response:
    return cacheable(request, {"a": 1}, "v1-0.1")


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    app = web.Application()
    app.add_routes([web.get("/", handler)])
    async with TestClient(TestServer(app)) as opened:
        yield opened


async def test_a_first_answer_carries_its_validator_and_how_long_it_may_be_kept(client: Client) -> None:
    async with client.get("/") as response:
        assert (response.status, await response.json()) == (200, {"a": 1})
        assert response.headers["ETag"] == '"v1-0.1"'
        assert response.headers["Cache-Control"] == "public, max-age=3600"


@pytest.mark.parametrize("held", ['"v1-0.1"', 'W/"v1-0.1"', '"other", "v1-0.1"', "*"])
async def test_who_holds_it_already_gets_no_body_again(client: Client, held: str) -> None:
    async with client.get("/", headers={"If-None-Match": held}) as response:
        assert (response.status, await response.read()) == (304, b"")
        assert response.headers["ETag"] == '"v1-0.1"'


async def test_who_holds_another_version_gets_this_one(client: Client) -> None:
    async with client.get("/", headers={"If-None-Match": '"v0-0.1"'}) as response:
        assert response.status == 200
