"""Where to go on in the partitions that are read; what retention removed unread is passed over with an entry."""

import secrets
from collections.abc import Mapping

from infra.clock import now, written
from infra.db.engine import Database
from infra.kafka.entry_outbox import EntryOutbox, NewEntry
from infra.kafka.going_on import Removed
from infra.version import SOFTWARE
from schemas.entry import canonical, leaf, payload_name, role
from schemas.events import Cause
from schemas.topics import inbound
from services.intake.assessments.marks import Marks

_INBOUND = inbound("").name


class ReadMarks(Marks):
    """The marks of partitions, with the outbox of the entries."""

    def __init__(self, database: Database, outbox: EntryOutbox) -> None:
        super().__init__(database)
        self._outbox = outbox

    async def pass_over(self, removed: Mapping[str, Removed]) -> None:
        """Keep that these were removed unread, each with its entry, and go on behind them."""
        async with self._database.write() as connection:
            await self._outbox.put(connection, [removed_unread(place, one) for place, one in removed.items()])
            await self.keep_in({place: begin for place, (_, begin) in removed.items()}, connection)
        self._outbox.wake()


def removed_unread(place: str, removed: Removed) -> NewEntry:
    """The entry of what retention removed of `topic/partition` before it was read.

    Its cause is the first offset of it. No leaf names an organisation, so of an `inbound` topic it says only that.
    The payload is the SHA-256 of the document that names all, as the line `unread-removed` does.
    """
    topic, _, partition = place.rpartition("/")
    first, begin = removed
    minted, tenant = secrets.token_hex(16), topic.removeprefix(_INBOUND) if topic.startswith(_INBOUND) else ""
    told = {"topic": topic, "partition": int(partition), "first": first, "begin": begin}
    made = leaf(
        "removed-unread",
        minted,
        written(now()),
        role("service:intake", tenant),
        SOFTWARE,
        cause=Cause(_INBOUND.rstrip(".") if tenant else topic, int(partition), first),
        payload=payload_name(canonical(told)),
    )
    return NewEntry(minted, made)
