"""Drafts on a real database: kept for who asks, opened by the claim code, gone when their ground is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web

import services.intake.pages
from infra.clock import now, written
from infra.db.engine import Database
from infra.http.problems import Problem
from infra.kafka.entry_outbox import EntryOutbox
from infra.keys.revocations import Narrowed
from infra.pages.site import Site
from infra.pages.visit import Visit
from schemas.draft import Unfinished
from schemas.events import Revoked
from schemas.rights import HeldDraft
from services.intake.assessments.fence import Fence
from services.intake.assessments.store import Store
from services.intake.handing_in.draft_store import Draft, DraftStore
from services.intake.handing_in.drafts import Agreed, Drafts
from services.intake.pages.entrance import ATTEMPTS
from services.intake.pages.saving import Saving
from services.intake.privacy.erasure import Erasure
from services.intake.privacy.holdings import Holdings
from services.intake.results.views import SOURCE, Views
from services.intake.tables import marks
from tests.twins.broker import Broker
from tests.twins.ledger import Ledger

PAGES = Path(services.intake.pages.__file__).parent
SERVICES = ("intake", "consent", "audit")
ALIAS = "a" * 32
SAVED = datetime(2026, 11, 23, 18, tzinfo=UTC)
ENDS = SAVED + timedelta(days=30)
ONE = Draft(ALIAS, "1" * 32, b"sealed", written(SAVED), written(ENDS), 5)
FILLED = Unfinished("skills", {"occupation": ["15-1252.00"], "s:a": ["3:18"]}, {"skills": [{"id": "a", "level": 3}]})
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
    erasure = Erasure(Fence(database), DraftStore(database), Broker(), Ledger())
    await erasure.revoked([Narrowed(ALIAS, Revoked(sequence, "withdrawn", withdrawn), 1)])


async def test_a_saved_draft_takes_the_place_of_an_earlier_one(store: DraftStore) -> None:
    later = replace(ONE, id="2" * 32, sealed=b"more", sequence=6)
    assert [await store.save(ONE), await store.save(later)] == [True, True]
    assert await store.of(ALIAS) == later


async def test_what_has_ended_and_nothing_else_is_deleted(store: DraftStore) -> None:
    await store.save(ONE)
    before = ENDS - timedelta(seconds=1)
    assert (await store.ended(before), await store.delete([ALIAS], before)) == ([], 0)
    assert (await store.ended(ENDS), await store.delete([ALIAS], ENDS)) == ([ALIAS], 1)
    assert await store.of(ALIAS) is None


async def test_nothing_is_kept_for_the_erased(store: DraftStore, database: Database) -> None:
    await store.save(ONE)
    assert await Fence(database).erase([ALIAS]) == {ALIAS: {"assessments": 0, "drafts": 1, "deliveries": 0}}
    assert not await store.save(ONE)
    assert await store.of(ALIAS) is None


async def test_a_withdrawal_ends_what_was_saved_before_it_and_nothing_else(
    store: DraftStore, database: Database
) -> None:
    # Given a draft saved at sequence 5, whose time is not over
    await store.save(replace(ONE, ends_at=written(now() + timedelta(days=1))))
    # When another purpose is withdrawn, or an older withdrawal is read again: it stays
    await revoked(database, 6, "research")
    await revoked(database, 5, "draft")
    assert await store.ended(now()) == []
    # When its own purpose is withdrawn after it was saved: it has ended
    await revoked(database, 6, "draft", "research")
    assert await store.ended(now()) == [ALIAS]


async def test_while_a_legal_hold_stands_or_nobody_says_that_none_does_nothing_is_deleted(
    database: Database, outbox: EntryOutbox
) -> None:
    # Given a draft whose time is over
    ledger, store = Ledger(), DraftStore(database)
    kept = drafts(database, ledger, outbox)
    claim = await kept.save(FILLED, AGREED, TOKEN)
    alias = await ledger.resolve(claim) or ""
    await store.end([(alias, None)], now())
    # When its person is held, and when consent does not answer: it is held, and gone on with by nobody
    ledger.holds = frozenset({alias})
    assert (await kept.sweep(), await kept.open(claim)) == (0, None)
    ledger.holds, ledger.away = frozenset(), True
    assert await kept.sweep() == 0
    # When no hold stands any more: it is deleted
    ledger.away = False
    assert (await kept.sweep(), await store.of(alias)) == (1, None)


async def test_what_is_held_about_a_person_includes_their_draft(database: Database, store: DraftStore) -> None:
    await store.save(ONE)
    (held,) = await Holdings(Store(database), store).of(ALIAS)
    assert held == HeldDraft(ONE.id, ONE.saved_at, ONE.ends_at, ONE.sealed)


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
    held = await DraftStore(database).of(alias or "")
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


async def test_whoever_has_seen_a_page_s_token_overwrites_nothing_and_takes_nobody_else_s_draft(
    database: Database, outbox: EntryOutbox
) -> None:
    # Given a draft of one person, and another person with a draft of their own
    ledger = Ledger()
    kept = drafts(database, ledger, outbox)
    claim, other = await kept.save(FILLED, AGREED, TOKEN), await kept.save(FILLED, AGREED, "1" * 32)
    # When another form comes under the first one's token, without a code and under the other one's
    changed = Unfinished("skills", {"occupation": ["11-1011.00"]}, {})
    with pytest.raises(Problem) as refused:
        await kept.save(changed, AGREED, TOKEN)
    told = await kept.save(changed, AGREED, TOKEN, other)
    # Then the first is refused, the second is the other one's own, and the draft is as it was
    assert (refused.value.status, told) == (422, other)
    assert (await kept.open(claim), await kept.open(other)) == (FILLED, changed)


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
    assert (wrong.value.status, await store.ended(now() + timedelta(days=31))) == (403, [])
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
    assert await kept.open(claim) is None
    assert await store.ended(now()) == [await ledger.resolve(claim)]


async def test_handing_in_deletes_the_draft(database: Database, outbox: EntryOutbox) -> None:
    kept = drafts(database, Ledger(), outbox)
    claim = await kept.save(FILLED, AGREED, TOKEN)
    await kept.finish(claim)
    assert await kept.open(claim) is None


async def test_wrong_codes_are_counted_to_whoever_stands_behind_our_own_proxy(
    aiohttp_client, database: Database, outbox: EntryOutbox
) -> None:
    saving = Saving(drafts(database, Ledger(), outbox))

    async def resume(visit: Visit) -> web.Response:
        return web.Response(status=200 if await saving.resume(visit) else 422)

    application = web.Application()
    site = Site("intake", "http://here", bytes(32), [PAGES], {"addresses": dict.fromkeys(SERVICES, "")}, proxies=1)
    application.add_routes([site.post("/", resume)])
    site.join(application)
    client = await aiohttp_client(application)

    async def tried(address: str) -> int:
        answer = await client.post(
            "/", data={"claim": "AAAA"}, headers={"X-Forwarded-For": f"203.0.113.9, {address}"}
        )
        return answer.status

    assert {await tried("198.51.100.1") for _ in range(ATTEMPTS)} == {422}
    assert await tried("198.51.100.1") == 429
    assert await tried("198.51.100.2") == 422
