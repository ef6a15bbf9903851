"""Intake's part in an erasure: the fence, the emptied rows, the drafts, and the report of how many there were."""

from collections.abc import Sequence

import msgspec

from infra.clock import now
from infra.kafka.producer import Outgoing, Producer
from infra.keys.client import KeyClient
from infra.keys.revocations import Narrowed
from schemas.events import ErasureOrder, StoreReport
from schemas.rights import ExpiryOrder
from schemas.topics import KEYS_ACKNOWLEDGED
from services.intake.assessments.fence import Fence
from services.intake.handing_in.draft_store import DraftStore


class Erasure:
    """Empties what intake holds for the erased."""

    def __init__(self, fence: Fence, drafts: DraftStore, producer: Producer, keys: KeyClient) -> None:
        self._fence = fence
        self._drafts = drafts
        self._producer = producer
        self._keys = keys

    async def revoked(self, narrowed: Sequence[Narrowed]) -> None:
        """The effect of `keys.revoked`: the erased are emptied, drafts whose consent was withdrawn have ended.

        It reaches us also after a restore, from the mark that we kept.
        """
        erased = [one.alias for one in narrowed if one.revoked.kind == "erased"]
        ended = [(one.alias, one.revoked.sequence) for one in narrowed if "draft" in one.revoked.withdrawn]
        if ended:
            await self._drafts.end(ended, now())
        await self._fence.erase(erased, narrowed[-1].offset + 1)

    async def expired(self, alias: str, order: ExpiryOrder) -> None:
        """Empty single assessments of a person who stays."""
        await self._fence.expire(alias, order.assessments)

    async def ordered(self, alias: str, order: ErasureOrder) -> None:
        """Carry out an erasure order and report the rows emptied, also when it comes again."""
        emptied = await self._fence.erase([alias])
        report = StoreReport("intake", order.request, emptied[alias])
        await self._producer.send([Outgoing(KEYS_ACKNOWLEDGED, self._keys.instance, msgspec.msgpack.encode(report))])
