"""An organisation that floods delays another, on the same partitions, by no more than twice its time alone."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median

import pytest

from services.demo.platform import token
from services.intake.cli import register
from tests.acceptance.conftest import Running, started
from tests.unit.intake.examples import employee, raw

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

ROUNDS, SAMPLES, STREAMS = 4, 10, 2
LINE = raw({"assessment": employee()["assessment"]}) + b"\n"


class Flood:
    """An organisation that sends as much as is read of it."""

    def __init__(self, running: Running, headers: dict[str, str]) -> None:
        self._running = running
        self._headers = headers
        self.accepted = 0

    @asynccontextmanager
    async def rising(self) -> AsyncIterator[None]:
        """It floods within the block, and has ended after it."""
        ended, flowing = asyncio.Event(), asyncio.Event()

        async def lines() -> AsyncIterator[bytes]:
            while not ended.is_set():
                yield LINE * 50
                await asyncio.sleep(0)

        async def stream() -> None:
            key = {"Content-Type": "application/x-ndjson", "Idempotency-Key": secrets.token_hex(16)}
            place, headers = f"{self._running.intake}/v1/assessments/stream", self._headers | key
            async with self._running.http.post(place, data=lines(), headers=headers, timeout=None) as response:
                async for answer in response.content:
                    self.accepted += b'"status":202' in answer
                    flowing.set()

        async with asyncio.TaskGroup() as group:
            for _ in range(STREAMS):
                group.create_task(stream())
            await flowing.wait()
            yield
            ended.set()


async def seconds_to_a_result(running: Running) -> float:
    began = time.monotonic()
    headers = running.headers | {"Content-Type": "application/json"}
    status, told = await running.post("/v1/assessments?wait=30", LINE, headers)
    assert (status, told["status"]) == (200, "scored")
    return time.monotonic() - began


async def samples(running: Running) -> list[float]:
    """The first is left out: it finds what came before it was known that somebody else is there."""
    return [await seconds_to_a_result(running) for _ in range(SAMPLES + 1)][1:]


async def test_a_flood_at_most_doubles_the_time_to_a_result_of_another(tmp_path: Path) -> None:
    async with started(tmp_path / "stack", None, None) as running:
        # Given an organisation that hands in one by one, and another that floods now and then
        socket = running.stack.place.admin_socket("intake")
        credentials = await register(socket, "globex", "Globex Ltd", "contract", "employees-1")
        bearer = {"Authorization": f"Bearer {await token(running.http, running.intake, credentials)}"}
        flood, alone, beside = Flood(running, bearer), [], []
        await samples(running)
        for _ in range(ROUNDS):
            alone += await samples(running)
            async with flood.rising():
                beside += await samples(running)
        # Then it waits for its results at most twice as long beside the flood as alone
        told = f"alone {median(alone):.3f} s, beside {median(beside):.3f} s; the flood brought {flood.accepted}"
        print(told)
        assert flood.accepted > ROUNDS * SAMPLES, told
        assert median(beside) <= 2 * median(alone), told
