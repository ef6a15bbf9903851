"""The restore fence: before consent serves anyone, it learns what was done after its database was last written.

`keys.revoked` is kept for ever, compacted: the last record of an alias says all that was taken back. `audit.entries`
shows which numbers the outbox has given. The database keeps how far of both it knows; what lies beyond was done after
the backup that it was restored from. On a database that was not restored nothing of it is news. The journal of the
erased lies where no backup reaches, and knows of them also when the broker was restored with the database; a broker
that was restored alone is given again what it has lost.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
import structlog
from aiokafka import ConsumerRecord
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import written
from infra.db.engine import Database
from infra.kafka.dead_letter import Poisoned
from infra.kafka.entry_outbox import number_given
from infra.kafka.record_key import alias_of
from infra.kafka.tail import tail
from schemas.events import Revoked
from schemas.topics import AUDIT_ENTRIES, KEYS_REVOKED, Topic
from services.consent import ledger
from services.consent.erasure.erased_journal import ErasedJournal, JournalNotWritten
from services.consent.erasure.reapplication import LastWord, erase_again, order_again, reapply, undecided
from services.consent.outboxes import SOURCE, Outboxes
from services.consent.retention import expiry
from services.consent.tables import key_clients, marks, persons

log = structlog.get_logger(__name__)


class UnreadableRevocation(Exception):
    """A record that may have taken something back says nothing. Consent does not start beside it."""


async def stand(database: Database, outboxes: Outboxes, journal: ErasedJournal, bootstrap: str) -> int:
    """Bring the database up to both topics and to the journal, in one transaction, and the topics up to it where
    they were restored. Gives how many persons were narrowed again.
    """
    async with database.write() as connection:
        revoked_mark, entries_mark = await _mark(connection, KEYS_REVOKED), await _mark(connection, AUDIT_ENTRIES)
    remembered = journal.remembered()
    words, revoked_end = await _last_words(bootstrap, revoked_mark)
    number, entries_end = await number_given(bootstrap, SOURCE, entries_mark)
    async with database.write() as connection:
        # First the numbers: what is recorded from here on must not take one that the log has.
        await outboxes.pass_over(connection, number)
        narrowed = await reapply(connection, outboxes, words)
        narrowed += await erase_again(connection, outboxes, remembered.erased)
        narrowed += await erase_again(connection, outboxes, await undecided(connection, remembered.begun))
        if revoked_mark > revoked_end:
            await _restore_topic(connection, outboxes, words, (revoked_end, entries_end))
        await order_again(connection)
        await expiry.order_again(connection, outboxes)
        await _set_mark(connection, KEYS_REVOKED, revoked_end)
        await _set_mark(connection, AUDIT_ENTRIES, entries_end)
    erased = remembered.erased | await _erased(database)
    try:
        journal.keep(erased, remembered.begun - erased)
    except JournalNotWritten as error:
        log.error("journal-not-written", reason=str(error))  # what is due waits for it; the others are served
    if narrowed:
        await database.wipe_traces()
    log.info("restore-fence", begin=revoked_mark, end=revoked_end, narrowed_again=narrowed, number_given=number)
    return narrowed


async def _restore_topic(
    connection: AsyncConnection, outboxes: Outboxes, words: Sequence[LastWord], ends: tuple[int, int]
) -> None:
    """The broker was restored: give it again what it has lost. `words` are all that `keys.revoked` holds now."""
    again = await outboxes.take_back(connection, *ends)
    # What was acknowledged were offsets that are given anew.
    await connection.execute(update(key_clients).values(acknowledged=-1))
    said = {word.alias for word in words if word.revoked.kind == "erased"}
    erased = set(await connection.scalars(select(persons.c.alias).where(persons.c.state == "erased")))
    unsaid = sorted(erased - said)
    for alias in unsaid:
        await outboxes.revoke(connection, alias, Revoked(await ledger.advance(connection), "erased"))
    log.warning("broker-restored", sent_again=again, erased_again=len(unsaid))


async def _erased(database: Database) -> frozenset[str]:
    async with database.read() as connection:
        return frozenset(await connection.scalars(select(persons.c.alias).where(persons.c.state == "erased")))


async def _last_words(bootstrap: str, kept: int) -> tuple[list[LastWord], int]:
    """The last record of each alias from offset `kept` on, and where the topic ends."""
    words: dict[str, LastWord] = {}
    async with tail(bootstrap, KEYS_REVOKED, kept) as found:
        async for records in found.batches():
            words |= {word.alias: word for record in records if (word := last_word(record)) is not None}
    return list(words.values()), found.end


def last_word(record: ConsumerRecord) -> LastWord | None:
    """What a record of `keys.revoked` says; None for a tombstone. Raises UnreadableRevocation."""
    if record.value is None:
        return None
    moment = datetime.fromtimestamp(record.timestamp / 1000, UTC)
    try:
        revoked = msgspec.msgpack.decode(record.value, type=Revoked)
        return LastWord(alias_of(record.key), revoked, record.offset, written(moment))
    except (msgspec.DecodeError, Poisoned) as error:
        raise UnreadableRevocation(
            f"{record.topic} has a record at offset {record.offset} that is none of consent's ({error}). Whom it "
            "meant nobody can tell, so nobody is served: find out who may write to the topic, and delete the record."
        ) from error


async def _mark(connection: AsyncConnection, topic: Topic) -> int:
    known = await connection.scalar(select(marks.c.next_offset).where(marks.c.topic == topic.name))
    if known is None:
        await connection.execute(insert(marks).values(topic=topic.name, next_offset=0))
    return known or 0


async def _set_mark(connection: AsyncConnection, topic: Topic, reached: int) -> None:
    await connection.execute(update(marks).where(marks.c.topic == topic.name).values(next_offset=reached))
