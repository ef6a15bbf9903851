"""Turns at the door: organisations take them round robin, a chunk each, so that nobody's flood keeps others waiting.

Of one organisation the chunks keep their order. An organisation that waits gets its next turn after at most one chunk
of each other one that waits, however many those have brought: with one that floods, every second turn is free for
the rest. Source: J. Nagle, RFC 970 (1985).
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Turns:
    """`at_once` turns are taken at a time."""

    def __init__(self, at_once: int) -> None:
        self._free = at_once
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def turn(self, tenant: str) -> AsyncIterator[None]:
        """Wait for this organisation's turn, and hold it for the block."""
        if self._free:
            self._free -= 1
        else:
            await self._called(tenant)
        try:
            yield
        finally:
            self._call_next()

    async def _called(self, tenant: str) -> None:
        call: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(tenant, deque()).append(call)
        try:
            await call
        except asyncio.CancelledError:
            if call.done() and not call.cancelled():
                self._call_next()
            raise

    def _call_next(self) -> None:
        """Give the turn that has ended to who has waited longest for one, or keep it free."""
        while self._waiting:
            tenant, calls = self._waiting.popitem(last=False)
            call = calls.popleft()
            if calls:
                self._waiting[tenant] = calls
            if not call.done():
                call.set_result(None)
                return
        self._free += 1
