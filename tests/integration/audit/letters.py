"""Dead letters in memory, as the broker would hold them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec

from infra.http.problems import unavailable
from infra.kafka.producer import Outgoing
from schemas.events import DeadLettered
from services.audit.operations.dead_letters import DeadLetter

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@dataclass(slots=True)
class Letters:
    """`away` is a broker that does not answer."""

    kept: list[DeadLetter] = field(default_factory=list)
    away: bool = False

    def add(self, sent: Outgoing) -> DeadLetter:
        """Keep one as it was sent."""
        value = msgspec.msgpack.decode(sent.value or b"", type=DeadLettered)
        letter = DeadLetter(sent.topic.name, len(self.kept), NOON, value)
        self.kept.append(letter)
        return letter

    async def listed(self) -> list[DeadLetter]:
        if self.away:
            raise unavailable("The broker")
        return self.kept

    async def one(self, topic: str, offset: int) -> DeadLetter | None:
        if self.away:
            raise unavailable("The broker")
        return next((one for one in self.kept if (one.topic, one.offset) == (topic, offset)), None)
