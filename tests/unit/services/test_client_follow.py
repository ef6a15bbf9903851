"""`client results --follow` goes on where it stood when a stream has ended."""

import json

from aiohttp import web
from aiohttp.test_utils import TestServer

from services.client.platform import Platform


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
        async for one in platform.follow(4):
            got.append(one["sequence"])
            if len(got) == 3:
                break
    # Then it asks each time for what comes after the last one
    assert (got, asked) == ([5, 6, 7], ["4", "5", "6"])
