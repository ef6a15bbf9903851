"""Faust inside aiohttp: life cycle, timers and low-rate agents of a service, ended when the service ends.

The hot loops run as Faust services too, so that one tree starts, stops and crashes as a whole: when any part
crashes the process ends, and the supervisor starts it anew. It never lives on by half.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import faust
from aiohttp import web
from mode import Service

from infra.kafka.security import Security, security

FAILURE: web.AppKey["asyncio.Future[None]"] = web.AppKey("failure")
"""Set when a part of the service has crashed; whoever serves the application ends the process then."""


def faust_app(name: str, bootstrap: str, data_dir: Path) -> faust.App:
    """A Faust app that owns no topic, no table and no web server."""
    directory = data_dir / "faust" / name
    directory.mkdir(parents=True, exist_ok=True)
    return faust.App(
        f"{name}.agents",  # its consumer group, beside that of the batch loop
        broker=f"kafka://{bootstrap}",
        broker_credentials=_credentials(security()),
        topic_disable_leader=True,
        topic_allow_declare=False,
        web_enabled=False,
        value_serializer="raw",
        datadir=str(directory),
        broker_session_timeout=6,
        broker_heartbeat_interval=1,
        broker_commit_interval=1.0,
        # What an agent has not acknowledged comes again, so an end or a rebalance need not wait for it.
        stream_wait_empty=False,
    )


def _credentials(chosen: Security) -> "faust.SASLCredentials | faust.SSLCredentials | None":
    """How Faust is told what aiokafka's clients are told."""
    if chosen.logs_in:
        return faust.SASLCredentials(
            username=chosen.username, password=chosen.password, mechanism=chosen.mechanism, ssl_context=chosen.tls
        )
    return None if chosen.tls is None else faust.SSLCredentials(chosen.tls)


class Loop(Service):  # type: ignore[misc]
    """A coroutine that runs as long as the Faust app does; its error is the app's crash."""

    def __init__(self, name: str, main: Callable[[], Awaitable[None]]) -> None:
        super().__init__()
        self._name = name
        self._main = main

    @Service.task  # type: ignore[untyped-decorator]
    async def _run(self) -> None:
        await self._main()

    @property
    def label(self) -> str:
        """The name shown in logs."""
        return self._name


def running(app: faust.App, *loops: Loop) -> Callable[[web.Application], AsyncIterator[None]]:
    """An aiohttp clean-up context in which the Faust app and the loops run."""

    async def context(application: web.Application) -> AsyncIterator[None]:
        app.boot_strategy.enable_kafka_consumer = bool(app.agents)
        app.boot_strategy.enable_kafka_producer = bool(app.agents)
        app.finalize()
        await app.start()
        for loop in loops:
            await app.add_runtime_dependency(loop)
        watch = asyncio.create_task(_watch(app, application[FAILURE]))
        yield
        watch.cancel()
        await app.stop()

    return context


async def _watch(app: faust.App, failure: "asyncio.Future[None]") -> None:
    await app.wait_until_stopped()
    if app.crash_reason is not None and not failure.done():
        failure.set_exception(app.crash_reason)
