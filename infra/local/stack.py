"""Everything on one machine: a broker with its topics and the four services, under one supervisor."""

import asyncio
import fcntl
import os
import shutil
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Literal

from infra.local.broker import Kind, Wanted, begin_broker, choose
from infra.local.child import Command
from infra.local.databases import postgres_databases, sqlite_databases
from infra.local.ports import LOOPBACK, free_port, port_from
from infra.local.probe import http_ready
from infra.local.services import SERVICES, Place, Service, environment
from infra.local.sockets import remove_short, socket_directory
from infra.local.supervisor import Notice, Supervisor, log_notice
from infra.local.tokens import create_tokens
from infra.local.topics import TopicSpec

SERVICE = "{service}"
"""What stands for the service's name in the command template."""


class StackError(Exception):
    """The stack cannot start; says why."""


class Stack:
    """A whole stack; use as an async context manager: when it is entered, every service is ready.

    `data` is the data directory and `command` the command line of a service, with `{service}` for its name.
    `database_url`: a PostgreSQL server's, else each service has an SQLite file. `ports`: "usual" for 8080 to 8083
    or the next free ones, "free" for any. `extra`: more variables for each service.
    """

    def __init__(
        self,
        data: Path,
        command: Sequence[str],
        topics: Sequence[TopicSpec],
        *,
        broker: Wanted = "auto",
        database_url: str | None = None,
        ports: Literal["usual", "free"] = "usual",
        extra: Mapping[str, str] | None = None,
        environ: Mapping[str, str] = os.environ,
        notice: Notice = log_notice,
    ) -> None:
        self._home = data.absolute()
        self._command = tuple(command)
        self._topics = tuple(topics)
        self._wanted = broker
        self._database_url = database_url
        self._ports = ports
        self._extra = dict(extra or {})
        self._environ = dict(environ)
        self._notice = notice
        self._ends = AsyncExitStack()

    async def __aenter__(self) -> "Stack":
        try:
            await self._start()
        except BaseException:
            await self._ends.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._ends.aclose()

    @property
    def kind(self) -> Kind:
        """Which broker."""
        return self._choice.kind

    @property
    def reason(self) -> str:
        """Why this broker, in one line."""
        return self._choice.reason

    @property
    def bootstrap(self) -> str:
        return self.place.bootstrap

    @property
    def data(self) -> Path:
        """Where this stack's data lies: the data directory, or its `embedded` part."""
        return self.place.data

    @property
    def urls(self) -> dict[str, str]:
        """The public address of each service."""
        return {service: self.place.url(service) for service in self.place.ports}

    @property
    def logs(self) -> Path:
        """The directory of each process's log, NAME.log; the broker's is kafka.log."""
        return self.supervisor.logs

    def pid(self, service: str) -> int:
        return self.supervisor.pid(service)

    def kill(self, service: str, *, hold: bool = False) -> None:
        """kill -9; it starts again by itself, or with `hold` after `release`."""
        self.supervisor.kill(service, hold=hold)

    def release(self, service: str) -> None:
        self.supervisor.release(service)

    async def ready(self, service: str) -> None:
        """Wait until a service that was killed is ready again."""
        await self.supervisor.ready(service)

    async def broken(self) -> str:
        """Wait for an end that nothing can mend; says what it was."""
        return await self.supervisor.broken()

    async def _start(self) -> None:
        self._ends.enter_context(_only_one(self._home))
        self._choice = await choose(self._wanted, self._home, self._environ)
        self._notice(self._choice.reason)
        data = _emptied(self._home / "embedded") if self._choice.ephemeral else self._home
        self.supervisor = await self._ends.enter_async_context(Supervisor(data / "logs", self._notice))
        bootstrap, broker = await begin_broker(self._choice, self.supervisor, data, self._topics)
        self.place = await self._settle(data, bootstrap)
        await self._start_side_by_side(broker)

    async def _start_side_by_side(self, broker: Coroutine[None, None, None]) -> None:
        """Start the broker and the services at once: a service waits for the topics itself."""
        try:
            async with asyncio.TaskGroup() as starting:
                starting.create_task(broker)
                for service in SERVICES:
                    starting.create_task(self.supervisor.start(self._service(service)))
        except BaseExceptionGroup as failures:
            raise failures.exceptions[0] from None

    async def _settle(self, data: Path, bootstrap: str) -> Place:
        create_tokens(data / "secrets")
        self._ends.callback(remove_short, data / "run")
        run = socket_directory(data)
        databases = await self._databases(data)
        return Place(data, run, LOOPBACK, bootstrap, self._choose_ports(), databases, self._choice.kind)

    def _choose_ports(self) -> dict[str, int]:
        chosen: dict[str, int] = {}
        for service in sorted(SERVICES, key=lambda service: service.port):
            free = self._ports == "free"
            chosen[service.name] = free_port() if free else port_from(service.port, chosen.values())
        return chosen

    async def _databases(self, data: Path) -> dict[str, str]:
        stores = [service.name for service in SERVICES if service.stores]
        if self._database_url is None:
            return sqlite_databases(data, stores)
        return await postgres_databases(self._database_url, stores, fresh=self._choice.ephemeral)

    def _service(self, service: Service) -> Command:
        argv = tuple(part.replace(SERVICE, service.name) for part in self._command)
        variables = environment(service, self.place, self._environ, self._extra)
        return Command(service.name, argv, http_ready(f"{self.place.url(service.name)}/readyz"), variables)


@contextmanager
def _only_one(home: Path) -> Iterator[None]:
    """Hold the data directory: two stacks over one would destroy each other's data."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (home / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StackError(f"another stack runs over {home}; end it, or name another directory") from None
        yield


def _emptied(directory: Path) -> Path:
    if directory.exists():
        remove_short(directory / "run")
        shutil.rmtree(directory)
    directory.mkdir(mode=0o700)
    return directory
