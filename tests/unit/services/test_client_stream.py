"""`careerpulse client stream` without a key makes one and tells it, so that a break doubles nobody."""

import asyncio
import json
import re
from pathlib import Path

from aiohttp import web
from aiohttp.test_utils import TestServer
from click.testing import CliRunner, Result

from services.client.cli import client

LOGIN = {"CAREERPULSE_CLIENT_ID": "acme", "CAREERPULSE_CLIENT_SECRET": "secret"}


class BrokenOnce:
    """An intake whose connection breaks after the first answer of the first stream; `keys` are those it was sent."""

    def __init__(self) -> None:
        self.keys: list[str] = []

    async def token(self, _: web.Request) -> web.Response:
        return web.json_response({"access_token": "t"})

    async def stream(self, request: web.Request) -> web.StreamResponse:
        self.keys.append(request.headers["Idempotency-Key"])
        count = (await request.read()).count(b"\n")
        response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson"})
        await response.prepare(request)
        for number in range(1, count + 1):
            await response.write(json.dumps({"line": number, "status": 202}).encode() + b"\n")
            if len(self.keys) == 1 and request.transport is not None:
                request.transport.abort()
                break
        return response

    def application(self) -> web.Application:
        app = web.Application()
        app.add_routes([web.post("/v1/oauth/token", self.token), web.post("/v1/assessments/stream", self.stream)])
        return app


async def test_a_stream_that_breaks_goes_on_under_the_key_that_was_told(tmp_path: Path) -> None:
    intake, file = BrokenOnce(), tmp_path / "staff.ndjson"
    file.write_text("{}\n{}\n")
    async with TestServer(intake.application()) as server:

        async def sent(*more: str) -> Result:
            arguments = ["--intake", str(server.make_url("/")), "stream", str(file), *more]
            return await asyncio.to_thread(CliRunner().invoke, client, arguments, env=LOGIN)

        # Given a file that was sent without a key, on a connection that broke
        broken = await sent()
        told = re.search(r"--key (\S+)", broken.output)
        assert broken.exit_code == 1
        assert told is not None
        # When it is sent again under the key that the client told
        again = await sent("--key", told[1])
    # Then it is the same request, and whoever brought a key is told none
    assert (again.exit_code, intake.keys) == (0, [told[1]] * 2)
    assert "--key" not in again.output
    assert "2 accepted, 0 refused" in again.output
