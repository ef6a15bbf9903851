"""Asks the broker every few seconds how the work goes, for the operator's page and for Prometheus alike."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from prometheus_client import Gauge

from infra.clock import now
from infra.kafka.security import security
from infra.kafka.started import started
from schemas.topics import TOPICS
from services.audit.operations.dead_letters import DEAD
from services.audit.operations.figures import Figures, Group, Member, Sample
from services.audit.tlog.logs import Logs

LAG = Gauge("careerpulse_consumer_lag", "Records that a group has not yet come to", ["group", "topic"])
MEMBERS = Gauge("careerpulse_group_members", "Running members of a consumer group", ["group"])
ENDS = Gauge("careerpulse_topic_end_offset", "Where a topic ends, all partitions together", ["topic"])
DEAD_LETTERS = Gauge("careerpulse_dead_letters", "Dead letters that the broker holds", ["topic"])
THE_LOG = "the log"
"""How the log's own reader is called, which has no group: its offsets lie in the states of the logs."""
_PLACES = tuple(TopicPartition(topic.name, number) for topic in TOPICS for number in range(topic.partitions))
_SECONDS = 10.0
Offsets = Mapping[TopicPartition, int]
log = structlog.get_logger(__name__)


class Monitor:
    """`figures` is what it knows. `run` is a loop of the service."""

    def __init__(self, bootstrap: str, logs: Logs) -> None:
        self.figures = Figures()
        self._bootstrap = bootstrap
        self._logs = logs

    async def run(self) -> None:
        """Look until cancelled. A broker that does not answer is looked at again."""
        while True:
            try:
                self.take(await self.look())
            except (KafkaError, OSError) as error:
                log.warning("broker-not-seen", reason=repr(error))
            await asyncio.sleep(_SECONDS)

    async def look(self) -> Sample:
        """One look. Raises KafkaError."""
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap, enable_auto_commit=False, **security().of_aiokafka()
        )
        admin = AIOKafkaAdminClient(bootstrap_servers=self._bootstrap, **security().of_aiokafka())
        async with started(consumer), started(admin):
            return await self._sample(consumer, admin)

    def take(self, sample: Sample) -> None:
        """Remember a sample and set the gauges by it."""
        self.figures.take(sample)
        for topic, end in sample.ends.items():
            ENDS.labels(topic).set(end)
        for dead in DEAD:
            DEAD_LETTERS.labels(dead.name).set(sample.held[dead.name])
        LAG.clear()
        MEMBERS.clear()
        for group in sample.groups or ():
            MEMBERS.labels(group.name).set(len(group.members))
            for name, lag in group.lag.items():
                LAG.labels(group.name, name).set(lag)

    async def _sample(self, consumer: AIOKafkaConsumer, admin: AIOKafkaAdminClient) -> Sample:
        # Offsets before ends: what a group has committed by then lies below the ends that follow.
        groups = await _groups(admin)
        begins, ends = await consumer.beginning_offsets(_PLACES), await consumer.end_offsets(_PLACES)
        cluster = await admin.describe_cluster()
        state = self._logs.offsets
        read = {place: state[name] for place in _PLACES if (name := f"{place.topic}/{place.partition}") in state}
        known = None if groups is None else [*groups, (THE_LOG, (), read)]
        return Sample(
            now(),
            len(cluster["brokers"]),
            _by_topic(ends),
            _by_topic({place: ends[place] - begins[place] for place in _PLACES}),
            None if known is None else tuple(Group(name, who, lag_of(at, ends)) for name, who, at in known),
        )


async def _groups(admin: AIOKafkaAdminClient) -> list[tuple[str, tuple[Member, ...], Offsets]] | None:
    """Every group with its members and offsets; None where the broker does not tell, as the embedded one."""
    try:
        names = sorted(name for name, *_ in await admin.list_consumer_groups())
        found: list[tuple[str, tuple[Member, ...], Offsets]] = []
        for name in names:
            # One by one: the client does not decode the description of several groups at once.
            (described,) = await admin.describe_consumer_groups([name])
            offsets = await admin.list_consumer_group_offsets(name)
            known = {place: each.offset for place, each in offsets.items() if each.offset >= 0}
            found.append((name, _members(described.groups[0][5]), known))
    except (KafkaError, NotImplementedError) as error:
        log.info("groups-not-told", reason=repr(error))
        return None
    return found


def _members(described: list[Any]) -> tuple[Member, ...]:
    """`described` are tuples of member id, client id, host and more; a member id names its client."""
    return tuple(sorted((Member(one[1], one[2].lstrip("/")) for one in described), key=str))


def lag_of(offsets: Offsets, ends: Offsets) -> dict[str, int]:
    """By topic how many records lie beyond these offsets, of the partitions that have one. Pure."""
    found: defaultdict[str, int] = defaultdict(int)
    for place, offset in offsets.items():
        if place in ends:
            found[place.topic] += max(0, ends[place] - offset)
    return dict(sorted(found.items()))


def _by_topic(offsets: Offsets) -> dict[str, int]:
    found: defaultdict[str, int] = defaultdict(int)
    for place in _PLACES:
        found[place.topic] += offsets[place]
    return dict(found)
