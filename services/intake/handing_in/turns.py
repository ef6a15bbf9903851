"""Turns at the door: organisations take them round robin, a chunk each, so that nobody's flood keeps others waiting.

Of one organisation the chunks keep their order. An organisation that waits gets its next turn after at most one chunk
of each other one that waits, however many those have brought. While others hand in nobody has more than one turn at a
time: as long as those are fewer than the turns, whoever comes finds one free. Source: J. Nagle, RFC 970 (1985).
"""

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager


class Turns:
    """`at_once` turns are taken at a time; `others` tells how many other organisations hand in."""

    def __init__(self, at_once: int, others: Callable[[str], int] = lambda _: 0) -> None:
        self._free = at_once
        self._others = others
        self._held: Counter[str] = Counter()
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def turn(self, tenant: str) -> AsyncIterator[None]:
        """Wait for this organisation's turn, and hold it for the block."""
        if self._free and tenant not in self._waiting and self._may(tenant):
            self._take(tenant)
        else:
            await self._called(tenant)
        try:
            yield
        finally:
            self._give_back(tenant)

    def _may(self, tenant: str) -> bool:
        return not self._held[tenant] or not self._others(tenant)

    def _take(self, tenant: str) -> None:
        self._free -= 1
        self._held[tenant] += 1

    def _give_back(self, tenant: str) -> None:
        """A turn has ended: whoever has waited longest for one, and may have it, has it next."""
        self._free += 1
        self._held[tenant] -= 1
        if not self._held[tenant]:
            del self._held[tenant]
        while self._free and (following := next(filter(self._may, self._waiting), None)) is not None:
            self._call(following)

    async def _called(self, tenant: str) -> None:
        call: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(tenant, deque()).append(call)
        try:
            await call
        except asyncio.CancelledError:
            if call.done() and not call.cancelled():
                self._give_back(tenant)
            raise

    def _call(self, tenant: str) -> None:
        """Give the turn to this organisation's first call, and let its next one queue behind all others."""
        calls = self._waiting.pop(tenant)
        call = calls.popleft()
        if calls:
            self._waiting[tenant] = calls
        if not call.done():
            self._take(tenant)
            call.set_result(None)
