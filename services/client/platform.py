"""An organisation's way to intake over HTTP."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import aiohttp

PAUSES = (1.0, 2.0, 4.0, 8.0, 16.0)
"""Seconds before each try to go on with a stream that has broken off; whatever is answered meanwhile begins anew."""
_CHUNK = 100
_AGAIN_SECONDS = 2.0
_LONGEST_ASKED = 60.0
_TOKEN_SECONDS = 60.0
"""So long a token is used again; it is valid for longer."""
_LATER = {408, 409, 429, 502, 503, 504}
"""What is answered to a request, or to a line of one, that is to come again; 409 says that it is under way."""
Again = Callable[[str, float], None]
"""Told why a stream has broken off, and in how many seconds it is gone on with."""


class Refused(Exception):
    """An answer that ends the command. Says what was answered, `status` by which number."""

    def __init__(self, told: str, status: int = 0) -> None:
        super().__init__(told)
        self.status = status


class Later(Refused):
    """An answer that says to send it again; `seconds` is what it asks to wait."""

    def __init__(self, told: str, seconds: float = 0.0) -> None:
        super().__init__(told)
        self.seconds = min(seconds, _LONGEST_ASKED)


class Platform:
    """One session. Use as an async context manager."""

    def __init__(self, intake: str, client_id: str, client_secret: str) -> None:
        self._intake = intake.rstrip("/")
        self._form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
        self._http: aiohttp.ClientSession
        self._token: tuple[float, dict[str, str]] = (0.0, {})

    async def __aenter__(self) -> "Platform":
        self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None, sock_connect=10))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.close()

    async def stream(
        self, lines: Callable[[], Iterable[bytes]], key: str, again: Again
    ) -> AsyncIterator[dict[str, Any]]:
        """Hand in line by line; gives the final answer to each, once and in order.

        After a break all `lines` are sent again under the same key, which doubles nobody, and what was answered is
        passed over. Raises what broke it off last, aiohttp.ClientError, TimeoutError or Later, when `PAUSES` are over
        and no line more was answered; Refused for an answer that ends it.
        """
        answered, pauses = 0, iter(PAUSES)
        while True:
            try:
                async for answer in self._streamed(lines(), key):
                    if answer["line"] > answered:
                        _demand_final(answer)
                        answered, pauses = answer["line"], iter(PAUSES)
                        yield answer
                return
            except (aiohttp.ClientError, TimeoutError, Later) as error:
                pause = next(pauses, None)
                if pause is None:
                    raise
                if isinstance(error, Later):
                    pause = max(pause, error.seconds)
                again(reason(error), pause)
                await asyncio.sleep(pause)

    async def _streamed(self, lines: Iterable[bytes], key: str) -> AsyncIterator[dict[str, Any]]:
        """One try: the answers as they come, up to where the connection breaks."""
        headers = await self._headers() | {"Content-Type": "application/x-ndjson", "Idempotency-Key": key}

        async def body() -> AsyncIterator[bytes]:
            chunk: list[bytes] = []
            for line in lines:
                chunk.append(line.rstrip(b"\n") + b"\n")
                if len(chunk) == _CHUNK:
                    yield b"".join(chunk)
                    chunk.clear()
            yield b"".join(chunk)

        address = f"{self._intake}/v1/assessments/stream"
        async with self._http.post(address, data=body(), headers=headers) as response:
            await _expect(response, 200)
            async for raw in response.content:
                yield json.loads(raw)

    async def tried(self, file: Path, mapping: object) -> AsyncIterator[dict[str, Any]]:
        """What each row of a CSV file would be answered; nothing of it is kept. Raises Refused."""
        headers, address = await self._headers(), f"{self._intake}/v1/assessments/csv:validate"
        with file.open("rb") as rows:
            form = aiohttp.FormData()
            form.add_field("mapping", json.dumps(mapping), content_type="application/json")
            form.add_field("file", rows, filename="rows.csv", content_type="text/csv")
            async with self._http.post(address, data=form, headers=headers) as response:
                await _expect(response, 200)
                async for raw in response.content:
                    yield json.loads(raw)

    async def read(self, place: str) -> dict[str, Any]:
        """One document of the interface. Raises Refused."""
        async with self._http.get(f"{self._intake}{place}", headers=await self._headers()) as response:
            await _expect(response, 200)
            document: dict[str, Any] = await response.json()
            return document

    async def results(self, after: int) -> AsyncIterator[dict[str, Any]]:
        """What has ended after this number, to the last."""
        while True:
            params = {"after": str(after), "limit": "500"}
            address = f"{self._intake}/v1/results"
            async with self._http.get(address, params=params, headers=await self._headers()) as response:
                await _expect(response, 200)
                page = await response.json()
            for one in page["results"]:
                yield one
            if not page["results"]:
                return
            after = page["next"]

    async def follow(self, after: int, again: Again) -> AsyncIterator[dict[str, Any]]:
        """What ends after this number, as it comes, for ever; a broken connection is taken up again.

        Raises Refused for an answer that ends it.
        """
        while True:
            try:
                headers = await self._headers() | {"Last-Event-ID": str(after)}
                async with self._http.get(f"{self._intake}/v1/events", headers=headers) as response:
                    await _expect(response, 200)
                    async for raw in response.content:
                        if raw.startswith(b"data: "):
                            one = json.loads(raw[6:])
                            after = one["sequence"]
                            if "status" in one:  # a notice has a kind
                                yield one
            except (aiohttp.ClientError, TimeoutError, Later) as error:
                pause = max(_AGAIN_SECONDS, error.seconds if isinstance(error, Later) else 0.0)
                again(reason(error), pause)
                await asyncio.sleep(pause)

    async def _headers(self) -> dict[str, str]:
        until, headers = self._token
        if time.monotonic() >= until:
            asked_at = time.monotonic()
            async with self._http.post(f"{self._intake}/v1/oauth/token", data=self._form) as response:
                await _expect(response, 200)
                headers = {"Authorization": f"Bearer {(await response.json())['access_token']}"}
            self._token = (asked_at + _TOKEN_SECONDS, headers)
        return headers


def reason(error: Exception) -> str:
    """Why there is no answer, in a few words."""
    return str(error) if isinstance(error, Refused) else f"intake does not answer: {type(error).__name__}"


def _demand_final(answer: Mapping[str, Any]) -> None:
    if answer["status"] in _LATER:
        raise Later(f"line {answer['line']}: {told(answer['problem'])}")


async def _expect(response: aiohttp.ClientResponse, status: int) -> None:
    if response.status == status:
        return
    why = await _why(response)
    if response.status in _LATER:
        asked = response.headers.get("Retry-After", "")
        raise Later(why, float(asked) if asked.isascii() and asked.isdecimal() else 0.0)
    raise Refused(why, response.status)


async def _why(response: aiohttp.ClientResponse) -> str:
    """What the answer's problem says; a proxy answers in words of its own, or with none."""
    try:
        problem = await response.json(content_type=None)
    except ValueError:
        problem = None
    if isinstance(problem, dict) and "title" in problem:
        return told(problem)
    return f"{response.status} {response.reason}"


def told(problem: Mapping[str, Any]) -> str:
    """What a problem says, in one line."""
    return "; ".join(faults(problem))


def faults(problem: Mapping[str, Any]) -> list[str]:
    """What a problem says, fault by fault where it names any."""
    named = [f"{one['pointer']}: {one['detail']}".removeprefix(": ") for one in problem.get("errors", ())]
    return named or [f"{problem.get('title', '')}. {problem.get('detail', '')}".strip()]
