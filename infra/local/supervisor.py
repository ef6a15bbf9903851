"""Keeps a row of commands running: started in order, started again after a crash, ended in reverse order."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from infra.local.child import Child, ChildError, Command

_FIRST_PAUSE = 0.2
_LONGEST_PAUSE = 10.0
_STEADY = 30.0

Notice = Callable[[str], None]

log_notice: Notice = logging.getLogger(__name__).warning


class _Member:
    """A supervised command with its present child."""

    def __init__(self, command: Command, child: Child) -> None:
        self.command = command
        self.child = child
        self.is_ready = asyncio.Event()
        self.may_run = asyncio.Event()
        self.may_run.set()
        self.watch: asyncio.Task[None] | None = None


class Supervisor:
    """Supervises commands; use as an async context manager.

    `logs` is the directory of NAME.log (the run before is kept as NAME.previous.log). After a crash a command
    starts again after 0.2 s, each time twice as long up to 10 s, and 0.2 s again once it has run for 30 s.
    """

    def __init__(
        self,
        logs: Path,
        notice: Notice = log_notice,
        ready_bound: float = 120.0,
        stop_bound: float = 10.0,
    ) -> None:
        self.logs = logs
        self._notice = notice
        self._ready_bound = ready_bound
        self._stop_bound = stop_bound
        self._members: dict[str, _Member] = {}
        self._broken: asyncio.Queue[str] = asyncio.Queue()

    async def __aenter__(self) -> "Supervisor":
        self.logs.mkdir(parents=True, exist_ok=True)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self, command: Command) -> None:
        """Start a command and wait until it is ready. Raises ChildError with the log's last lines."""
        log = self.log(command.name)
        if log.exists():
            log.replace(log.with_suffix(".previous.log"))
        child = await Child.start(command, log)
        member = self._members[command.name] = _Member(command, child)
        await child.ready(self._ready_bound)
        member.is_ready.set()
        member.watch = asyncio.create_task(self._watch(member), name=f"watch {command.name}")
        member.watch.add_done_callback(self._watch_ended)

    async def ready(self, name: str) -> None:
        """Wait until a command that crashed or was killed is ready again."""
        await self._members[name].is_ready.wait()

    async def broken(self) -> str:
        """Wait for the end of a command that may not be started again; says which and how."""
        return await self._broken.get()

    def pid(self, name: str) -> int:
        return self._members[name].child.pid

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def kill(self, name: str, *, hold: bool = False) -> None:
        """kill -9. With `hold` it stays down until `release`."""
        member = self._members[name]
        if hold:
            member.may_run.clear()
        member.is_ready.clear()
        member.child.kill()

    def release(self, name: str) -> None:
        """Let a command that was held down start again."""
        self._members[name].may_run.set()

    async def stop(self) -> None:
        """End every command, the last started first."""
        while self._members:
            _, member = self._members.popitem()
            if member.watch:
                member.watch.cancel()
                await asyncio.gather(member.watch, return_exceptions=True)
            await member.child.stop(self._stop_bound)

    async def _watch(self, member: _Member) -> None:
        name, pause = member.command.name, _FIRST_PAUSE
        clock = asyncio.get_running_loop().time
        while True:
            began = clock()
            status = await member.child.wait()
            member.is_ready.clear()
            if not member.command.restart:
                self._broken.put_nowait(
                    f"{name} ended with status {status}; it keeps nothing, so all must start anew"
                )
                return
            if clock() - began > _STEADY:
                pause = _FIRST_PAUSE
            self._notice(f"{name} ended with status {status}; starts again in {pause:g} s")
            await asyncio.sleep(pause)
            await member.may_run.wait()
            pause = min(2 * pause, _LONGEST_PAUSE)
            await self._again(member)

    def _watch_ended(self, watch: asyncio.Task[None]) -> None:
        if not watch.cancelled() and (error := watch.exception()):
            self._broken.put_nowait(f"{watch.get_name()} failed: {error!r}")

    async def _again(self, member: _Member) -> None:
        member.child = await Child.start(member.command, self.log(member.command.name))
        try:
            await member.child.ready(self._ready_bound)
        except ChildError as error:
            self._notice(str(error))
            await member.child.stop(self._stop_bound)
        else:
            member.is_ready.set()
