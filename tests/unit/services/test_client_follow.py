"""`client results --follow` goes on where it stood when a stream has ended."""

import json

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from infra.http.problems import Handler
from services.client import platform as over_http
from services.client.platform import Platform


def never(why: str, _: float) -> None:
    raise AssertionError(why)


async def test_each_result_comes_once_over_streams_that_end() -> None:
    # Given an intake whose every stream ends after one event
    asked: list[str] = []

    async def token(_: web.Request) -> web.Response:
        return web.json_response({"access_token": "t"})

    async def events(request: web.Request) -> web.Response:
        asked.append(request.headers["Last-Event-ID"])
        number = int(asked[-1]) + 1
        data = json.dumps({"sequence": number, "status": "scored"})
        return web.Response(
            text=f": ping\r\n\r\nid: {number}\r\ndata: {data}\r\n\r\n", content_type="text/event-stream"
        )

    app = web.Application()
    app.add_routes([web.post("/v1/oauth/token", token), web.get("/v1/events", events)])
    # When the client follows from the fourth on
    got: list[int] = []
    async with TestServer(app) as server, Platform(str(server.make_url("/")), "acme", "secret") as platform:
        async for one in platform.follow(4, never):
            got.append(one["sequence"])
            if len(got) == 3:
                break
    # Then it asks each time for what comes after the last one
    assert (got, asked) == ([5, 6, 7], ["4", "5", "6"])


@pytest.mark.parametrize("failing", ["/v1/oauth/token", "/v1/events"])
async def test_an_intake_that_is_away_for_a_while_is_asked_again(
    monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    # Given an intake that restarts: at first nobody answers, then a proxy without a word, and it itself says later
    monkeypatch.setattr(over_http, "_AGAIN_SECONDS", 0.001)
    monkeypatch.setattr(over_http, "_TOKEN_SECONDS", 0.0)
    asked: list[str] = []

    @web.middleware
    async def away(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path == failing:
            asked.append(request.path)
            if len(asked) < 3 and request.transport is not None:
                request.transport.abort()
            if len(asked) == 3:
                return web.Response(status=502)
            if len(asked) == 4:
                return web.json_response({"title": "Later"}, status=503, headers={"Retry-After": "0"})
        return await handler(request)

    async def token(_: web.Request) -> web.Response:
        return web.json_response({"access_token": "t"})

    async def events(_: web.Request) -> web.Response:
        return web.Response(text='data: {"sequence": 1, "status": "scored"}\n\n', content_type="text/event-stream")

    app = web.Application(middlewares=[away])
    app.add_routes([web.post("/v1/oauth/token", token), web.get("/v1/events", events)])
    # When the client follows
    said: list[str] = []
    async with TestServer(app) as server, Platform(str(server.make_url("/")), "acme", "secret") as platform:
        ended = await anext(platform.follow(0, lambda why, _: said.append(why)))
    # Then it says each time why it waits, and goes on
    assert ended["sequence"] == 1
    assert list(dict.fromkeys(said)) == [
        "intake does not answer: ServerDisconnectedError",
        "502 Bad Gateway",
        "Later.",
    ]
