"""The envelope of every record: CloudEvents 1.0 in Kafka's binary mode, as headers `ce_…` and `content-type`."""

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

import msgspec

from schemas.decoding import compiled
from schemas.events import CONTENT_TYPE, Cause
from schemas.fields import Strict, Text

Headers = tuple[tuple[str, bytes], ...]
ATTRIBUTES = {
    "ce_specversion": "specversion",
    "ce_id": "id",
    "ce_source": "source",
    "ce_type": "type",
    "content-type": "datacontenttype",
    "ce_replayof": "replayof",
    "ce_tag": "tag",
}
REPLAY_OF = "ce_replayof"
_PLACE = re.compile(rb"([a-z.]+)/([0-9]{1,9})/([0-9]{1,15})")


class Envelope(Strict):
    """The attributes of an event. `id` is a function of what caused the event; it is the same at every retry.

    `replayof` stands in a dead letter that an operator has sent again: `topic/partition/offset` of the record as it
    first came, which stays the cause of what follows. `tag` proves that a service of the deployment wrote the record.
    """

    specversion = Text(3, choices=("1.0",), required=True)
    id = Text(32, minimum=32, pattern=r"[0-9a-f]{32}", required=True)
    source = Text(40, pattern=r"/careerpulse/[a-z]+", required=True)
    type = Text(80, pattern=r"careerpulse\.[a-z.\-]+\.v[0-9]+", required=True)
    datacontenttype = Text(40, choices=(CONTENT_TYPE,), required=True)
    replayof = Text(120, pattern=r"[a-z.]+/[0-9]{1,9}/[0-9]{1,15}")
    tag = Text(64, minimum=64, pattern=r"[0-9a-f]{64}")


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


def first_place(record_headers: Iterable[tuple[str, bytes | None]]) -> Cause | None:
    """Where a replayed record first stood; None for one that is no replay, and for what is no place."""
    for name, value in record_headers:
        if name == REPLAY_OF and (found := _PLACE.fullmatch(value or b"")):
            return Cause(found[1].decode(), int(found[2]), int(found[3]))
    return None


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
