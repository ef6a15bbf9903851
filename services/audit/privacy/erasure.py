"""Audit's part in an erasure: the fence, the deleted trails, and a report that names the proof of it.

The report says where the log states the erasure: the index of the entry `erased`, and a signed checkpoint over it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import structlog

from infra.kafka.producer import Outgoing, Producer
from infra.keys.client import KeyClient
from infra.keys.revocations import Narrowed
from schemas.events import ErasureOrder, StoreReport
from schemas.rights import ExpiryOrder
from schemas.topics import KEYS_ACKNOWLEDGED
from services.audit.store import Store
from services.audit.tlog.appender import Appender
from services.audit.tlog.entry import check_entry
from services.audit.tlog.search import find_entry

_PATIENCE_SECONDS = 30.0
_WITNESSING_SECONDS = 10.0
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Deleted:
    """An order that is carried out, with the rows deleted for it in all, by table."""

    order: ErasureOrder
    counts: dict[str, int]


class Erasure:
    """Deletes what audit holds for the erased, and proves it."""

    def __init__(self, store: Store, appender: Appender, producer: Producer, keys: KeyClient) -> None:
        self._store = store
        self._appender = appender
        self._producer = producer
        self._keys = keys

    async def revoked(self, narrowed: Sequence[Narrowed]) -> None:
        """The effect of `keys.revoked`: it reaches us also after a restore, from the mark that we kept."""
        erased = [one.alias for one in narrowed if one.revoked.kind == "erased"]
        await self._store.erase(erased, narrowed[-1].offset + 1)

    async def delete(self, alias: str, order: ErasureOrder) -> Deleted:
        """Delete what an erasure order asks for, also when it comes again."""
        return Deleted(order, (await self._store.erase([alias]))[alias])

    async def expire(self, alias: str, order: ExpiryOrder) -> None:
        """Delete what is kept of single assessments of a person who stays; the log stays as it is."""
        await self._store.expire(alias, order.assessments)

    async def report(self, deleted: Deleted) -> None:
        """Wait for the order's entry to be signed, and report."""
        order = deleted.order
        index, checkpoint = await self._proof(order)
        report = StoreReport("audit", order.request, deleted.counts, index, checkpoint)
        await self._producer.send([Outgoing(KEYS_ACKNOWLEDGED, self._keys.instance, msgspec.msgpack.encode(report))])

    async def _proof(self, order: ErasureOrder) -> tuple[int, str]:
        """The index of the order's entry, and a checkpoint that covers it."""
        index = await self._index_of(order)
        return index, (await self._appender.covering(index, _WITNESSING_SECONDS)).decode()

    async def _index_of(self, order: ErasureOrder) -> int:
        """Wait for the entry. Where the table of ids does not lead to it in time, the log itself is searched.

        What was searched once is not searched again.
        """
        clock = asyncio.get_running_loop().time
        deadline, searched = clock() + _PATIENCE_SECONDS, 0
        while True:
            moved = self._appender.moved()
            index = await self._store.index_of(order.entry)
            if index is not None and await asyncio.to_thread(self._stands, index, order.entry):
                return index
            if clock() >= deadline:
                log.warning("erasure-waits", request=order.request, reason="its entry has not come to the log yet")
                reader = self._appender.reader()
                if (found := await asyncio.to_thread(find_entry, reader, order.entry, searched)) is not None:
                    return found
                deadline, searched = clock() + _PATIENCE_SECONDS, reader.state.size
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(moved.wait(), deadline - clock())

    def _stands(self, index: int, entry: str) -> bool:
        """Whether the log has the entry there. The index is written before the append, and a crash may void it."""
        reader = self._appender.reader()
        return index < reader.state.size and check_entry(reader.entry(index)).id == entry
