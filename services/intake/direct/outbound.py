"""An organisation's ends to `results.<organisation>`, at least once, each under an id that repetitions share."""

from hashlib import sha256

import orjson

from infra.kafka.producer import Outgoing, Producer
from schemas.topics import results
from services.intake.delivery import Delivery, Document
from services.intake.direct.inbound import event_headers
from services.intake.direct.sealing import OrganisationKey
from services.intake.feed import Feed
from services.intake.store import Row, Store

PAGE = 200


class Outbound:
    """Publishes feeds. The place in each is kept once the broker has what lies before it."""

    def __init__(self, store: Store, feed: Feed, delivery: Delivery, producer: Producer) -> None:
        self._store = store
        self._feed = feed
        self._delivery = delivery
        self._producer = producer

    async def publish(self, tenant: str, key: OrganisationKey) -> int:
        """Send what is not sent yet, a page of it; gives how many. Raises KeysUnavailable, NotRecorded,
        BrokerUnavailable.
        """
        topic = results(tenant)
        rows = await self._feed.after(tenant, await self._store.mark(topic.name), PAGE)
        if rows:
            documents = await self._delivery.documents(rows)
            await self._producer.send([_record(tenant, key, *one) for one in zip(rows, documents, strict=True)])
            await self._store.keep({topic.name: rows[-1].sequence or 0})
        return len(rows)


def _record(tenant: str, key: OrganisationKey, row: Row, document: Document) -> Outgoing:
    event = sha256(f"{tenant}/{row.sequence}/{row.id}".encode()).hexdigest()[:32]
    kind = f"careerpulse.assessment.{document['status']}.v1"
    return Outgoing(results(tenant), row.id, key.sealed(orjson.dumps(document)), event_headers(event, kind))
