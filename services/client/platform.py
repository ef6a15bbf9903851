"""An organisation's way to intake over HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Mapping
from types import TracebackType
from typing import Any

import aiohttp

_CHUNK = 100
_AGAIN_SECONDS = 2.0


class Refused(Exception):
    """An answer that ends the command. Says what was answered."""


class Platform:
    """One session. Use as an async context manager."""

    def __init__(self, intake: str, client_id: str, client_secret: str) -> None:
        self._intake = intake.rstrip("/")
        self._form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
        self._http: aiohttp.ClientSession

    async def __aenter__(self) -> "Platform":
        self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None, sock_connect=10))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.close()

    async def stream(self, lines: Iterable[bytes], key: str) -> AsyncIterator[dict[str, Any]]:
        """Hand in line by line; gives the answer to each, in order. The same key again doubles nobody."""
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

    async def faults(self, hand_in: Mapping[str, Any]) -> list[str]:
        """What does not fit of a hand-in, as `pointer: what would be right`; nothing of it is kept."""
        headers = await self._headers()
        address = f"{self._intake}/v1/assessments:validate"
        async with self._http.post(address, json=hand_in, headers=headers) as response:
            if response.status == 422:
                return [
                    f"{one['pointer']}: {one['detail']}" for one in (await response.json(content_type=None))["errors"]
                ]
            await _expect(response, 200)
            return []

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

    async def follow(self, after: int) -> AsyncIterator[dict[str, Any]]:
        """What ends after this number, as it comes, for ever; a broken connection is taken up again."""
        while True:
            headers = await self._headers() | {"Last-Event-ID": str(after)}
            try:
                async with self._http.get(f"{self._intake}/v1/events", headers=headers) as response:
                    await _expect(response, 200)
                    async for raw in response.content:
                        if raw.startswith(b"data: "):
                            one = json.loads(raw[6:])
                            after = one["sequence"]
                            if "status" in one:  # a notice has a kind
                                yield one
            except (aiohttp.ClientError, TimeoutError):
                await asyncio.sleep(_AGAIN_SECONDS)

    async def _headers(self) -> dict[str, str]:
        async with self._http.post(f"{self._intake}/v1/oauth/token", data=self._form) as response:
            await _expect(response, 200)
            return {"Authorization": f"Bearer {(await response.json())['access_token']}"}


async def _expect(response: aiohttp.ClientResponse, status: int) -> None:
    if response.status != status:
        answer = await response.json(content_type=None)
        raise Refused(f"{answer.get('title', response.reason)}. {answer.get('detail', '')}".strip())
