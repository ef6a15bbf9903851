"""What the broker says of the work, as figures: throughput of each topic, lag and members of each group. Pure."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Member:
    """One running process, as the broker knows a member of a consumer group."""

    client: str
    host: str


@dataclass(frozen=True, slots=True)
class Group:
    """A consumer group: its members, and how many records each topic that it reads holds beyond its offsets."""

    name: str
    members: tuple[Member, ...]
    lag: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Sample:
    """One look at the broker: where each topic ends in all, how much it holds, and its groups.

    `groups` is None where this broker does not tell them.
    """

    at: datetime
    brokers: int
    ends: Mapping[str, int]
    held: Mapping[str, int]
    groups: tuple[Group, ...] | None


@dataclass(frozen=True, slots=True)
class Flow:
    """Records that came to a topic: in the last minute, and a minute on the average of all that is remembered."""

    topic: str
    last_minute: int
    average: int
    held: int


@dataclass(slots=True)
class Figures:
    """The last samples, the newest last; `remembered` of them are kept."""

    remembered: int = 61
    _samples: deque[Sample] = field(default_factory=deque)

    def take(self, sample: Sample) -> None:
        """One more; the oldest goes."""
        self._samples.append(sample)
        while len(self._samples) > self.remembered:
            self._samples.popleft()

    @property
    def newest(self) -> Sample | None:
        """The last one; None before the first."""
        return self._samples[-1] if self._samples else None

    def flows(self) -> tuple[Flow, ...]:
        """Of every topic, in the order in which the samples name them."""
        if not self._samples:
            return ()
        newest, oldest = self._samples[-1], self._samples[0]
        since = min(self._samples, key=lambda one: abs(newest.at - one.at - _MINUTE))
        return tuple(
            Flow(topic, _a_minute(since, newest, topic), _a_minute(oldest, newest, topic), newest.held[topic])
            for topic in newest.ends
        )


def _a_minute(earlier: Sample, later: Sample, topic: str) -> int:
    """Records a minute between two samples. A topic made anew counts from its beginning."""
    seconds = int((later.at - earlier.at).total_seconds())
    came = later.ends[topic] - earlier.ends.get(topic, 0)
    return 0 if seconds <= 0 else max(0, came) * 60 // seconds
