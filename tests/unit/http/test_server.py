"""A connection that brings no whole head of a request is not kept for ever."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from infra.http import server
from infra.http.server import Listener

WHOLE = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"


@pytest.fixture
async def port(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    monkeypatch.setattr(server, "HEAD_SECONDS", 0.3)

    async def here(_: web.Request) -> web.Response:
        return web.Response(text="here")

    app = web.Application()
    app.router.add_get("/", here)
    async with server._listening(Listener(app)) as runner:
        yield runner.addresses[0][1]


@pytest.mark.parametrize("before", [b"", WHOLE], ids=["the first request", "the one after it"])
async def test_a_head_that_drips_is_not_waited_for(port: int, before: bytes) -> None:
    # Given a connection, perhaps with a request that was answered
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    if before:
        writer.write(before)
        assert b"200 OK" in await reader.readuntil(b"here")
    # When its next head comes byte by byte
    writer.write(b"GET / HTTP/1.1\r\nX-Long: ")

    async def drip() -> None:
        while True:
            writer.write(b"a")
            await asyncio.sleep(0.02)

    dripping = asyncio.create_task(drip())
    # Then it is closed, or reset where bytes of it were not read yet
    async with asyncio.timeout(30):
        with contextlib.suppress(ConnectionError):
            assert await reader.read() == b""
    dripping.cancel()
    writer.close()
