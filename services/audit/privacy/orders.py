"""Orders as they come: begun one by one, finished side by side, acknowledged in their order.

An order whose entry never comes thus holds up none behind it. Its acknowledgement does wait: Faust commits on from
the first acknowledged message, whatever lies before it, so a later one must not go first. After a restart what was
not acknowledged comes again, which changes nothing. What is no order goes to `dead.audit`, in its turn.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Protocol, TypeVar

import structlog
from aiokafka import ConsumerRecord

from infra.kafka.dead_letter import Poisoned, dead_letter
from infra.kafka.producer import Outgoing
from schemas.topics import DEAD_AUDIT
from services.audit.privacy.privacy_orders import Begun

log = structlog.get_logger(__name__)


class Event(Protocol):
    """A message of the stream."""

    message: ConsumerRecord


Message = TypeVar("Message", bound=Event)


class Orders:
    """`crash` ends the process with an error, so that the next one reads the order again."""

    def __init__(
        self,
        begin: Callable[[ConsumerRecord], Awaitable[Begun]],
        finish: Callable[[Begun], Awaitable[None]],
        send: Callable[[Sequence[Outgoing]], Awaitable[object]],
        crash: Callable[[BaseException], Awaitable[None]],
    ) -> None:
        self._begin = begin
        self._finished = finish
        self._send = send
        self._crash = crash
        self._last: asyncio.Task[None] | None = None

    async def read(self, events: AsyncIterator[Message], ack: Callable[[Message], Awaitable[object]]) -> None:
        """Carry out every order of the stream, until it ends."""
        async for event in events:
            try:
                begun = await self._begun(event.message)
            except Exception as error:
                await self._crash(error)
                raise
            self._last = asyncio.create_task(self._finish(event, begun, self._last, ack))

    async def _begun(self, record: ConsumerRecord) -> Begun:
        try:
            return await self._begin(record)
        except Poisoned as poisoned:
            log.error("dead-lettered", reason=str(poisoned), offset=record.offset)
            await self._send([dead_letter(DEAD_AUDIT, "audit", record, poisoned)])
            return None

    async def _finish(
        self,
        event: Message,
        begun: Begun,
        before: asyncio.Task[None] | None,
        ack: Callable[[Message], Awaitable[object]],
    ) -> None:
        try:
            await self._finished(begun)
        except Exception as error:
            await self._crash(error)
            raise
        if before is not None:
            await before
        await ack(event)
