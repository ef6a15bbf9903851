"""One child process: tied to this one, in a session of its own, its output in a file."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from infra.local.tether import tethered

Probe = Callable[[], Awaitable[bool]]


class ChildError(Exception):
    """A child that did not come up; says which, how it ended and what it last wrote."""


@dataclass(frozen=True, slots=True)
class Command:
    """What to run and how to see that it is ready.

    `environment` is the whole environment. `restart` is false for what loses its state when it ends.
    `user` is whom to run it as, if not as oneself.
    """

    name: str
    argv: tuple[str, ...]
    ready: Probe
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    restart: bool = True
    user: str = ""


def last_lines(log: Path, count: int = 15) -> str:
    """The end of a log file, each line indented."""
    lines = log.read_text(errors="replace").splitlines()[-count:]
    return "\n".join(f"    {line}" for line in lines) or "    (it wrote nothing)"


class Child:
    """A running command, leader of a session of its own: a Ctrl-C at the terminal reaches only its parent."""

    def __init__(self, command: Command, log: Path, process: asyncio.subprocess.Process) -> None:
        self.command = command
        self.log = log
        self._process = process

    @classmethod
    async def start(cls, command: Command, log: Path) -> "Child":
        """Start the command; its output is added to `log`."""
        with log.open("ab") as output:
            process = await asyncio.create_subprocess_exec(
                *tethered(command.argv, command.user),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=dict(command.environment),
                start_new_session=True,
            )
        return cls(command, log, process)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def ended(self) -> bool:
        return self._process.returncode is not None

    async def wait(self) -> int:
        """The exit status; negative: the signal that ended it."""
        return await self._process.wait()

    async def ready(self, bound: float) -> None:
        """Wait until the probe says yes. Raises ChildError if it ends first or `bound` seconds pass."""
        try:
            async with asyncio.timeout(bound):
                while not await self.command.ready():
                    if self.ended:
                        raise self._failure(f"ended with status {self._process.returncode} before it was ready")
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise self._failure(f"was not ready within {bound:g} s") from None

    async def stop(self, bound: float) -> None:
        """SIGTERM, then after `bound` seconds SIGKILL to all of its session."""
        if self.ended:
            return
        self._process.terminate()
        try:
            await asyncio.wait_for(self._process.wait(), bound)
        except TimeoutError:
            os.killpg(self.pid, signal.SIGKILL)
            await self._process.wait()

    def kill(self) -> None:
        """kill -9."""
        if not self.ended:
            self._process.kill()

    def _failure(self, what: str) -> ChildError:
        return ChildError(f"{self.command.name} {what}; {self.log} ends with:\n{last_lines(self.log)}")
