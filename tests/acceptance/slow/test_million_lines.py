"""A million lines up and a million answers down, in the memory that the first tenth needed."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.acceptance.conftest import Running, started

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

LINES = 1_000_000
_WRONG = b'{"assessment": 7}\n'
_PORTION = 2_000
_SAMPLED_EVERY = 10_000
_GROWTH = 1.2


def resident_kib(pid: int) -> int:
    """The resident memory of a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"^VmRSS:\s+(\d+) kB$", status, re.MULTILINE)
    assert found is not None, status
    return int(found[1])


async def wrong_lines() -> AsyncIterator[bytes]:
    for _ in range(LINES // _PORTION):
        yield _WRONG * _PORTION


async def test_a_million_refused_lines_are_answered_one_by_one_in_constant_memory(tmp_path: Path) -> None:
    # Given a platform that streams a million lines, each of them wrong
    async with started(tmp_path / "stack", None, None) as running:
        # When it reads the answers as they come
        answered, sampled = await stream(running)
        # Then each line has its own answer, in order, and intake's memory stays what it was after the first tenth
        assert answered == LINES
        first, later = sampled[: len(sampled) // 10], sampled[len(sampled) // 10 :]
        assert max(later) <= _GROWTH * first[-1], f"resident KiB: {first[-1]} at a tenth, {max(later)} at most"


async def stream(running: Running) -> tuple[int, list[int]]:
    pid, answered, sampled = running.stack.pid("intake"), 0, []
    async with running.http.post(
        f"{running.intake}/v1/assessments/stream", data=wrong_lines(), headers=running.streaming(), timeout=None
    ) as response:
        async for raw in response.content:
            answered += 1
            assert raw.startswith(b'{"line":%d,"status":422,' % answered), raw
            if answered % _SAMPLED_EVERY == 0:
                sampled.append(resident_kib(pid))
    return answered, sampled
