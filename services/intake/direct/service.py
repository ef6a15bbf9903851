"""Runs the topics of all organisations: one consumer and one publisher each, so that one that floods, or that sends
what nobody foresaw, holds up nobody else.
"""

import asyncio
from collections.abc import Callable, Collection, Sequence
from functools import partial

import structlog
from aiohttp import web

from infra.http.operation import json_of, operation
from infra.kafka.batch_loop import BatchLoop
from infra.kafka.producer import BrokerUnavailable, Producer
from infra.keys.client import KeysUnavailable
from infra.lasting import lasting
from schemas.topics import inbound
from services.intake.assessments.read_marks import ReadMarks
from services.intake.direct.channels import Channels
from services.intake.direct.inbound import Inbound
from services.intake.direct.outbound import PAGE, Outbound
from services.intake.direct.sealing import KEPT_SECONDS, InboundKey, OrganisationKey
from services.intake.handing_in.acceptance import Acceptance
from services.intake.handing_in.idempotency import IdempotencyKeys
from services.intake.results.views import NotRecorded

_PAUSE_SECONDS = 1.0
log = structlog.get_logger(__name__)


class Direct:
    """The loops of all organisations but those that are `closed`, and the published key."""

    def __init__(
        self,
        *,
        bootstrap: str,
        channels: Channels,
        key: InboundKey,
        acceptance: Acceptance,
        keys: IdempotencyKeys,
        producer: Producer,
        marks: ReadMarks,
        outbound: Outbound,
        closed: Callable[[], Collection[str]] = tuple,
    ) -> None:
        self._bootstrap = bootstrap
        self._channels = channels
        self._key = key
        self._acceptance = acceptance
        self._keys = keys
        self._producer = producer
        self._marks = marks
        self._outbound = outbound
        self._closed = closed
        self._theirs: dict[str, OrganisationKey] = {}

    def table(self) -> Sequence[web.RouteDef]:
        """All routes."""
        return [web.get("/.well-known/inbound-keys.json", self.published)]

    @operation(name="inbound_keys", answers={200: json_of({"type": "object"}, "A JWK Set (RFC 7517).")})
    async def published(self, _: web.Request) -> web.Response:
        """The key that platforms seal to, as a JWK Set."""
        return web.json_response(self._key.published(), headers={"Cache-Control": f"public, max-age={KEPT_SECONDS}"})

    async def run(self) -> None:
        """Read and publish until cancelled; who registers meanwhile is begun with, and who is closed is left."""
        at_work: dict[str, Sequence[asyncio.Task[None]]] = {}
        async with asyncio.TaskGroup() as group:
            while True:
                self._theirs |= await self._channels.all()
                wanted = self._theirs.keys() - set(self._closed())
                for tenant in at_work.keys() - wanted:
                    for task in at_work.pop(tenant):
                        task.cancel()
                for tenant in wanted - at_work.keys():
                    reading, publishing = self._loop(tenant).run, partial(self._publishing, tenant)
                    at_work[tenant] = (
                        group.create_task(lasting("inbound", reading)),
                        group.create_task(lasting("outbound", publishing)),
                    )
                await asyncio.sleep(_PAUSE_SECONDS)

    def _loop(self, tenant: str) -> BatchLoop:
        inbox = Inbound(
            tenant,
            key=self._key,
            theirs=lambda: self._theirs[tenant],
            acceptance=self._acceptance,
            keys=self._keys,
            producer=self._producer,
        )
        return BatchLoop(self._bootstrap, f"intake-inbound-{tenant}", [inbound(tenant)], inbox.work, own=self._marks)

    async def _publishing(self, tenant: str) -> None:
        while True:
            if await self._publish(tenant) < PAGE:
                await asyncio.sleep(_PAUSE_SECONDS)

    async def _publish(self, tenant: str) -> int:
        try:
            return await self._outbound.publish(tenant, self._theirs[tenant])
        except (KeysUnavailable, NotRecorded, BrokerUnavailable) as error:
            log.warning("publishing-waits", reason=type(error).__name__)
            return 0
