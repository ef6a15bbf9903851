"""Pages of entries out of the log itself, upwards or downwards by index, and narrowed by what their fields say.

Entries come to the log some time after the moment that they state, at most as long as Kafka keeps them. So the time
leads to the bundles that can hold what is asked for, and the rest of the log is never read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson

from infra.clock import written
from schemas.topics import RETENTION_HOURS
from services.audit.tlog import tiles
from services.audit.tlog.stored import StoredLog

DEFAULT_LIMIT = 50
MOST = 200
SCANNED_BUNDLES = 40
"""How far one request looks; where it stops, `next` goes on."""

_LATEST = timedelta(hours=RETENTION_HOURS)


@dataclass(frozen=True, slots=True)
class Query:
    """Upwards from `start`, or downwards from below `below` (None: from the newest).

    `since` and `until` bound the time as entries write it, the second is left out; `methodology` is a hash.
    """

    limit: int = DEFAULT_LIMIT
    start: int | None = None
    below: int | None = None
    kind: str | None = None
    since: str | None = None
    until: str | None = None
    methodology: str | None = None

    def takes(self, entry: Mapping[str, Any]) -> bool:
        """Whether an entry is what is asked for."""
        return (
            (self.kind is None or entry["type"] == self.kind)
            and (self.since is None or entry["time"] >= self.since)
            and (self.until is None or entry["time"] < self.until)
            and (self.methodology is None or entry.get("methodology") == self.methodology)
        )


def page_of(log: StoredLog, query: Query, number: int = 0) -> dict[str, Any]:
    """The entries of one page of this log, and under `next` the parameter that goes on, null at the end."""
    upwards = query.start is not None
    size = log.state.size
    least, most = _first_since(log, query.since), _beyond(log, query.until)
    at = (
        max(least, min(query.start or 0, most))
        if upwards
        else min(most if query.below is None else query.below, most)
    )
    found: list[dict[str, Any]] = []
    for _ in range(SCANNED_BUNDLES):
        if len(found) >= query.limit or not (at < most if upwards else at > least):
            break
        at = _take(log, query, number, at, found)
    more = at < most if upwards else at > least
    return {"entries": found, "size": size, "next": {"from" if upwards else "before": at} if more else None}


def shown(number: int, index: int, entry: bytes) -> dict[str, Any]:
    """An entry with its place: the number of its log, and its index there."""
    return {"log": number, "index": index, "entry": orjson.loads(entry)}


def _take(log: StoredLog, query: Query, number: int, at: int, found: list[dict[str, Any]]) -> int:
    """Take what fits out of one bundle, from `at` on; gives where to go on."""
    upwards = query.start is not None
    bundle = (at if upwards else at - 1) // tiles.WIDTH
    first, width = bundle * tiles.WIDTH, tiles.width_at(log.state.size, 0, bundle)
    entries = tiles.unpack(log.bundle(bundle, width), width)
    indices = range(at, first + width) if upwards else range(at - 1, first - 1, -1)
    for index in indices:
        if len(found) >= query.limit:
            return index if upwards else index + 1
        one = shown(number, index, entries[index - first])
        if query.takes(one["entry"]):
            found.append(one)
    return first + width if upwards else first


def _first_since(log: StoredLog, since: str | None) -> int:
    """Before this index stands nothing of that time or later: it would have come before it was."""
    if since is None:
        return 0
    earliest = datetime.fromisoformat(since) - _LATEST
    return max(0, _boundary(log, written(earliest)) - 1) * tiles.WIDTH


def _beyond(log: StoredLog, until: str | None) -> int:
    """From this index on stands nothing that is older: it would have come too late."""
    if until is None:
        return log.state.size
    latest = datetime.fromisoformat(until) + _LATEST
    return min(log.state.size, _boundary(log, written(latest)) * tiles.WIDTH)


def _boundary(log: StoredLog, time: str) -> int:
    """A bundle whose first entry is of this time or later while that of the bundle before it is not.

    An entry of time t came to the log between t and t + _LATEST, and the log grows in the order of coming. So such a
    bundle says something of all that lies behind it, though the times themselves are in no strict order.
    """
    low, high = 0, -(-log.state.size // tiles.WIDTH)
    while low < high:
        middle = (low + high) // 2
        if orjson.loads(log.entry(middle * tiles.WIDTH))["time"] >= time:
            high = middle
        else:
            low = middle + 1
    return low
