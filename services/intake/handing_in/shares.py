"""How much of the way behind the door one organisation may fill: as much as others then wait for at most.

Hand-ins of all share the partitions and the processors, so what is under way before one's own is waited for. An
organisation that is alone may have `ALONE` under way, enough that scoring never waits for the door. As soon as
another hands in as well, each may have `SHARED`, and whoever has filled that rests after it has ended: as long as it
took, for each other one that is present, so that of `n` none takes more than every n-th part of the time. For those
that are idle nobody rests: their part is the others'. What is over waits at the door, where organisations take turns,
and its sender feels it.

It is the pace of the ends that opens the door. Where none comes for a while, as when scoring is down, nobody waits:
hand-ins are then taken as ever, and lie in the topic.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable

ALONE, SHARED = 6_000, 64
TOGETHER_SECONDS = 10.0
"""So long after its last hand-in another organisation still counts as one that hands in."""
PRESENT_SECONDS = 1.0
"""So long after its last end it still counts as present: who hands in one by one stays so."""
STALLED_SECONDS = 5.0
MOST_RESTS = 3
"""For so many others one rests at most."""


class _Share:
    """What one organisation has under way."""

    def __init__(self, at: float) -> None:
        self.last_seen = at
        self.here_at = at
        self.under_way: set[str] = set()
        self.moved = asyncio.Event()
        self.stalled = False
        self.filled_at: float | None = None
        self.rests_until = at


class Shares:
    """What each organisation has under way; `clock` gives seconds."""

    def __init__(self, alone: int = ALONE, shared: int = SHARED, clock: Callable[[], float] = time.monotonic) -> None:
        self._alone = alone
        self._shared = shared
        self._clock = clock
        self._shares: OrderedDict[str, _Share] = OrderedDict()

    def largest(self, tenant: str, wanted: int) -> int:
        """How many of this organisation's hand-ins may enter at once."""
        return min(wanted, self._bound(tenant))

    async def enter(self, tenant: str, ids: Iterable[str]) -> None:
        """Wait until these fit into the organisation's share, as long as ends come; they are under way then."""
        share, fresh = self._seen(tenant), set(ids)
        while (wait := self._wait(tenant, share, fresh)) > 0:
            share.moved.clear()
            try:
                async with asyncio.timeout(wait):
                    await share.moved.wait()
            except TimeoutError:
                if wait == STALLED_SECONDS:
                    share.stalled, share.filled_at = True, None
                    share.under_way.clear()
        share.under_way |= fresh

    def leave(self, tenant: str, ids: Iterable[str], *, ended: bool = False) -> None:
        """These are under way no more: they never began, or have ended, which shows that the way moves."""
        share = self._shares.get(tenant)
        if share is not None:
            share.under_way.difference_update(ids)
            share.here_at = self._clock()
            share.stalled = share.stalled and not ended
            self._rest(tenant, share)
            share.moved.set()

    def _rest(self, tenant: str, share: _Share) -> None:
        """Whoever has filled its share rests for others that are present, once nothing of it is under way."""
        if share.filled_at is not None and not share.under_way:
            moment = self._clock()
            share.rests_until = moment + min(MOST_RESTS, self._present(tenant)) * (moment - share.filled_at)
            share.filled_at = None

    def _wait(self, tenant: str, share: _Share, fresh: set[str]) -> float:
        """Seconds to wait for an end, or for the end of a rest; 0 where these may enter."""
        if share.stalled:
            share.under_way.clear()
            return 0.0
        if self._present(tenant) and (rest := share.rests_until - self._clock()) > 0:
            return min(rest, PRESENT_SECONDS)
        if share.filled_at is None and (not share.under_way or len(share.under_way | fresh) <= self._bound(tenant)):
            return 0.0
        if share.filled_at is None and self.others(tenant):
            share.filled_at = self._clock()
        return STALLED_SECONDS

    def _bound(self, tenant: str) -> int:
        return self._shared if self.others(tenant) else self._alone

    def others(self, tenant: str) -> int:
        """How many other organisations hand in."""
        moment = self._clock()
        return sum(
            moment - share.last_seen < TOGETHER_SECONDS for other, share in self._shares.items() if other != tenant
        )

    def _present(self, tenant: str) -> int:
        """How many other organisations have something under way, or had a moment ago."""
        moment = self._clock()
        return sum(
            bool(share.under_way) or moment - share.here_at < PRESENT_SECONDS
            for other, share in self._shares.items()
            if other != tenant
        )

    def _seen(self, tenant: str) -> _Share:
        """The organisation's share; those that have not been seen for long and have nothing under way are let go."""
        moment = self._clock()
        share = self._shares.setdefault(tenant, _Share(moment))
        share.last_seen = share.here_at = moment
        self._shares.move_to_end(tenant)
        while (oldest := next(iter(self._shares.values()))).last_seen < moment - 60 * TOGETHER_SECONDS:
            self._shares.popitem(last=False)
            oldest.moved.set()
        return share
