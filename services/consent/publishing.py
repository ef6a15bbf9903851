"""Sends what the outboxes hold, each message in the envelope that every record of ours has."""

from collections.abc import Sequence

from infra.db.outbox import Message
from infra.kafka.producer import Outgoing, Producer
from schemas.envelope import headers
from schemas.topics import Topic

_SERVICE = "consent"


class Publisher:
    """Publishes through one producer."""

    def __init__(self, producer: Producer) -> None:
        self._producer = producer

    async def __call__(self, topic: Topic, messages: Sequence[Message]) -> Sequence[int]:
        """See `services.consent.outboxes.Publish`."""
        records = [
            Outgoing(topic, message.key, message.value, headers(message.event_id, message.event_type, _SERVICE))
            for message in messages
        ]
        return [place.offset for place in await self._producer.send(records)]
