"""Erasure orders as they come: deleted one by one, reported side by side, acknowledged in their order.

An order whose entry never comes thus holds up none behind it. Its acknowledgement does wait: Faust commits on from
the first acknowledged message, whatever lies before it, so a later one must not go first. After a restart what was
not acknowledged comes again, which changes nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Protocol, TypeVar

from services.audit.erasure import Deleted


class Event(Protocol):
    """A message of the stream."""

    key: bytes
    value: bytes


Message = TypeVar("Message", bound=Event)


class Orders:
    """`crash` ends the process with an error, so that the next one reads the order again."""

    def __init__(
        self,
        delete: Callable[[str, bytes], Awaitable[Deleted]],
        report: Callable[[Deleted], Awaitable[None]],
        crash: Callable[[BaseException], Awaitable[None]],
    ) -> None:
        self._delete = delete
        self._report = report
        self._crash = crash
        self._last: asyncio.Task[None] | None = None

    async def read(self, events: AsyncIterator[Message], ack: Callable[[Message], Awaitable[object]]) -> None:
        """Carry out every order of the stream, until it ends."""
        async for event in events:
            try:
                deleted = await self._delete(event.key.decode(), event.value)
            except Exception as error:
                await self._crash(error)
                raise
            self._last = asyncio.create_task(self._finish(event, deleted, self._last, ack))

    async def _finish(
        self,
        event: Message,
        deleted: Deleted,
        before: asyncio.Task[None] | None,
        ack: Callable[[Message], Awaitable[object]],
    ) -> None:
        try:
            await self._report(deleted)
        except Exception as error:
            await self._crash(error)
            raise
        if before is not None:
            await before
        await ack(event)
