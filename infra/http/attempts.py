"""How often a thing may be tried: the generic cell rate algorithm (ITU-T I.371), one integer for each key.

A key is full of `burst` attempts and gains one every `interval` seconds. What is kept is bounded: the keys that were
tried longest ago are forgotten first. Times are nanoseconds of a monotonic clock.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable

_SECOND = 1_000_000_000


class Attempts:
    """The attempts of every key, in memory: a restart forgives all."""

    def __init__(
        self, burst: int, interval: float, most: int = 50_000, clock: Callable[[], int] = time.monotonic_ns
    ) -> None:
        if min(burst, most) < 1 or interval <= 0:
            raise ValueError("burst and most are at least 1, and interval is more than 0")
        self._burst = burst
        self._interval = round(interval * _SECOND)
        self._tolerance = (burst - 1) * self._interval
        self._most = most
        self._clock = clock
        self._full_at: OrderedDict[Hashable, int] = OrderedDict()

    def take(self, key: Hashable) -> int:
        """0 where an attempt was left and is taken; else the whole seconds until there is one, and none is taken."""
        now = self._clock()
        full_at = max(self._full_at.get(key, now), now)
        if (early := full_at - now - self._tolerance) > 0:
            return -(-early // _SECOND)
        self._full_at[key] = full_at + self._interval
        self._full_at.move_to_end(key)
        if len(self._full_at) > self._most:
            self._full_at.popitem(last=False)
        return 0

    def left(self, key: Hashable) -> int:
        """How many attempts are left."""
        taken = self._full_at.get(key, 0) - self._clock()
        return self._burst if taken <= 0 else max(0, self._burst + -taken // self._interval)

    def full_in(self, left: int) -> int:
        """In how many whole seconds a key of which so many are left has all of them again."""
        return -(-(self._burst - left) * self._interval // _SECOND)

    def give_back(self, key: Hashable) -> None:
        """The attempt that was taken is not to count."""
        if key in self._full_at:
            self._full_at[key] -= self._interval

    @property
    def remembered(self) -> int:
        """How many keys are remembered."""
        return len(self._full_at)
