"""The processor by turns: what it takes to read an organisation's hand-ins is taken in slices of milliseconds.

Hand-ins are read where all requests are answered, and what does not fit takes longest, because every fault of it is
named. So organisations take turns, a slice each, and everything else of intake goes on in between; and while others
hand in, an organisation rests before its next slice, `REST` times as long as the last one took, all its streams and
requests together. Whoever floods with what costs most has a third of the processor then.
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from services.intake.handing_in.turns import Turns

SLICE_SECONDS = 0.002
REST = 2
REQUEST_SECONDS = 0.001
"""What else of the processor a hand-in takes that comes as a request of its own: to be received and answered."""
Item = TypeVar("Item")
Done = TypeVar("Done")


@dataclass(slots=True)
class _Worker:
    """One organisation: its slices come one after the other, and none before its rest is over."""

    one: asyncio.Lock = field(default_factory=asyncio.Lock)
    rests_until: float = 0.0


class Slices:
    """`others` tells how many other organisations hand in; `clock` gives seconds."""

    def __init__(self, others: Callable[[str], int], clock: Callable[[], float] = time.perf_counter) -> None:
        self._others = others
        self._clock = clock
        self._processor = Turns(1)
        self._workers: dict[str, _Worker] = {}

    async def done(
        self, tenant: str, items: Iterable[Item], work: Callable[[Item], Done], beside: float = 0.0
    ) -> list[Done]:
        """The work on each item, in order; `beside` are seconds that it takes elsewhere, and that are rested for."""
        worker = self._workers.setdefault(tenant, _Worker())
        done: list[Done] = []
        left, ended = iter(items), False
        while not ended:
            async with worker.one:
                if (rest := worker.rests_until - self._clock()) > 0:
                    await asyncio.sleep(rest)
                async with self._processor.turn(tenant):
                    took, ended = self._slice(left, work, done)
                if self._others(tenant):
                    worker.rests_until = self._clock() + REST * (took + beside)
                beside = 0.0
            if not ended:
                await asyncio.sleep(0)
        return done

    def _slice(self, left: Iterator[Item], work: Callable[[Item], Done], done: list[Done]) -> tuple[float, bool]:
        """Work for one slice; gives the seconds that it took, and whether nothing is left."""
        began = self._clock()
        for item in left:
            done.append(work(item))
            if (took := self._clock() - began) >= SLICE_SECONDS:
                return took, False
        return self._clock() - began, True
