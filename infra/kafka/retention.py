"""How long the broker keeps a record at most, by its own settings, which may be others than ours."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Protocol

import structlog
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError

from infra.kafka.security import security
from infra.kafka.started import started

_TIMEOUT_MS = 10_000
_CHECK = "log.retention.check.interval.ms"
_TOPIC_SETTINGS = ("retention.ms", "segment.ms", "file.delete.delay.ms")
log = structlog.get_logger(__name__)


class Named(Protocol):
    """A topic, of which the name is enough."""

    @property
    def name(self) -> str: ...


async def kept_at_most(bootstrap: str, topics: Sequence[Named]) -> timedelta | None:
    """The longest time from the writing of a record until it is on no disk any more, over these topics.

    None where the broker does not tell, or keeps one of them for ever.
    """
    admin = AIOKafkaAdminClient(
        bootstrap_servers=bootstrap, request_timeout_ms=_TIMEOUT_MS, **security().of_aiokafka()
    )
    try:
        async with started(admin):
            brokers = [str(broker["node_id"]) for broker in (await admin.describe_cluster())["brokers"]]
            told = await admin.describe_configs(
                [
                    *(ConfigResource(ConfigResourceType.TOPIC, topic.name) for topic in topics),
                    *(ConfigResource(ConfigResourceType.BROKER, broker) for broker in brokers),
                ]
            )
            return longest([_settings(resource) for answer in told for resource in answer.resources])
    except (KafkaError, OSError, LookupError, ValueError) as error:
        log.warning("retention-assumed", reason=repr(error))
        return None


def longest(settings: Iterable[Mapping[str, str | None]]) -> timedelta | None:
    """The longest of them: retention, segment and delay of a topic, and the check of a broker. Raises ValueError for
    a setting that is missing or no number.
    """
    of_topics, checks = [], []
    for one in settings:
        if "retention.ms" in one:
            of_topics.append([int(one.get(name) or "") for name in _TOPIC_SETTINGS])
        elif _CHECK in one:
            checks.append(int(one[_CHECK] or ""))
    if not of_topics or not checks:
        raise ValueError("the broker tells no retention")
    if any(retention < 0 for retention, _, _ in of_topics):
        return None
    return timedelta(milliseconds=max(map(sum, of_topics)) + max(checks))


def _settings(resource: Sequence[Any]) -> dict[str, str | None]:
    code, message, _, name, entries = resource[:5]
    if code:
        raise ValueError(f"{name}: {message}")
    return {entry[0]: entry[1] for entry in entries}
