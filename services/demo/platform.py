"""The HR platform's part: stream assessments of employees, fetch every result."""

import asyncio
import json
import secrets
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass

import aiohttp

from services.demo.failure import StepFailed, expect
from services.methodology.specimen import specimens

SEED = "careerpulse-demo"
_CHUNK = 100
_READERS = 16
_POLL_SECONDS = 0.02

Progress = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Delivered:
    """What the platform measured. Times in seconds; latencies from sending a line to holding its result."""

    count: int
    seconds: float
    latencies: Sequence[float]

    @property
    def per_second(self) -> float:
        """Results per second, from the first line sent to the last result fetched."""
        return self.count / self.seconds

    def latency(self, share: float) -> float:
        """The latency that this share of assessments stayed below."""
        return self.latencies[min(len(self.latencies) - 1, int(share * len(self.latencies)))]


async def token(http: aiohttp.ClientSession, intake: str, credentials: dict[str, str]) -> str:
    """An access token for the organisation's credentials."""
    form = {"grant_type": "client_credentials", **credentials}
    async with http.post(f"{intake}/v1/oauth/token", data=form) as response:
        expect(response.status == 200, f"the token request was answered {response.status}")
        return str((await response.json())["access_token"])


class Platform:
    """One run of the stream."""

    def __init__(self, http: aiohttp.ClientSession, intake: str, access_token: str) -> None:
        self._http = http
        self._intake = intake
        self._headers = {"Authorization": f"Bearer {access_token}"}
        self._sent_at: dict[int, float] = {}
        self._accepted: asyncio.Queue[tuple[int, str] | None] = asyncio.Queue()
        self._latencies: list[float] = []

    async def deliver(self, count: int, accepted: Progress, fetched: Progress) -> Delivered:
        """Stream `count` assessments drawn with a fixed seed and fetch each result. Raises StepFailed."""
        lines = [_line(place, answers) for place, answers in enumerate(specimens(SEED, count), start=1)]
        began = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(_READERS):
                group.create_task(self._fetch(fetched))
            await self._stream(lines, accepted)
            for _ in range(_READERS):
                self._accepted.put_nowait(None)
        seconds = time.perf_counter() - began
        expect(len(self._latencies) == count, f"{len(self._latencies)} results for {count} assessments")
        return Delivered(count, seconds, sorted(self._latencies))

    async def _stream(self, lines: Sequence[bytes], accepted: Progress) -> None:
        named = {"Content-Type": "application/x-ndjson", "Idempotency-Key": secrets.token_hex(16)}
        headers = self._headers | named
        address = f"{self._intake}/v1/assessments/stream"
        async with self._http.post(address, data=self._body(lines), headers=headers) as response:
            expect(response.status == 200, f"the stream was answered {response.status}")
            async for raw in response.content:
                answer = json.loads(raw)
                expect(answer["status"] == 202, f"line {answer['line']} was answered {answer}")
                self._accepted.put_nowait((answer["line"], answer["id"]))
                accepted()

    async def _body(self, lines: Sequence[bytes]) -> AsyncIterator[bytes]:
        for start in range(0, len(lines), _CHUNK):
            moment = time.perf_counter()
            chunk = lines[start : start + _CHUNK]
            self._sent_at |= dict.fromkeys(range(start + 1, start + 1 + len(chunk)), moment)
            yield b"".join(chunk)

    async def _fetch(self, fetched: Progress) -> None:
        while (one := await self._accepted.get()) is not None:
            line, assessment = one
            await self._until_scored(assessment)
            self._latencies.append(time.perf_counter() - self._sent_at[line])
            fetched()

    async def _until_scored(self, assessment: str) -> None:
        address = f"{self._intake}/v1/assessments/{assessment}"
        while True:
            async with self._http.get(address, headers=self._headers) as response:
                body = await response.json()
            if response.status != 200 or body["status"] not in ("accepted", "scored"):
                raise StepFailed(f"an assessment ended as {body}")
            if body["status"] == "scored":
                return
            await asyncio.sleep(_POLL_SECONDS)


def _line(place: int, answers: dict[str, object]) -> bytes:
    return json.dumps({"external_id": f"employee-{place}", "assessment": answers}).encode() + b"\n"
