"""What belongs to one organisation goes on after whatever it raises, and ends nothing else."""

import asyncio
from collections.abc import Sequence

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from infra.lasting import lasting

NO_PAUSE = (0.0,)


def failures(part: str) -> float:
    return REGISTRY.get_sample_value("careerpulse_organisation_failures_total", {"part": part}) or 0.0


async def until_begun(times: int, errors: Sequence[Exception], part: str) -> int:
    """How often the work was begun, when it was at least so often; the first times it raises these."""
    begun, enough = 0, asyncio.Event()

    async def work() -> None:
        nonlocal begun
        begun += 1
        if begun <= len(errors):
            raise errors[begun - 1]
        if begun >= times:
            enough.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(lasting(part, work, NO_PAUSE))
    async with asyncio.timeout(10):
        await enough.wait()
    task.cancel()
    await asyncio.wait((task,))
    assert task.cancelled()
    return begun


async def test_work_that_fails_begins_anew_and_each_failure_is_counted() -> None:
    before = failures("test")
    assert await until_begun(3, [KeyError("P-999"), ValueError("x")], "test") == 3
    assert failures("test") == before + 2


async def test_the_log_says_what_failed_and_where_and_never_what_was_sent() -> None:
    with capture_logs() as lines:
        await until_begun(2, [ValueError("CANARY")], "test")
    (line,) = lines
    assert (line["kind"], "test_lasting.py" in line["place"]) == ("ValueError", True)
    assert "CANARY" not in str(line)


async def test_the_pauses_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 4:
            raise asyncio.CancelledError

    async def work() -> None:
        raise OSError

    monkeypatch.setattr("infra.lasting.asyncio.sleep", sleep)
    with pytest.raises(asyncio.CancelledError):
        await lasting("test", work, (1.0, 2.0, 5.0))
    assert waited == [1.0, 2.0, 5.0, 5.0]
