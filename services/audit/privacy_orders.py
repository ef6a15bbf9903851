"""What consent orders on `privacy.requests`: an erasure, what is held about a person, or a review."""

from dataclasses import dataclass

import msgspec

from infra.keys.disclosure import Disclosure
from schemas.events import ErasureOrder
from schemas.rights import DisclosureOrder, Order, ReviewOrder
from services.audit.erasure import Deleted, Erasure
from services.audit.reviews import Reviews

_DECODER: msgspec.msgpack.Decoder[Order] = msgspec.msgpack.Decoder(Order)


@dataclass(frozen=True, slots=True)
class ToDisclose:
    """An order whose answer waits for the log to have caught up."""

    alias: str
    order: DisclosureOrder


Begun = Deleted | ToDisclose | None
"""What is left to finish."""


class PrivacyOrders:
    """Carries orders out, also when they come again."""

    def __init__(self, erasure: Erasure, disclosure: Disclosure, reviews: Reviews) -> None:
        self._erasure = erasure
        self._disclosure = disclosure
        self._reviews = reviews

    async def begin(self, alias: str, value: bytes) -> Begun:
        """Do what may not wait. What a person provided is with intake alone, so portability is not ours."""
        order = _DECODER.decode(value)
        if isinstance(order, ErasureOrder):
            return await self._erasure.delete(alias, order)
        if isinstance(order, ReviewOrder):
            await self._reviews.keep(alias, order)
            return None
        return ToDisclose(alias, order) if order.purpose == "access" else None

    async def finish(self, begun: Begun) -> None:
        """Do the rest."""
        if isinstance(begun, Deleted):
            await self._erasure.report(begun)
        elif begun is not None:
            await self._disclosure.ordered(begun.alias, begun.order)
