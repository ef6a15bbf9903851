"""Kafka's own part of an AsyncAPI document."""

from typing import Any

from schemas.topics import Topic

Document = dict[str, Any]
_HOUR_MS = 3_600_000
_VERSION = "0.5.0"


def of_channel(topic: Topic) -> Document:
    """How a topic is partitioned, and how long it is kept."""
    cleanup = "compact" if topic.compacted else "delete"
    kept = -1 if topic.retention_hours is None else topic.retention_hours * _HOUR_MS
    return {
        "kafka": {
            "topic": topic.name,
            "partitions": topic.partitions,
            "topicConfiguration": {"cleanup.policy": [cleanup], "retention.ms": kept},
            "bindingVersion": _VERSION,
        }
    }


def of_message() -> Document:
    """What a record's key is: text."""
    return {"kafka": {"key": {"type": "string"}, "bindingVersion": _VERSION}}
