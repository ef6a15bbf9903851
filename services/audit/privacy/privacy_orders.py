"""What consent orders on `privacy.requests`: an erasure, the end of single assessments, what is held, or a review."""

from dataclasses import dataclass

import msgspec
from aiokafka import ConsumerRecord

from infra.kafka.dead_letter import Poisoned, demand_genuine
from infra.kafka.record_key import alias_of
from infra.kafka.record_tag import RecordTags
from infra.keys.disclosure import Disclosure
from schemas.events import ErasureOrder
from schemas.rights import DisclosureOrder, ExpiryOrder, ReviewOrder, read_order
from services.audit.privacy.erasure import Deleted, Erasure
from services.audit.privacy.reviews import Reviews


@dataclass(frozen=True, slots=True)
class ToDisclose:
    """An order whose answer waits for the log to have caught up."""

    alias: str
    order: DisclosureOrder


Begun = Deleted | ToDisclose | None
"""What is left to finish."""


class PrivacyOrders:
    """Carries orders out, also when they come again."""

    def __init__(self, erasure: Erasure, disclosure: Disclosure, reviews: Reviews, tags: RecordTags) -> None:
        self._tags = tags
        self._erasure = erasure
        self._disclosure = disclosure
        self._reviews = reviews

    async def begin(self, record: ConsumerRecord) -> Begun:
        """Do what may not wait. What a person provided is with intake alone, so portability is not ours.

        Raises Poisoned for what is no order, and for what consent has not written.
        """
        demand_genuine(self._tags, record)
        alias = alias_of(record.key)
        try:
            order = read_order(record.value)
        except msgspec.DecodeError:
            raise Poisoned(f"it is no order of {record.topic}") from None
        if isinstance(order, ErasureOrder):
            return await self._erasure.delete(alias, order)
        if isinstance(order, ReviewOrder):
            await self._reviews.keep(alias, order)
            return None
        if isinstance(order, ExpiryOrder):
            await self._erasure.expire(alias, order)
            return None
        return ToDisclose(alias, order) if order.purpose == "access" else None

    async def finish(self, begun: Begun) -> None:
        """Do the rest."""
        if isinstance(begun, Deleted):
            await self._erasure.report(begun)
        elif begun is not None:
            await self._disclosure.ordered(begun.alias, begun.order)
