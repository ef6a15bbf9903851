"""An organisation's ends and notices to `results.<organisation>`, at least once, under ids that repetitions share.

Which ends have their entry `delivered` is kept with the entries: one that is sent again, because the broker did not
answer, leaves no second one.
"""

from collections.abc import Sequence
from functools import partial
from hashlib import sha256
from itertools import groupby

import orjson

from infra.kafka.producer import Outgoing, Producer
from schemas.direct import told_type
from schemas.topics import results
from services.intake.assessments.marks import Marks
from services.intake.direct.inbound import event_headers
from services.intake.direct.sealing import OrganisationKey
from services.intake.results.delivery import Delivery, Document, event
from services.intake.results.feed import Feed, Told

PAGE = 200


class Outbound:
    """Publishes feeds. The place in each is kept once the broker has what lies before it."""

    def __init__(self, marks: Marks, feed: Feed, delivery: Delivery, producer: Producer) -> None:
        self._marks = marks
        self._feed = feed
        self._delivery = delivery
        self._producer = producer

    async def publish(self, tenant: str, key: OrganisationKey) -> int:
        """Send what is not sent yet, a page of it; gives how many. Raises KeysUnavailable, NotRecorded,
        BrokerUnavailable.
        """
        topic = results(tenant).name
        rows = await self._feed.after(tenant, await self._marks.of(topic), PAGE)
        async with self._delivery.opened(rows) as documents:
            # Alike ones together: what was sent without its result has no entry yet, should it be told later.
            for _, alike in groupby(zip(rows, documents, strict=True), key=lambda one: "result" in one[1]):
                told = list(alike)
                await self._recorded(topic, told)
                await self._producer.send([_record(tenant, key, *one) for one in told])
                await self._marks.keep({topic: told[-1][0].sequence or 0})
        return len(rows)

    async def _recorded(self, topic: str, told: Sequence[tuple[Told, Document]]) -> None:
        mark = f"{topic} recorded"
        before = await self._marks.of(mark)
        fresh = [one for one in told if (one[0].sequence or 0) > before]
        if fresh:
            rows, documents = zip(*fresh, strict=True)
            await self._delivery.told(rows, documents, partial(self._marks.keep_in, {mark: rows[-1].sequence}))


def _record(tenant: str, key: OrganisationKey, row: Told, document: Document) -> Outgoing:
    number = sha256(f"{tenant}/{row.sequence}/{row.id}".encode()).hexdigest()[:32]
    kind = told_type(event(row, document))
    return Outgoing(results(tenant), row.id, key.sealed(orjson.dumps(document)), event_headers(number, kind))
