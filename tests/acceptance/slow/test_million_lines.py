"""Lines up and answers down, as many as there are, in the memory that the first of them needed."""

import itertools
import os
import re
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import pytest

from tests.acceptance.conftest import Running, started
from tests.unit.intake.examples import employee, raw

WRONG, FITTING = 1_000_000, int(os.environ.get("LINES", "100000"))
"""Lines that fit are fewer, where `LINES` asks for no other number: each is sealed, kept and scored, and none may be
under way without bound.
"""
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900 * max(1, FITTING // 100_000))]

_WRONG = b'{"assessment": 7}\n'
_FITTING = raw({"assessment": employee()["assessment"]}) + b"\n"
_PORTION = 500
_SAMPLES = 100
_GROWTH = 1.2


def resident_kib(pid: int) -> int:
    """The resident memory of a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"^VmRSS:\s+(\d+) kB$", status, re.MULTILINE)
    assert found is not None, status
    return int(found[1])


async def test_a_million_refused_lines_are_answered_one_by_one_in_constant_memory(tmp_path: Path) -> None:
    # Given a platform that streams a million lines, each of them wrong
    async with started(tmp_path / "stack", None, None) as running:
        # When it reads the answers as they come
        sampled = await stream(running, _WRONG, WRONG, status=422)
        # Then each line has had its own answer, in order, and intake's memory stays what it was after the first tenth
        demand_constant(sampled, after=_SAMPLES // 10)


async def test_accepted_lines_are_answered_one_by_one_in_constant_memory(tmp_path: Path) -> None:
    # Given a platform that streams many times as many hand-ins as may be under way
    async with started(tmp_path / "stack", None, None) as running:
        # When it reads the answers as they come
        sampled = await stream(running, _FITTING, FITTING, status=202)
        # Then each has been accepted, in order, and the second half took no more of intake's memory than the first
        demand_constant(sampled, after=_SAMPLES // 2)


def demand_constant(sampled: list[int], *, after: int) -> None:
    """That memory does not grow any more after so many samples."""
    first, later = sampled[after - 1], max(sampled[after:])
    told = f"resident KiB: {first} after {after} of {len(sampled)} samples, {later} at most later; {sampled[::10]}"
    print(told)
    assert later <= _GROWTH * first, told


async def stream(running: Running, line: bytes, count: int, *, status: int) -> list[int]:
    """Intake's memory at equal steps, where each of so many lines is answered with this status, in order."""
    pid, answered, sampled = running.stack.pid("intake"), itertools.count(1), []
    async with running.http.post(
        f"{running.intake}/v1/assessments/stream",
        data=portions([line * _PORTION] * (count // _PORTION)),
        headers=running.streaming(),
        timeout=None,
    ) as response:
        async for told in response.content:
            number = next(answered)
            assert told.startswith(b'{"line":%d,"status":%d,' % (number, status)), told
            if number % (count // _SAMPLES) == 0:
                sampled.append(resident_kib(pid))
    assert next(answered) == count + 1
    return sampled


async def portions(given: Iterable[bytes]) -> AsyncIterator[bytes]:
    for one in given:
        yield one
