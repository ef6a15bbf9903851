"""Keys for drafts: by a record of their own, and no longer than a draft is kept."""

from datetime import timedelta

from infra.clock import now
from schemas.keys import CreatedKey, CreateKeys, NewPerson, RecordDraft, ReleaseKeys
from schemas.purposes import DRAFT_DAYS
from tests.integration.consent.conftest import Running, entries

AGREED = (RecordDraft("draft", "consent", "individuals-1", "en"),)
LATER = timedelta(days=DRAFT_DAYS, seconds=1)


async def saved(running: Running, event: str = "draft-1", claim: str | None = None) -> CreatedKey:
    person = NewPerson(event, AGREED, claim_code=claim, purpose="draft")
    return (await running.stores.keystore.create(CreateKeys("individuals", (person,)))).persons[0]


async def refusal(running: Running, alias: str) -> str | None:
    return (await running.stores.keystore.release(ReleaseKeys("access", (alias,)))).keys[0].reason


async def swept(running: Running, after: timedelta) -> int:
    began = await running.stores.sweep.once(now() + after)
    await running.worker.once()
    return began


async def test_a_draft_gets_a_key_on_its_own_record_which_has_one_entry(running: Running) -> None:
    first = await saved(running)
    await running.worker.once()
    assert (first.status, set(first.subkeys), entries(running)[-1]) == (
        "active",
        {"answers", "trail"},
        "consent-given",
    )
    # and saving again is the same person under the same record
    again = await saved(running, "draft-2", first.claim_code)
    await running.worker.once()
    assert (again.alias, entries(running).count("consent-given")) == (first.alias, 1)


async def test_who_keeps_a_draft_has_not_agreed_to_the_scoring(running: Running) -> None:
    first = await saved(running)
    asked = NewPerson("event-1", (), claim_code=first.claim_code)
    (refused,) = (await running.stores.keystore.create(CreateKeys("individuals", (asked,)))).persons
    assert (refused.status, refused.reason) == ("refused", "no-record")
    (handed_in,) = await running.hand_in("event-2", claim_code=first.claim_code)
    assert handed_in.alias == first.alias


async def test_a_withdrawn_draft_is_neither_saved_again_by_its_page_nor_opened(running: Running) -> None:
    first = await saved(running)
    (record,) = await running.stores.consents.of(first.alias)
    await running.stores.consents.withdraw(first.alias, record.record_id)
    again = await saved(running)
    assert (again.status, again.reason) == ("refused", "withdrawn")


async def test_of_whom_nothing_but_a_draft_was_kept_is_erased_when_its_time_is_over(running: Running) -> None:
    # Given one with a draft only, and one who handed in as well
    only, both = await saved(running), await saved(running, "draft-2")
    await running.hand_in("event-1", claim_code=both.claim_code)
    assert await swept(running, timedelta(days=DRAFT_DAYS - 1)) == 0
    # When the time is over
    assert await swept(running, LATER) == 1
    # Then the first is erased, and the second is not
    assert [await refusal(running, one.alias) for one in (only, both)] == ["erased", None]


async def test_saving_again_begins_the_time_anew(running: Running) -> None:
    first = await saved(running)
    async with running.stores.database.write() as connection:
        await connection.exec_driver_sql("UPDATE hand_ins SET handed_in_at = '2026-01-01T00:00:00Z'")
    await saved(running, "draft-2", first.claim_code)
    assert await swept(running, timedelta(days=1)) == 0
