"""An organisation that floods at most doubles the time that the others wait, on the same partitions."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from statistics import median

import pytest

from services.demo.platform import token
from services.intake.cli import register
from tests.acceptance.conftest import Running, started
from tests.unit.intake.examples import employee, raw

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

ROUNDS, SAMPLES, STREAMS = 4, 10, 2
OTHERS = (1, 3)
"""How many organisations hand in one by one, in turn with one flood and without."""
AHEAD = 500
"""So many lines of each stream always wait to be read: a flood, and yet one that ends when it is told to."""
LINE = raw({"assessment": employee()["assessment"]}) + b"\n"


@dataclass(frozen=True, slots=True)
class Organisation:
    """One that hands in, by its credentials."""

    running: Running
    credentials: dict[str, str]

    async def headers(self, content: str) -> dict[str, str]:
        """With a token of now, as one does not live for the whole test."""
        bearer = await token(self.running.http, self.running.intake, self.credentials)
        return {"Authorization": f"Bearer {bearer}", "Content-Type": content}

    async def samples(self) -> list[float]:
        """Seconds to a result, some times in a row, without the first: it finds what came before it was known that
        somebody else is there.
        """
        headers = await self.headers("application/json")
        return [await self._seconds_to_a_result(headers) for _ in range(SAMPLES + 1)][1:]

    async def _seconds_to_a_result(self, headers: dict[str, str]) -> float:
        began = time.monotonic()
        status, told = await self.running.post("/v1/assessments?wait=30", LINE, headers)
        assert (status, told["status"]) == (200, "scored")
        return time.monotonic() - began


async def organisation(running: Running, name: str) -> Organisation:
    """A new one."""
    socket = running.stack.place.admin_socket("intake")
    return Organisation(running, await register(socket, name, f"{name} Ltd", "contract", "employees-1"))


@dataclass(slots=True)
class Flood:
    """An organisation that always has more to send than is read of it."""

    of: Organisation
    accepted: int = 0

    @asynccontextmanager
    async def rising(self) -> AsyncIterator[None]:
        """It floods within the block, and has ended after it."""
        ended, flowing = asyncio.Event(), asyncio.Event()
        async with asyncio.TaskGroup() as group:
            for _ in range(STREAMS):
                group.create_task(self._stream(ended, flowing))
            await flowing.wait()
            yield
            ended.set()

    async def _stream(self, ended: asyncio.Event, flowing: asyncio.Event) -> None:
        ahead = asyncio.Semaphore(AHEAD)

        async def lines() -> AsyncIterator[bytes]:
            while not ended.is_set():
                await ahead.acquire()
                yield LINE

        place = f"{self.of.running.intake}/v1/assessments/stream"
        headers = await self.of.headers("application/x-ndjson") | {"Idempotency-Key": secrets.token_hex(16)}
        async with self.of.running.http.post(place, data=lines(), headers=headers, timeout=None) as response:
            async for answer in response.content:
                self.accepted += b'"status":202' in answer
                ahead.release()
                flowing.set()


async def each(others: Sequence[Organisation]) -> list[list[float]]:
    """The samples of each of these, all at once."""
    return await asyncio.gather(*(one.samples() for one in others))


async def delays(flood: Flood, others: Sequence[Organisation]) -> list[float]:
    """How many times as long each of these waits beside the flood as without it, by medians taken in turns."""
    without: list[list[list[float]]] = []
    beside: list[list[list[float]]] = []
    for _ in range(ROUNDS):
        without.append(await each(others))
        async with flood.rising():
            beside.append(await each(others))
    return [
        median(chain.from_iterable(with_it)) / median(chain.from_iterable(alone))
        for with_it, alone in zip(zip(*beside, strict=True), zip(*without, strict=True), strict=True)
    ]


async def test_a_flood_at_most_doubles_the_time_to_a_result_of_each_other(tmp_path: Path) -> None:
    async with started(tmp_path / "stack", None, None) as running:
        # Given organisations that hand in one by one, and one that floods now and then
        everybody = [await organisation(running, f"other-{number}") for number in range(max(OTHERS))]
        flood = Flood(await organisation(running, "flooding"))
        await each(everybody)
        told = {count: await delays(flood, everybody[:count]) for count in OTHERS}
        # Then, however many they are, each waits for its results at most twice as long beside the flood as without it
        said = {count: [f"{one:.2f}" for one in found] for count, found in told.items()}
        print(said, f"the flood brought {flood.accepted}")
        assert flood.accepted > len(OTHERS) * ROUNDS * SAMPLES, said
        assert max(chain.from_iterable(told.values())) <= 2, said
