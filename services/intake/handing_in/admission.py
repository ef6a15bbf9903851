"""How much intake takes: as much as the broker's memory and retention let it keep until it is done."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from infra.http.problems import Problem
from schemas.topics import RETENTION_HOURS
from services.intake.handing_in.shares import Shares

HALF_RETENTION = timedelta(hours=RETENTION_HOURS / 2)


class Admission:
    """Counts the assessments under way, where there is a bound; a sender waits until there is room."""

    def __init__(self, bound: int | None, shares: Shares | None = None) -> None:
        self.shares = shares or Shares()
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

    def largest(self, tenant: str, wanted: int) -> int:
        """How many hand-ins of an organisation may enter at once."""
        share = self.shares.largest(tenant, wanted)
        return share if self._bound is None else min(share, self._bound)

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

    def ended(self, ended: Sequence[tuple[str, str]]) -> None:
        """These have ended, each an organisation and an assessment's id."""
        by_tenant: defaultdict[str, list[str]] = defaultdict(list)
        for tenant, one in ended:
            by_tenant[tenant].append(one)
        for tenant, ids in by_tenant.items():
            self.shares.leave(tenant, ids, ended=True)
        self.leave([one for _, one in ended])

    def leave(self, ids: Iterable[str]) -> None:
        """These have ended, or never began."""
        self._under_way.difference_update(ids)
        self._room.set()
