"""Counts each decision of whoever gave consent to statistics: the displayed score, in all and in the groups that were
told, and the coarse answers. The log never waits for it.

The key is released for `statistics`, so a withdrawal ends it; what was counted before stays as a number without a
name. Only records that the log has taken count: of two with one id the first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
import orjson
import structlog
from aiokafka import ConsumerRecord
from prometheus_client import Counter

from infra.crypto.sealed import Context, NotOpened, open_sealed
from infra.kafka.batch_loop import Unavailable
from infra.kafka.dead_letter import Poisoned
from infra.keys.client import KeyClient, KeysUnavailable
from schemas.events import RESULT_SCHEMA, Scored
from schemas.keys import ReleasedKey
from schemas.purposes import is_sandbox
from schemas.statistics import STATISTICS_SCHEMA, Counted
from schemas.topics import SCORED, SUBMITTED
from services.audit.reading.arrivals import Arrived, Trail, read
from services.audit.statistics.day_counts import Day, DayCounts
from services.audit.statistics.histograms import Place, places
from services.audit.store import Store
from services.audit.tlog.logs import Logs

COUNTED = Counter("careerpulse_audit_scores_counted_total", "Displayed scores counted for statistics")
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Decision:
    """A scored record: its entry's place, whose it is, and what is sealed in it."""

    arrived: Arrived
    trail: Trail
    value: Scored


class Tallying:
    """The work of a batch loop over `assessments.scored`."""

    def __init__(self, counts: DayCounts, keys: KeyClient, logs: Logs, store: Store) -> None:
        self._counts = counts
        self._keys = keys
        self._logs = logs
        self._store = store

    async def work(self, records: Sequence[ConsumerRecord]) -> None:
        """Count what the batch brings, once the log has it. Raises Unavailable where consent does not answer."""
        offsets: dict[str, int] = {}
        for record in records:
            offsets[_partition(record)] = max(record.offset + 1, offsets.get(_partition(record), 0))
        await self._logs.have_read(offsets)
        brought = {(one.arrived.source, one.arrived.place): one for one in map(_read, records) if one is not None}
        ours = await self._store.taken([one.arrived for one in brought.values()])
        decisions = [brought[one.source, one.place] for one in ours]
        aliases = list(dict.fromkeys(one.trail.alias for one in decisions))
        try:
            async with self._keys.held("statistics", aliases) as released:
                scores = _scores(decisions, released)
                await self._counts.add(scores, offsets)
        except KeysUnavailable as error:
            raise Unavailable(str(error)) from None
        COUNTED.inc(len(scores))


def _read(record: ConsumerRecord) -> Decision | None:
    try:
        arrived = read(record)
    except Poisoned:  # the log's own reader sets it aside, with its reason
        return None
    if arrived.trail is None or is_sandbox(arrived.trail.tenant):
        return None
    return Decision(arrived, arrived.trail, msgspec.msgpack.decode(record.value, type=Scored))


def _scores(
    decisions: Sequence[Decision], released: Mapping[str, ReleasedKey]
) -> dict[tuple[str, int], tuple[Day, tuple[Place, ...]]]:
    found: dict[tuple[str, int], tuple[Day, tuple[Place, ...]]] = {}
    for one in decisions:
        key = released[one.trail.alias]
        points = None if key.status == "refused" else _points(one.value, one.trail, key)
        if points is not None:
            day = one.trail.tenant, str(orjson.loads(one.value.leaf)["time"])[:10]
            found[one.arrived.source, one.arrived.place] = day, places(points, _told(one.value, one.trail, key))
    return found


def _points(value: Scored, trail: Trail, key: ReleasedKey) -> int | None:
    """The whole points that are displayed, of an interval its middle; None for what its key does not open."""
    place = Context(trail.tenant, trail.alias, SCORED.name, RESULT_SCHEMA, trail.event_id, key.key_id)
    try:
        points = orjson.loads(open_sealed(key.subkeys["result"], value.result, place))["points"]
    except NotOpened as error:
        log.error("not-counted", event_id=trail.event_id, reason=str(error))
        return None
    middle: int = (points["low"] + points["high"]) // 2
    return middle


def _told(value: Scored, trail: Trail, key: ReleasedKey) -> Counted | None:
    """What was told beside the answers, and these made coarse; None where there is nothing, or it does not open."""
    if value.statistics is None:
        return None
    place = Context(trail.tenant, trail.alias, SUBMITTED.name, STATISTICS_SCHEMA, trail.event_id, key.key_id)
    try:
        plain = open_sealed(key.subkeys["statistics"], value.statistics, place)
        return msgspec.msgpack.decode(plain, type=Counted)
    except (NotOpened, msgspec.DecodeError) as error:
        log.error("groups-not-counted", event_id=trail.event_id, reason=str(error))
        return None


def _partition(record: ConsumerRecord) -> str:
    return f"{record.topic}/{record.partition}"
