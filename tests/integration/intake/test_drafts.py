"""Drafts on a real database: kept for who asks, opened by the claim code, gone when their ground is."""

from datetime import UTC, datetime, timedelta

import pytest

from infra.clock import now, written
from infra.db.engine import Database
from infra.http.problems import Problem
from infra.kafka.entry_outbox import EntryOutbox
from infra.keys.revocations import Narrowed
from schemas.events import Revoked
from services.intake.draft_store import Draft, DraftStore
from services.intake.drafts import Agreed, Drafts, Unfinished
from services.intake.erasure import Erasure
from services.intake.store import Store
from services.intake.tables import marks
from services.intake.views import SOURCE, Views
from tests.twins.broker import Broker
from tests.twins.ledger import Ledger

ALIAS = "a" * 32
SAVED = datetime(2026, 11, 23, 18, tzinfo=UTC)
ONE = Draft(ALIAS, "1" * 32, b"sealed", written(SAVED), 5)
FILLED = Unfinished("skills", {"occupation": ["15-1252.00"], "s:a": ["3:18"]})
AGREED = Agreed("individuals-1", "de")
TOKEN = "0" * 32


@pytest.fixture
def store(database: Database) -> DraftStore:
    return DraftStore(database)


@pytest.fixture
async def outbox(database: Database) -> EntryOutbox:
    outbox = EntryOutbox(database, SOURCE, marks)
    await outbox.open()
    return outbox


def drafts(database: Database, ledger: Ledger, outbox: EntryOutbox) -> Drafts:
    return Drafts(DraftStore(database), ledger, Views(database, outbox))


async def revoked(database: Database, sequence: int, *withdrawn: str) -> None:
    erasure = Erasure(Store(database), DraftStore(database), Broker(), Ledger())
    await erasure.revoked([Narrowed(ALIAS, Revoked(sequence, "withdrawn", withdrawn), 1)])


async def test_a_saved_draft_takes_the_place_of_an_earlier_one(store: DraftStore) -> None:
    later = Draft(ALIAS, "2" * 32, b"more", written(SAVED + timedelta(hours=1)), 6)
    assert [await store.save(ONE), await store.save(later)] == [True, True]
    assert await store.of(ALIAS, SAVED) == later
    await store.delete(ALIAS)
    assert await store.of(ALIAS, SAVED) is None


async def test_thirty_days_after_it_was_saved_a_draft_is_neither_shown_nor_kept(store: DraftStore) -> None:
    await store.save(ONE)
    last = SAVED + timedelta(days=30)
    assert (await store.of(ALIAS, last), await store.expire(last)) == (ONE, 0)
    after = last + timedelta(seconds=1)
    assert (await store.of(ALIAS, after), await store.expire(after)) == (None, 1)


async def test_nothing_is_kept_for_the_erased(store: DraftStore, database: Database) -> None:
    await store.save(ONE)
    assert await Store(database).erase([ALIAS]) == {ALIAS: {"assessments": 0, "drafts": 1}}
    assert not await store.save(ONE)
    assert await store.of(ALIAS, SAVED) is None


async def test_a_withdrawal_deletes_what_was_saved_before_it_and_nothing_else(
    store: DraftStore, database: Database
) -> None:
    # Given a draft saved at sequence 5
    await store.save(ONE)
    # When another purpose is withdrawn, or an older withdrawal is read again: it stays
    await revoked(database, 6, "research")
    await revoked(database, 5, "draft")
    assert await store.of(ALIAS, SAVED) == ONE
    # When its own purpose is withdrawn after it was saved: it is gone
    await revoked(database, 6, "draft", "research")
    assert await store.of(ALIAS, SAVED) is None


async def test_a_draft_is_sealed_opened_by_its_claim_code_and_its_opening_recorded(
    database: Database, outbox: EntryOutbox
) -> None:
    ledger, broker = Ledger(), Broker()
    kept = drafts(database, ledger, outbox)
    claim = await kept.save(FILLED, AGREED, TOKEN)
    # Then consent was asked for the purpose with the notice, and what is kept is not readable
    (asked,) = ledger.asked_for
    assert (asked.purpose, [(one.purpose, one.notice) for one in asked.records]) == (
        "draft",
        [("draft", "individuals-1")],
    )
    alias = await ledger.resolve(claim)
    held = await DraftStore(database).of(alias or "", now())
    assert held is not None
    assert b"15-1252" not in held.sealed
    # and the code opens it, which leaves one entry
    assert await kept.open(claim) == FILLED
    assert await outbox.drain(broker) == 1
    # and nobody else's code does
    assert await kept.open("another") is None


async def test_the_same_page_sent_again_makes_nobody_new_and_tells_the_same_code(
    database: Database, outbox: EntryOutbox
) -> None:
    ledger = Ledger()
    kept = drafts(database, ledger, outbox)
    assert await kept.save(FILLED, AGREED, TOKEN) == await kept.save(FILLED, AGREED, TOKEN)
    assert len(ledger.people) == 1


async def test_knowing_the_id_of_an_assessment_gives_nobody_its_claim_code(
    database: Database, outbox: EntryOutbox
) -> None:
    ledger = Ledger()
    kept = drafts(database, ledger, outbox)
    first = await kept.save(FILLED, AGREED, TOKEN)
    (event,) = [event for _, event in ledger.events]
    assert await kept.save(FILLED, AGREED, event) != first


async def test_where_the_ledger_says_no_nothing_is_kept_and_nothing_opened(
    database: Database, outbox: EntryOutbox, store: DraftStore
) -> None:
    ledger = Ledger()
    kept = drafts(database, ledger, outbox)
    with pytest.raises(Problem) as wrong:
        await kept.save(FILLED, AGREED, TOKEN, "no such code")
    assert (wrong.value.status, await store.expire(now() + timedelta(days=31))) == (403, 0)
    claim = await kept.save(FILLED, AGREED, TOKEN)
    ledger.release_refused = "draft"
    assert await kept.open(claim) is None


async def test_a_withdrawal_that_comes_before_the_draft_is_stored_leaves_nothing(
    database: Database, outbox: EntryOutbox, store: DraftStore
) -> None:
    # Given a person whose revocation this process has heard of, of a sequence after the key was given
    ledger = Ledger()
    kept = drafts(database, ledger, outbox)
    claim = await kept.save(FILLED, AGREED, TOKEN)
    ledger.cache.revoke(await ledger.resolve(claim) or "", 2, 0.0)
    with pytest.raises(Problem):
        await kept.save(FILLED, AGREED, "1" * 32, claim)
    assert await store.of(await ledger.resolve(claim) or "", now()) is None


async def test_handing_in_deletes_the_draft(database: Database, outbox: EntryOutbox) -> None:
    kept = drafts(database, Ledger(), outbox)
    claim = await kept.save(FILLED, AGREED, TOKEN)
    await kept.finish(claim)
    assert await kept.open(claim) is None
