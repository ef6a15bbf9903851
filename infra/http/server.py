"""Serving a service: its listeners, its health, and its end."""

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
import uvloop
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from infra.http.operation import TEXT, Answer, json_of, operation
from infra.kafka.lifecycle import FAILURE
from infra.telemetry import configure_logging

log = structlog.get_logger(__name__)
_STATUS = {
    "type": "object",
    "required": ["status"],
    "properties": {"status": {"type": "string"}, "missing": {"type": "string"}},
}
HEAD_SECONDS = 65.0
"""So long a connection may bring no whole head of a request, the first or the next, however slowly its bytes drip."""
Build = Callable[[], Awaitable["list[Listener]"]]
Ready = Callable[[], str | None]
"""Gives None when ready, else what is still missing, in a few words."""


@dataclass(frozen=True, slots=True)
class Listener:
    """An application and where it listens: a TCP address, or a Unix socket that only its owner may open."""

    application: web.Application
    host: str = "127.0.0.1"
    port: int = 0
    socket: Path | None = None


def health_routes(ready: Ready) -> list[web.RouteDef]:
    """`/healthz` (the process lives), `/readyz` (it can work, or 503 and why not) and `/metrics`."""

    @operation(answers={200: json_of(_STATUS)}, about="The process lives.")
    async def healthz(_: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    @operation(
        answers={200: json_of(_STATUS), 503: json_of(_STATUS, "Not yet, and what is missing.")}, about="It can work."
    )
    async def readyz(_: web.Request) -> web.Response:
        missing = ready()
        if missing is None:
            return web.json_response({"status": "ready"})
        return web.json_response({"status": "not ready", "missing": missing}, status=503)

    @operation(answers={200: Answer({"text/plain": TEXT})}, about="What a Prometheus reads.")
    async def metrics(_: web.Request) -> web.Response:
        return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return [web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", metrics)]


def run(service: str, build: Build, after: Callable[[], Awaitable[None]]) -> None:
    """Build the service after what it needs is there, and serve it until a signal ends it.

    A crash of any part ends the process with code 1.
    """
    configure_logging(service)
    try:
        uvloop.run(_serve(build, after))
    except Exception as error:
        log.error("crashed", kind=type(error).__name__, reason=str(error)[:300])
        raise SystemExit(1) from error


async def _serve(build: Build, after: Callable[[], Awaitable[None]]) -> None:
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[None] = loop.create_future()

    def end() -> None:
        if not ended.done():
            ended.set_result(None)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end)
    if not await _done_before(asyncio.ensure_future(after()), ended):
        return
    async with AsyncExitStack() as stack:
        # What is built may wait for its database to take something; a signal ends that too.
        building = asyncio.ensure_future(build())
        if not await _done_before(building, ended):
            return
        for listener in building.result():
            listener.application[FAILURE] = ended
            await stack.enter_async_context(_listening(listener))
        await ended


async def _done_before(work: "asyncio.Future[Any]", ended: "asyncio.Future[None]") -> bool:
    """Whether the work was done before a signal came. Raises what the work raises."""
    await asyncio.wait((work, ended), return_when=asyncio.FIRST_COMPLETED)
    if work.done():
        work.result()
        return True
    work.cancel()
    return False


@contextlib.asynccontextmanager
async def _listening(listener: Listener):  # type: ignore[no-untyped-def]
    runner = web.AppRunner(
        listener.application,
        access_log=None,
        shutdown_timeout=5.0,
        lingering_time=2.0,
        keepalive_timeout=HEAD_SECONDS,
    )
    await runner.setup()
    try:
        if listener.socket is None:
            await web.TCPSite(runner, listener.host, listener.port).start()
        else:
            listener.socket.unlink(missing_ok=True)
            await web.UnixSite(runner, str(listener.socket)).start()
            listener.socket.chmod(0o600)
        yield runner
    finally:
        await runner.cleanup()
