"""How much intake takes: as much as the broker's memory and retention let it keep until it is done."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from infra.http.problems import Problem
from schemas.topics import RETENTION_HOURS

HALF_RETENTION = timedelta(hours=RETENTION_HOURS / 2)


class Admission:
    """Counts the assessments under way, where there is a bound; a sender waits until there is room."""

    def __init__(self, bound: int | None) -> None:
        self._bound = bound
        self._under_way: set[str] = set()
        self._room = asyncio.Event()
        self._closed: str | None = None

    def backlog(self, oldest: datetime | None, moment: datetime) -> None:
        """Close while the oldest unprocessed assessment has passed half of the topic's retention."""
        late = oldest is not None and moment - oldest > HALF_RETENTION
        self._closed = f"The oldest assessment has waited since {oldest:%Y-%m-%d %H:%M} UTC." if late else None

    def open(self) -> None:
        """Raise Problem (503) while new work is not taken."""
        if self._closed is not None:
            raise Problem(
                503,
                "backlog",
                "No new work is taken",
                f"{self._closed} Nothing was accepted; send it again later.",
                headers={"Retry-After": "300"},
            )

    def largest(self, wanted: int) -> int:
        """How many hand-ins may enter at once."""
        return wanted if self._bound is None else min(wanted, self._bound)

    async def enter(self, ids: Sequence[str]) -> frozenset[str]:
        """Wait until these fit below the bound. Gives those that were not under way before."""
        if self._bound is None:
            return frozenset()
        while len(self._under_way.union(ids)) > self._bound:
            self._room.clear()
            await self._room.wait()
        entered = frozenset(ids) - self._under_way
        self._under_way |= entered
        return entered

    def leave(self, ids: Iterable[str]) -> None:
        """These have ended, or never began."""
        self._under_way.difference_update(ids)
        self._room.set()
