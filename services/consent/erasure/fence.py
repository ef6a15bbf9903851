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
from infra.kafka.dead_letter import Poisoned, dead_letter, demand_genuine
from infra.kafka.entry_outbox import number_given
from infra.kafka.producer import Outgoing, Producer
from infra.kafka.record_key import alias_of
from infra.kafka.record_tag import RecordTags
from infra.kafka.tail import tail
from schemas.events import Revoked
from schemas.topics import AUDIT_ENTRIES, DEAD_CONSENT, KEYS_REVOKED, Topic
from services.consent import ledger
from services.consent.erasure.erased_journal import ErasedJournal, JournalNotWritten, Remembered
from services.consent.erasure.reapplication import LastWord, erase_again, hold_lost, order_again, reapply, undecided
from services.consent.outboxes import SOURCE, Outboxes
from services.consent.retention import expiry
from services.consent.retention.holds import held_aliases
from services.consent.tables import key_clients, marks, persons

log = structlog.get_logger(__name__)


async def stand(
    database: Database,
    outboxes: Outboxes,
    journal: ErasedJournal,
    bootstrap: str,
    *,
    producer: Producer,
    tags: RecordTags,
) -> int:
    """Bring the database up to both topics and to the journal, in one transaction, and the topics up to it where
    they were restored. Gives how many persons were narrowed again.

    A revocation that consent has not written, or that nobody can read, destroys nothing: it is set aside in
    `dead.consent` with its entry. Whom the journal names is erased, whatever the topic lacks.
    """
    async with database.write() as connection:
        revoked_mark, entries_mark = await _mark(connection, KEYS_REVOKED), await _mark(connection, AUDIT_ENTRIES)
    remembered = journal.remembered()
    words, revoked_end, set_aside = await _last_words(bootstrap, revoked_mark, tags)
    if set_aside:  # before the mark passes over them; sent twice they are one
        await producer.send(set_aside)
    number, entries_end = await number_given(bootstrap, SOURCE, entries_mark)
    async with database.write() as connection:
        # First the numbers: what is recorded from here on must not take one that the log has.
        await outboxes.pass_over(connection, number)
        narrowed = await reapply(connection, outboxes, words)
        narrowed += await hold_lost(connection, outboxes, remembered.held)
        narrowed += await erase_again(connection, outboxes, remembered.erased)
        narrowed += await erase_again(connection, outboxes, await undecided(connection, remembered.begun))
        if revoked_mark > revoked_end:
            await _restore_topic(connection, outboxes, words, (revoked_end, entries_end))
        await order_again(connection)
        await expiry.order_again(connection, outboxes)
        await _set_mark(connection, KEYS_REVOKED, revoked_end)
        await _set_mark(connection, AUDIT_ENTRIES, entries_end)
    erased, held = await _kept(database)
    erased |= remembered.erased
    try:
        journal.keep(Remembered(erased, remembered.begun - erased, (remembered.held | held) - erased))
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


async def _kept(database: Database) -> tuple[frozenset[str], frozenset[str]]:
    """The erased and the held of this database."""
    async with database.read() as connection:
        erased = frozenset(await connection.scalars(select(persons.c.alias).where(persons.c.state == "erased")))
        return erased, await held_aliases(connection)


async def _last_words(bootstrap: str, kept: int, tags: RecordTags) -> tuple[list[LastWord], int, list[Outgoing]]:
    """The last record of each alias from offset `kept` on, where the topic ends, and the dead letters of the rest."""
    words: dict[str, LastWord] = {}
    dead: list[Outgoing] = []
    async with tail(bootstrap, KEYS_REVOKED, kept) as found:
        async for records in found.batches():
            for record in records:
                try:
                    if (word := last_word(record, tags)) is not None:
                        words[word.alias] = word
                except Poisoned as poisoned:
                    log.error("revocation-set-aside", offset=record.offset, reason=str(poisoned))
                    dead.append(dead_letter(DEAD_CONSENT, SOURCE, record, poisoned))
    return list(words.values()), found.end, dead


def last_word(record: ConsumerRecord, tags: RecordTags) -> LastWord | None:
    """What a record of `keys.revoked` says; None for a tombstone. Raises Poisoned for what is none."""
    if record.value is None:
        return None
    demand_genuine(tags, record)
    moment = datetime.fromtimestamp(record.timestamp / 1000, UTC)
    try:
        revoked = msgspec.msgpack.decode(record.value, type=Revoked)
    except msgspec.DecodeError as error:
        raise Poisoned(f"it is no revocation: {error}") from error
    return LastWord(alias_of(record.key), revoked, record.offset, written(moment))


async def _mark(connection: AsyncConnection, topic: Topic) -> int:
    known = await connection.scalar(select(marks.c.next_offset).where(marks.c.topic == topic.name))
    if known is None:
        await connection.execute(insert(marks).values(topic=topic.name, next_offset=0))
    return known or 0


async def _set_mark(connection: AsyncConnection, topic: Topic, reached: int) -> None:
    await connection.execute(update(marks).where(marks.c.topic == topic.name).values(next_offset=reached))
