"""What is said over Kafka as an AsyncAPI 3.0 document, out of the table of topics and the structs of their values."""

from collections.abc import Sequence
from typing import Any

import msgspec

from schemas import kafka_bindings, organisation_channels
from schemas.envelope import ATTRIBUTES, Envelope
from schemas.events import CONTENT_TYPE
from schemas.json_schema import json_schema
from schemas.messages import MESSAGES, Message
from schemas.topics import TOPICS, Topic

Document = dict[str, Any]
ABOUT = (
    "Records are CloudEvents 1.0 in Kafka's binary mode with MessagePack values; the schemas describe these values. "
    "`sealed` parts are AES-256-GCM under a key of the person, and a key of a record is random: nothing here is "
    "readable personal data. Those in an organisation's own topics are JWE throughout; `x-plaintext` tells what is "
    "sealed in them."
)


def asyncapi(version: str, topics: Sequence[Topic] = TOPICS, messages: Sequence[Message] = MESSAGES) -> Document:
    """The document of this version of the software. Raises LookupError for a topic that no message is sent on."""
    structs = {message.value for message in messages}
    _, schemas = msgspec.json.schema_components(
        sorted(structs, key=_name), ref_template="#/components/schemas/{name}"
    )
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "CareerPulse events",
            "version": version,
            "description": ABOUT,
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": CONTENT_TYPE,
        "channels": {topic.name: _channel(topic, _on(topic, messages)) for topic in topics}
        | organisation_channels.channels(),
        "operations": {f"send-{message.topic.name}-{_name(message.value)}": _sent(message) for message in messages}
        | organisation_channels.operations(),
        "components": {
            "messages": {_name(message.value): _message(message) for message in messages}
            | organisation_channels.messages(),
            "schemas": {name: _draft_07(schema) for name, schema in schemas.items()}
            | organisation_channels.schemas(),
        },
    }


def _name(struct: Any) -> str:
    return str(struct.__name__)


def _on(topic: Topic, messages: Sequence[Message]) -> list[Message]:
    found = [message for message in messages if message.topic == topic]
    if not found:
        raise LookupError(f"{topic.name}: no message is sent on it; add it to schemas/messages.py")
    return found


def _channel(topic: Topic, messages: Sequence[Message]) -> Document:
    return {
        "address": topic.name,
        "description": f"Owned by {topic.owner}, keyed by {topic.key}.",
        "messages": {_name(m.value): {"$ref": f"#/components/messages/{_name(m.value)}"} for m in messages},
        "bindings": kafka_bindings.of_channel(topic),
    }


def _sent(message: Message) -> Document:
    channel = f"#/channels/{message.topic.name}"
    return {
        "action": "send",
        "summary": f"Sent by {message.sender}.",
        "channel": {"$ref": channel},
        "messages": [{"$ref": f"{channel}/messages/{_name(message.value)}"}],
    }


def _message(message: Message) -> Document:
    document: Document = {
        "name": message.type or _name(message.value),
        "contentType": CONTENT_TYPE,
        "payload": {"$ref": f"#/components/schemas/{_name(message.value)}"},
        "bindings": kafka_bindings.of_message(),
    }
    return {**document, "headers": _headers(message.type)} if message.type else document


def _headers(event_type: str) -> Document:
    """The envelope as headers: of its attributes only the id and the source differ between events of a type."""
    envelope = json_schema(Envelope)
    header_of = {attribute: header for header, attribute in ATTRIBUTES.items()}
    properties = {header_of[name]: schema for name, schema in envelope["properties"].items()}
    properties["ce_type"] = {"type": "string", "const": event_type}
    return {
        "type": "object",
        "properties": properties,
        "required": [header_of[name] for name in envelope["required"]],
    }


def _draft_07(schema: Any) -> Any:
    """The same in the draft that AsyncAPI builds on: a tuple's members stand under `items`, and what tells the
    members of a union apart is a name.
    """
    if isinstance(schema, list):
        return [_draft_07(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    told = {name: _draft_07(one) for name, one in schema.items()}
    if "prefixItems" in told:
        told |= {"items": told.pop("prefixItems"), "additionalItems": False}
    if isinstance(told.get("discriminator"), dict) and "propertyName" in told["discriminator"]:
        told["discriminator"] = told["discriminator"]["propertyName"]
    return told
