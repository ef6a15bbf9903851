"""The HR platform's part: stream assessments of employees, fetch every result."""

import asyncio
import json
import secrets
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp

from services.demo.failure import expect
from services.methodology.specimen import specimens

SEED = "careerpulse-demo"
_CHUNK = 100
_PAGE = 500
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
    """One run of the stream, by an organisation that has fetched what it was told before."""

    def __init__(self, http: aiohttp.ClientSession, intake: str, access_token: str) -> None:
        self._http = http
        self._intake = intake
        self._headers = {"Authorization": f"Bearer {access_token}"}
        self._cursor = 0
        self._sent_at: dict[int, float] = {}
        self._accepted: dict[str, int] = {}
        self._held_at: dict[str, float] = {}

    async def deliver(self, count: int, accepted: Progress, fetched: Progress) -> Delivered:
        """Stream `count` assessments drawn with a fixed seed and fetch each result. Raises StepFailed."""
        lines = [_line(place, answers) for place, answers in enumerate(specimens(SEED, count), start=1)]
        while await self._page():
            pass
        began = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._stream(lines, accepted))
            group.create_task(self._fetch(count, fetched))
        seconds = time.perf_counter() - began
        latencies = [self._held_at[one] - self._sent_at[line] for one, line in self._accepted.items()]
        return Delivered(count, seconds, sorted(latencies))

    async def _stream(self, lines: Sequence[bytes], accepted: Progress) -> None:
        named = {"Content-Type": "application/x-ndjson", "Idempotency-Key": secrets.token_hex(16)}
        headers = self._headers | named
        address = f"{self._intake}/v1/assessments/stream"
        async with self._http.post(address, data=self._body(lines), headers=headers) as response:
            expect(response.status == 200, f"the stream was answered {response.status}")
            async for raw in response.content:
                answer = json.loads(raw)
                expect(answer["status"] == 202, f"line {answer['line']} was answered {answer}")
                self._accepted[answer["id"]] = answer["line"]
                accepted()

    async def _body(self, lines: Sequence[bytes]) -> AsyncIterator[bytes]:
        for start in range(0, len(lines), _CHUNK):
            moment = time.perf_counter()
            chunk = lines[start : start + _CHUNK]
            self._sent_at |= dict.fromkeys(range(start + 1, start + 1 + len(chunk)), moment)
            yield b"".join(chunk)

    async def _fetch(self, count: int, fetched: Progress) -> None:
        """Follow the list of results until each line's is held; it may be told before its line is answered."""
        while len(self._accepted.keys() & self._held_at.keys()) < count:
            told = await self._page()
            for one in told:
                expect(one["status"] == "scored", f"an assessment ended as {one}")
                self._held_at[one["id"]] = time.perf_counter()
                fetched()
            if not told:
                await asyncio.sleep(_POLL_SECONDS)

    async def _page(self) -> list[dict[str, Any]]:
        """What ended since the last page, the oldest first, at most `_PAGE`."""
        address = f"{self._intake}/v1/results?after={self._cursor}&limit={_PAGE}"
        async with self._http.get(address, headers=self._headers) as response:
            body = await response.json()
        expect(response.status == 200, f"the list of results was answered {response.status}: {body}")
        self._cursor = body["next"]
        results: list[dict[str, Any]] = body["results"]
        return results


def _line(place: int, answers: dict[str, object]) -> bytes:
    return json.dumps({"external_id": f"employee-{place}", "assessment": answers}).encode() + b"\n"
