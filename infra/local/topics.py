"""Creates the topics of a table, with partitions and per-topic settings; running it again changes nothing."""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import for_code

from infra.kafka.security import security
from infra.kafka.started import started

_HOUR_MS = 3_600_000
_EXISTS = 36
_MOST_REPLICAS = 3


class TopicSpec(Protocol):
    """What a row of the table of topics must name."""

    @property
    def name(self) -> str: ...
    @property
    def partitions(self) -> int: ...
    @property
    def retention_hours(self) -> int | None:
        """None: records are never deleted by age."""
        ...

    @property
    def compacted(self) -> bool: ...


class TopicError(Exception):
    """A topic could not be created or is not what the table says."""


def settings(spec: TopicSpec) -> dict[str, str]:
    """The topic's settings. Segments last an hour, so the date on which a record is gone can be stated."""
    retention = -1 if spec.retention_hours is None else spec.retention_hours * _HOUR_MS
    return {
        "cleanup.policy": "compact" if spec.compacted else "delete",
        "message.timestamp.type": "LogAppendTime",
        "retention.ms": str(retention),
        "segment.ms": str(_HOUR_MS),
    }


async def create(bootstrap: str, specs: Sequence[TopicSpec]) -> list[str]:
    """Create what is missing, bring the settings of the rest up to date; returns the names of the new.

    Raises TopicError when a topic exists with another number of partitions: changing that would part the
    records of a key.
    """
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, **security().of_aiokafka())
    async with started(admin):
        created = await _create_missing(admin, specs)
        known = [spec for spec in specs if spec.name not in created]
        if known:
            await _compare_partitions(admin, known)
            await _renew_settings(admin, known)
        return created


async def _create_missing(admin: Any, specs: Iterable[TopicSpec]) -> list[str]:
    brokers = (await admin.describe_cluster())["brokers"]
    replicas = min(_MOST_REPLICAS, len(brokers))
    response = await admin.create_topics(
        [NewTopic(spec.name, spec.partitions, replicas, topic_configs=settings(spec)) for spec in specs]
    )
    results = [(row[0], row[1], row[2]) for row in response.topic_errors]
    for name, code, message in results:
        if code not in (0, _EXISTS):
            raise TopicError(f"topic {name} was not created: {for_code(code).__name__}: {message}")
    return [name for name, code, _ in results if code == 0]


async def _compare_partitions(admin: Any, specs: Iterable[TopicSpec]) -> None:
    described = await admin.describe_topics([spec.name for spec in specs])
    found = {row["topic"]: len(row["partitions"]) for row in described}
    for spec in specs:
        if found[spec.name] != spec.partitions:
            raise TopicError(f"topic {spec.name} has {found[spec.name]} partitions, the table says {spec.partitions}")


async def _renew_settings(admin: Any, specs: Iterable[TopicSpec]) -> None:
    resources = [ConfigResource(ConfigResourceType.TOPIC, spec.name, configs=settings(spec)) for spec in specs]
    for response in await admin.alter_configs(resources):
        for row in response.resources:
            if row[0] != 0:
                raise TopicError(f"settings of topic {row[3]} not changed: {for_code(row[0]).__name__}: {row[1]}")
