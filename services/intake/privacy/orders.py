"""What consent orders on `privacy.requests`: an erasure, the end of single assessments, or what is held."""

import msgspec
from aiokafka import ConsumerRecord

from infra.kafka.dead_letter import Poisoned, dead_letter
from infra.kafka.producer import Producer
from infra.kafka.record_key import alias_of
from infra.keys.disclosure import Disclosure
from schemas.events import ErasureOrder
from schemas.rights import DisclosureOrder, ExpiryOrder, read_order
from schemas.topics import DEAD_INTAKE
from services.intake.privacy.erasure import Erasure


class Orders:
    """Carries orders out, also when they come again."""

    def __init__(self, erasure: Erasure, disclosure: Disclosure, producer: Producer) -> None:
        self._erasure = erasure
        self._disclosure = disclosure
        self._producer = producer

    async def take(self, record: ConsumerRecord) -> None:
        """Carry out one order.

        What is none goes to `dead.intake`; the request that it may have been stays open with consent.
        """
        try:
            alias = alias_of(record.key)
            order = read_order(record.value)
        except (Poisoned, msgspec.DecodeError):
            why = Poisoned(f"it is no order of {record.topic}")
            await self._producer.send([dead_letter(DEAD_INTAKE, "intake", record, why)])
            return
        if isinstance(order, ErasureOrder):
            await self._erasure.ordered(alias, order)
        elif isinstance(order, ExpiryOrder):
            await self._erasure.expired(alias, order)
        elif isinstance(order, DisclosureOrder):
            await self._disclosure.ordered(alias, order)
