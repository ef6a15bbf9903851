"""Questions for keys that come while one is under way go together in the next: one call instead of many.

A single reader waits for nobody; a hundred readers at once cost a few calls and not a hundred.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from schemas.keys import BATCH, ReleasedKey
from schemas.purposes import Purpose

Release = Callable[[Purpose, Sequence[str]], Awaitable[dict[str, ReleasedKey]]]
Waiting = tuple[Sequence[str], "asyncio.Future[dict[str, ReleasedKey]]"]


class Gathered:
    """The calls for one purpose, one at a time, each with all that was asked since the last."""

    def __init__(self, purpose: Purpose, release: Release) -> None:
        self._purpose = purpose
        self._release = release
        self._waiting: list[Waiting] = []
        self._calling: asyncio.Task[None] | None = None

    async def ask(self, aliases: Sequence[str]) -> dict[str, ReleasedKey]:
        """The keys of these aliases, and of others that were asked for with them. Raises what `release` raises."""
        answer: asyncio.Future[dict[str, ReleasedKey]] = asyncio.get_running_loop().create_future()
        self._waiting.append((aliases, answer))
        if self._calling is None or self._calling.done():
            self._calling = asyncio.create_task(self._call())
        return await answer

    async def _call(self) -> None:
        while self._waiting:
            waiting, self._waiting = self._waiting, []
            wanted = list(dict.fromkeys(alias for aliases, _ in waiting for alias in aliases))
            try:
                released: dict[str, ReleasedKey] = {}
                for start in range(0, len(wanted), BATCH):
                    released |= await self._release(self._purpose, wanted[start : start + BATCH])
            except Exception as error:
                _fail(waiting, error)
            else:
                _answer(waiting, released)


def _fail(waiting: Sequence[Waiting], error: Exception) -> None:
    for _, answer in waiting:
        if not answer.done():
            answer.set_exception(error)


def _answer(waiting: Sequence[Waiting], released: dict[str, ReleasedKey]) -> None:
    for _, answer in waiting:
        if not answer.done():
            answer.set_result(released)
