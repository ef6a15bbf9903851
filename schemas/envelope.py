"""The envelope of every record: CloudEvents 1.0 in Kafka's binary mode, as headers `ce_…` and `content-type`."""

from collections.abc import Iterable
from functools import cache
from typing import Any

import msgspec

from schemas.decoding import compiled
from schemas.events import CONTENT_TYPE
from schemas.fields import Strict, Text

Headers = tuple[tuple[str, bytes], ...]
ATTRIBUTES = {
    "ce_specversion": "specversion",
    "ce_id": "id",
    "ce_source": "source",
    "ce_type": "type",
    "content-type": "datacontenttype",
}


class Envelope(Strict):
    """The attributes of an event. `id` is a function of what caused the event; it is the same at every retry."""

    specversion = Text(3, choices=("1.0",), required=True)
    id = Text(32, minimum=32, pattern=r"[0-9a-f]{32}", required=True)
    source = Text(40, pattern=r"/careerpulse/[a-z]+", required=True)
    type = Text(80, pattern=r"careerpulse\.[a-z.\-]+\.v[0-9]+", required=True)
    datacontenttype = Text(40, choices=(CONTENT_TYPE,), required=True)


class NoEnvelope(Exception):
    """A record whose headers are no envelope of ours. Says which attribute is wrong."""


def headers(event_id: str, event_type: str, service: str) -> Headers:
    """The headers of an event, for example of type `careerpulse.assessment.scored.v1`."""
    return (("ce_id", event_id.encode()), *_constant(event_type, service))


@cache
def _constant(event_type: str, service: str) -> Headers:
    return (
        ("ce_specversion", b"1.0"),
        ("ce_source", f"/careerpulse/{service}".encode()),
        ("ce_type", event_type.encode()),
        ("content-type", CONTENT_TYPE.encode()),
    )


def event_id(record_headers: Iterable[tuple[str, bytes]], event_type: str) -> str:
    """The id of the event, after the whole envelope has been checked. Raises NoEnvelope."""
    try:
        attributes = {ATTRIBUTES.get(name, name): value.decode() for name, value in record_headers}
        envelope: Any = msgspec.convert(attributes, compiled(Envelope))
    except (msgspec.ValidationError, UnicodeDecodeError, AttributeError) as error:
        raise NoEnvelope(f"the headers are no CloudEvents envelope of ours: {error}") from None
    if envelope.type != event_type:
        raise NoEnvelope(f"an event of type {envelope.type} where {event_type} belongs")
    found: str = envelope.id
    return found
