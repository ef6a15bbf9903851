"""What comes by an outbox must be written by a service of ours, which its tag shows (infra/kafka/record_tag).

Untagged entries of an outbox are taken as long as none of its entries bore a tag: they stood in the topic when the
product learned to tag, or come from a service that has not learned it yet. A log that begins with tags takes none.
"""

from aiokafka import ConsumerRecord

from infra.kafka.record_tag import RecordTags, tag_of
from schemas.entry import OUTBOXES
from schemas.topics import AUDIT_ENTRIES
from services.audit.reading.arrivals import Arrived, Forged
from services.audit.reading.selection import OUTBOX
from services.audit.tlog.state import State

_PLACE = f"{AUDIT_ENTRIES.name}/0"


class Tagging:
    """What is demanded, from the state of the log on; `outboxes` are those of which only tagged entries are taken.

    Without `tags` nothing is demanded.
    """

    def __init__(self, tags: RecordTags | None, state: State) -> None:
        begins = tags is not None and _PLACE not in state.offsets
        self.outboxes = {f"{OUTBOX}{name}" for name in OUTBOXES} if begins else set(state.tagged)
        self._tags = tags

    def demand(self, record: ConsumerRecord, arrived: Arrived) -> None:
        """Raises Forged where no service of ours has written what this record brings."""
        if self._tags is None or record.topic != AUDIT_ENTRIES.name:
            return
        if tag_of(record.headers or ()) is None and arrived.source not in self.outboxes:
            return
        if not self._tags.genuine(record):
            raise Forged("its tag is missing, or is that of another key or record")
        self.outboxes.add(arrived.source)
