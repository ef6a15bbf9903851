"""Every log of a service, by number: one by default, several where one appender is not enough.

The first ones take records: partition p of any topic goes to log p mod their number, so that a person's records and
all outboxes (which have one partition) each stay in one log. The others are frozen: they are read and proven from as
before, and nothing leads to them any more. Where a source moves, by the number being another than at the last start,
it goes on from the highest place that any log has; so every log must be there, and none is ever taken away.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence

from services.audit.tlog.appender import Appender


class Logs:
    """The appenders in order; `taking` of them take records, by default all."""

    def __init__(self, appenders: Sequence[Appender], taking: int | None = None) -> None:
        self._appenders = tuple(appenders)
        self.taking = len(self._appenders) if taking is None else taking

    def __len__(self) -> int:
        return len(self._appenders)

    def __iter__(self) -> Iterator[Appender]:
        return iter(self._appenders)

    def __getitem__(self, number: int) -> Appender:
        """The log of this number. Raises IndexError."""
        return self._appenders[number]

    def of(self, partition: int) -> int:
        """The number of the log that takes this partition of each topic."""
        return partition % self.taking

    @property
    def offsets(self) -> dict[str, int]:
        """Where reading goes on in each partition: what any log has read is read."""
        return highest(one.state.offsets for one in self)

    @property
    def marks(self) -> dict[str, int]:
        """The last place of each source that any log has."""
        return highest(one.state.marks for one in self)

    @property
    def size(self) -> int:
        """The entries of all."""
        return sum(one.state.size for one in self)

    async def have_read(self, wanted: Mapping[str, int]) -> None:
        """Wait until each of these partitions is read up to this offset."""
        while True:
            moved, reached = [one.moved() for one in self], self.offsets
            if all(reached.get(source, 0) >= end for source, end in wanted.items()):
                return
            waiting = [asyncio.create_task(event.wait()) for event in moved]
            try:
                await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for one in waiting:
                    one.cancel()

    async def sign(self) -> None:
        """Sign what is not signed yet, where that is due. Raises StoreError: then `reopen`."""
        for one in self:
            await one.sign()

    async def reopen(self) -> None:
        """After a StoreError: find out what each holds. Raises OSError as long as a store is not mended."""
        for one in self:
            await one.reopen()


def highest(known: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """By name the highest number that any of these has."""
    found: dict[str, int] = {}
    for each in known:
        for name, number in each.items():
            found[name] = max(number, found.get(name, number))
    return found
