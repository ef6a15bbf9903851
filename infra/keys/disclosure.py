"""A store's part in access and portability: it gives back what it holds for a person, sealed as it is stored.

Nothing is opened, and yet a key for the purpose is held meanwhile: the ledger decides whether anything is given, and
no revocation is acknowledged before the last piece is with the broker. So nothing of an erased person is published
after the moment that the receipt states.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence

import msgspec
import structlog

from infra.kafka.producer import Outgoing, Producer
from infra.keys.client import KeyClient, KeysUnavailable
from schemas.envelope import headers
from schemas.rights import ANSWER_TYPE, DisclosureOrder, Held, Part
from schemas.topics import PRIVACY_ANSWERS

_PAUSE_SECONDS = 0.5
log = structlog.get_logger(__name__)
Gather = Callable[[str], Awaitable[Sequence[Held]]]
"""Gives all that is held for an alias."""


class Disclosure:
    """Answers the orders of one service."""

    def __init__(self, service: str, keys: KeyClient, producer: Producer, gather: Gather) -> None:
        self._service = service
        self._keys = keys
        self._producer = producer
        self._gather = gather

    async def ordered(self, alias: str, order: DisclosureOrder) -> None:
        """Give back what is held, once consent can be asked. For whom the ledger refuses nothing is given: consent
        orders anew once that is over.
        """
        while True:
            try:
                async with self._keys.held(order.purpose, [alias]) as released:
                    key = released[alias]
                    if key.status == "refused":
                        log.warning("disclosure-refused", request=order.request, reason=key.reason)
                        return
                    held = await self._gather(alias)
                    await self._producer.send(parts(self._service, alias, order, held))
                    return
            except KeysUnavailable as error:
                log.warning("disclosure-waits", request=order.request, reason=str(error))
                await asyncio.sleep(_PAUSE_SECONDS)


def parts(service: str, alias: str, order: DisclosureOrder, held: Sequence[Held]) -> list[Outgoing]:
    """The records of one gathering, one for each piece."""
    gathering, total = secrets.token_hex(16), len(held)
    numbered = [Part(service, order.request, gathering, number, total, one) for number, one in enumerate(held, 1)]
    return [
        Outgoing(
            PRIVACY_ANSWERS,
            alias,
            msgspec.msgpack.encode(part),
            headers(secrets.token_hex(16), ANSWER_TYPE, service),
        )
        for part in numbered or [Part(service, order.request, gathering, 0, 0)]
    ]
