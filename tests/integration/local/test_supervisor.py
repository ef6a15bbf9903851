"""The supervisor over real processes."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.local.child import ChildError, Command
from infra.local.supervisor import Supervisor

SLEEPER = "import signal, sys, pathlib; pathlib.Path(sys.argv[1]).touch(); signal.pause()"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);" + SLEEPER

# A shell ignores SIGINT for what it starts in its background, and so do some test runners; at a terminal it counts.
FAMILY = """
import asyncio, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from pathlib import Path
from infra.local.supervisor import Supervisor
from tests.integration.local.test_supervisor import sleeper

async def main(home):
    async with Supervisor(home / "logs") as supervisor:
        for name in ("one", "two"):
            await supervisor.start(sleeper(home, name))
        print(*map(supervisor.pid, ("one", "two")), flush=True)
        await asyncio.Event().wait()

asyncio.run(main(Path(sys.argv[1])))
"""


def sleeper(home: Path, name: str, code: str = SLEEPER, **options: bool) -> Command:
    """A command that touches a file, is ready then, and sleeps."""
    mark = home / f"{name}.mark"

    async def touched() -> bool:
        return mark.exists()

    return Command(name, (sys.executable, "-c", code, str(mark)), touched, **options)


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits for its parent's look does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


async def until(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0.02)


async def test_what_crashes_is_started_again(tmp_path: Path) -> None:
    notices: list[str] = []
    async with Supervisor(tmp_path / "logs", notices.append) as supervisor:
        await supervisor.start(sleeper(tmp_path, "one"))
        first = supervisor.pid("one")

        supervisor.kill("one")
        await supervisor.ready("one")

        assert supervisor.pid("one") != first
        assert alive(supervisor.pid("one"))
        assert notices == ["one ended with status -9; starts again in 0.2 s"]


async def test_what_crashes_again_waits_longer_each_time(tmp_path: Path) -> None:
    notices: list[str] = []
    async with Supervisor(tmp_path / "logs", notices.append) as supervisor:
        await supervisor.start(sleeper(tmp_path, "one"))
        for _ in range(3):
            supervisor.kill("one")
            await supervisor.ready("one")

    assert [notice.rpartition("in ")[2] for notice in notices] == ["0.2 s", "0.4 s", "0.8 s"]


async def test_what_is_held_down_stays_down_until_it_is_released(tmp_path: Path) -> None:
    notices: list[str] = []
    async with Supervisor(tmp_path / "logs", notices.append) as supervisor:
        await supervisor.start(sleeper(tmp_path, "one"))
        first = supervisor.pid("one")

        supervisor.kill("one", hold=True)
        await until(lambda: bool(notices))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(supervisor.ready("one"), 0.5)
        assert supervisor.pid("one") == first

        supervisor.release("one")
        await supervisor.ready("one")
        assert alive(supervisor.pid("one"))


async def test_the_last_started_ends_first(tmp_path: Path) -> None:
    code = (
        "import signal, sys, pathlib, time\n"
        "mark = pathlib.Path(sys.argv[1])\n"
        "def end(*_):\n"
        "    (mark.parent / 'order').open('a').write(mark.stem + ' ')\n"
        "    sys.exit()\n"
        "signal.signal(signal.SIGTERM, end); mark.touch(); signal.pause()\n"
    )
    async with Supervisor(tmp_path / "logs") as supervisor:
        for name in ("one", "two", "three"):
            await supervisor.start(sleeper(tmp_path, name, code))

    assert (tmp_path / "order").read_text().split() == ["three", "two", "one"]


async def test_who_does_not_heed_sigterm_is_killed(tmp_path: Path) -> None:
    async with Supervisor(tmp_path / "logs", stop_bound=0.2) as supervisor:
        await supervisor.start(sleeper(tmp_path, "one", STUBBORN))
        pid = supervisor.pid("one")

    assert not alive(pid)


async def test_a_failed_start_shows_the_end_of_the_log(tmp_path: Path) -> None:
    async with Supervisor(tmp_path / "logs") as supervisor:
        with pytest.raises(ChildError, match=r"one ended with status 1 before it was ready(.|\n)*no such port"):
            await supervisor.start(sleeper(tmp_path, "one", "raise SystemExit('no such port')"))


async def test_a_command_that_does_not_exist_says_so(tmp_path: Path) -> None:
    async def never() -> bool:
        return False

    async with Supervisor(tmp_path / "logs") as supervisor:
        with pytest.raises(ChildError, match="no-such-program: No such file or directory"):
            await supervisor.start(Command("one", ("no-such-program",), never))


async def test_the_log_of_the_run_before_is_kept(tmp_path: Path) -> None:
    for run in ("first", "second"):
        (tmp_path / "one.mark").unlink(missing_ok=True)
        async with Supervisor(tmp_path / "logs") as supervisor:
            await supervisor.start(sleeper(tmp_path, "one", f"print('{run}', flush=True);" + SLEEPER))

    assert (tmp_path / "logs" / "one.log").read_text() == "second\n"
    assert (tmp_path / "logs" / "one.previous.log").read_text() == "first\n"


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT], ids=["kill -9", "Ctrl-C"])
async def test_no_child_outlives_the_supervisor(tmp_path: Path, end: signal.Signals) -> None:
    # Given a supervisor in a process of its own, with two children
    family = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        FAMILY,
        str(tmp_path),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert family.stdout
    children = [int(pid) for pid in (await family.stdout.readline()).split()]
    assert len(children) == 2
    assert all(map(alive, children))

    # When it ends
    os.kill(family.pid, end)
    await family.communicate()

    # Then they end too
    await until(lambda: not any(map(alive, children)))
