"""One batch: read, get all keys in one call, decide, send. Every record has exactly one end.

`scored`, `refused` (the ledger says no) or dead-lettered (no retry would help). When a part is down the whole
batch waits; that is never taken for a refusal. What a human has to look at is asked of consent before anything is
sent, so that no result is known of which the ledger does not know that it waits.
"""

import asyncio
from collections.abc import Sequence

from aiokafka import ConsumerRecord
from prometheus_client import Counter

from infra.clock import now, written
from infra.kafka.batch_loop import Unavailable
from infra.kafka.dead_letter import Poisoned, dead_letter
from infra.kafka.producer import BrokerUnavailable, Outgoing, Producer
from infra.keys.client import KeyClient, KeysUnavailable
from schemas.keys import NewReview, ReleasedKey
from schemas.purposes import is_sandbox
from schemas.topics import DEAD_SCORING
from services.methodology.version import Version
from services.scoring.submission import Submission, read
from services.scoring.verdict import refused, scored

ENDED = Counter("careerpulse_assessments_ended_total", "Assessments that scoring has ended", ["end", "people"])
_BREATH = 200
"""Records between two moments at which heartbeats and revocations get their turn."""


class Scoring:
    """The work of the batch loop."""

    def __init__(self, version: Version, keys: KeyClient, producer: Producer) -> None:
        self._version = version
        self._keys = keys
        self._producer = producer

    async def work(self, records: Sequence[ConsumerRecord]) -> None:
        """End every assessment of the batch. Raises Unavailable when consent or the broker is away."""
        submissions, ends = sift(records)
        reviews: list[NewReview] = []
        try:
            aliases = list(dict.fromkeys(submission.alias for _, submission in submissions))
            async with self._keys.held("scoring", aliases) as released:
                for place, (record, submission) in enumerate(submissions):
                    end, review = self._end(record, submission, released[submission.alias])
                    ends.append(end)
                    reviews += [] if review is None else [review]
                    if place % _BREATH == _BREATH - 1:
                        await asyncio.sleep(0)
                if reviews:
                    await self._keys.ask_reviews(reviews)
                await self._producer.send(ends)
        except (KeysUnavailable, BrokerUnavailable) as error:
            raise Unavailable(str(error)) from error
        unread = len(ends) - len(submissions)
        _count(ends, [*[""] * unread, *(submission.tenant for _, submission in submissions)])

    def _end(
        self, record: ConsumerRecord, submission: Submission, key: ReleasedKey
    ) -> tuple[Outgoing, NewReview | None]:
        time = written(now())
        if key.status == "refused":
            return refused(submission, key.reason or "refused", time), None
        try:
            return scored(submission, key, self._version, time)
        except Poisoned as poisoned:
            return dead_letter(DEAD_SCORING, "scoring", record, poisoned, submission.tenant), None


def _count(ends: Sequence[Outgoing], tenants: Sequence[str]) -> None:
    """Sandboxes apart: their people are made up."""
    for end, tenant in zip(ends, tenants, strict=True):
        kind = end.topic.name.rpartition(".")[2] if end.topic is not DEAD_SCORING else "dead"
        ENDED.labels(kind, "made-up" if is_sandbox(tenant) else "real").inc()


def sift(records: Sequence[ConsumerRecord]) -> tuple[list[tuple[ConsumerRecord, Submission]], list[Outgoing]]:
    """The submissions of a batch, and the dead letters of the records that are none."""
    submissions: list[tuple[ConsumerRecord, Submission]] = []
    dead: list[Outgoing] = []
    for record in records:
        try:
            submissions.append((record, read(record)))
        except Poisoned as poisoned:
            dead.append(dead_letter(DEAD_SCORING, "scoring", record, poisoned))
    return submissions, dead
