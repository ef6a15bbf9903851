"""An organisation's own topics within the AsyncAPI document, seen from intake: what it receives there and sends.

What a value holds once it is opened stands beside its form as `x-plaintext`, by the schemas that HTTP takes and
answers.
"""

from dataclasses import dataclass
from typing import Any, Literal

from schemas import kafka_bindings
from schemas.components import Components
from schemas.direct import (
    ALGORITHM,
    CONTENT_TYPE,
    ENCRYPTION,
    EVENT_ID,
    HANDED_IN_TYPE,
    NOT_ACCEPTED_TYPE,
    NotAccepted,
    told_type,
)
from schemas.feed import FEED
from schemas.fields import Strict
from schemas.submission import EmployeeHandIn
from schemas.topics import Topic, inbound, inbound_errors, results

Document = dict[str, Any]
_ANYBODY = "{organisation}"
_OURS = "[0-9a-f]{32}"
_COMPACT = r"^[A-Za-z0-9_-]+\.\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$"
"""Header, no wrapped key (it is agreed upon, not sent), nonce, ciphertext and tag."""
_TO_INTAKE = "To the key at `/.well-known/inbound-keys.json`, with the organisation's id as `iss` in the header."
_TO_THEM = "To the public key that the organisation registered."


@dataclass(frozen=True, slots=True)
class _Message:
    """One kind of record: what its value holds once it is opened, by the CloudEvents type of its `event`."""

    event: str
    plaintext: type[Strict]
    about: str

    @property
    def name(self) -> str:
        return self.event.removeprefix("careerpulse.").rpartition(".")[0]


@dataclass(frozen=True, slots=True)
class _Channel:
    """One topic of each organisation; what is sealed `to` whom, and what intake does there."""

    name: str
    topic: Topic
    about: str
    to: str
    action: Literal["receive", "send"]
    event_id: str
    messages: tuple[_Message, ...]


_CHANNELS = (
    _Channel(
        "inbound",
        inbound(_ANYBODY),
        "Hand-ins of an organisation that runs Kafka. An event's id is its Idempotency-Key, for 48 hours.",
        _TO_INTAKE,
        "receive",
        EVENT_ID,
        (_Message(HANDED_IN_TYPE, EmployeeHandIn, "One employee's answers."),),
    ),
    _Channel(
        "inbound.errors",
        inbound_errors(_ANYBODY),
        "What of `inbound` was not accepted and why, keyed by the event's own id.",
        _TO_THEM,
        "send",
        _OURS,
        (_Message(NOT_ACCEPTED_TYPE, NotAccepted, "A hand-in that does not fit."),),
    ),
    _Channel(
        "results",
        results(_ANYBODY),
        "Ends and notices, at least once, keyed by the assessment or the notice; a repetition has the same id.",
        _TO_THEM,
        "send",
        _OURS,
        tuple(_Message(told_type(kind.name), kind.data, kind.about) for kind in FEED),
    ),
)


def channels() -> Document:
    """Each by its name, with the organisation as a parameter of its address."""
    return {one.name: _channel(one) for one in _CHANNELS}


def operations() -> Document:
    """What intake does on each."""
    return {
        f"{one.action}-{one.name}": {
            "action": one.action,
            "summary": f"{'Sent' if one.action == 'send' else 'Received'} by intake.",
            "channel": {"$ref": f"#/channels/{one.name}"},
            "messages": [{"$ref": f"#/channels/{one.name}/messages/{m.name}"} for m in one.messages],
        }
        for one in _CHANNELS
    }


def messages() -> Document:
    """Each kind of record by its name, for the document's components."""
    return {message.name: _message(channel, message) for channel in _CHANNELS for message in channel.messages}


def schemas() -> Document:
    """What values hold once they are opened: closed where intake receives it, else open to further members."""
    taken = Components(closed=True)
    for message in _plaintexts("receive"):
        taken.shape(message)
    told = Components(closed=False, already=taken)
    for message in _plaintexts("send"):
        told.shape(message)
    return told.schemas


def _plaintexts(action: str) -> list[type[Strict]]:
    return [message.plaintext for channel in _CHANNELS if channel.action == action for message in channel.messages]


def _channel(one: _Channel) -> Document:
    return {
        "address": one.topic.name,
        "description": one.about,
        "parameters": {"organisation": {"description": "The organisation's id.", "examples": ["acme"]}},
        "messages": {m.name: {"$ref": f"#/components/messages/{m.name}"} for m in one.messages},
        "bindings": kafka_bindings.of_channel(one.topic),
    }


def _message(channel: _Channel, one: _Message) -> Document:
    message: Document = {
        "name": one.event,
        "summary": one.about,
        "contentType": CONTENT_TYPE,
        "headers": _headers(one.event, channel.event_id),
        "payload": {
            "type": "string",
            "description": f"A compact JWE (RFC 7516), {ALGORITHM} with {ENCRYPTION}. {channel.to}",
            "contentMediaType": CONTENT_TYPE,
            "pattern": _COMPACT,
            "x-plaintext": {"$ref": f"#/components/schemas/{one.plaintext.__name__}"},
        },
    }
    if channel.action == "receive":
        return message  # a key of the platform's choice, which may be any bytes or none
    return {**message, "bindings": kafka_bindings.of_message()}


def _headers(event_type: str, event_id: str) -> Document:
    properties = {
        "ce_specversion": {"type": "string", "const": "1.0"},
        "ce_id": {"type": "string", "pattern": f"^{event_id}$"},
        "ce_source": {"type": "string", "minLength": 1},
        "ce_type": {"type": "string", "const": event_type},
        "content-type": {"type": "string", "const": CONTENT_TYPE},
    }
    return {"type": "object", "properties": properties, "required": list(properties)}
