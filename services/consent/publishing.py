"""Sends what the outboxes hold as CloudEvents in Kafka's binary mode (CloudEvents 1.0, Kafka protocol binding)."""

from collections.abc import Sequence

from infra.db.outbox import Message
from infra.kafka.producer import Headers, Outgoing, Producer
from schemas.events import CONTENT_TYPE
from schemas.topics import Topic

_SOURCE = b"/careerpulse/consent"


def headers(message: Message) -> Headers:
    """The attributes of a message. None of them says anything of a person."""
    return (
        ("ce_specversion", b"1.0"),
        ("ce_id", message.event_id.encode()),
        ("ce_type", f"careerpulse.{message.event_type}".encode()),
        ("ce_source", _SOURCE),
        ("content-type", CONTENT_TYPE.encode()),
    )


class Publisher:
    """Publishes through one producer."""

    def __init__(self, producer: Producer) -> None:
        self._producer = producer

    async def __call__(self, topic: Topic, messages: Sequence[Message]) -> Sequence[int]:
        """See `services.consent.outboxes.Publish`."""
        records = [Outgoing(topic, message.key, message.value, headers(message)) for message in messages]
        return [place.offset for place in await self._producer.send(records)]
