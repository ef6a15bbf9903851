"""Keys for drafts: by a record of their own, and no longer than a draft is kept."""

from datetime import timedelta
from typing import Any

import msgspec

from infra.clock import now, written
from infra.crypto.sealed import Context, seal
from schemas.draft import DRAFT_PLACE, DRAFT_SCHEMA, Unfinished
from schemas.keys import CreatedKey, CreateKeys, NewPerson, RecordDraft, ReleaseKeys
from schemas.portability import Portable
from schemas.purposes import DRAFT_DAYS
from schemas.rights import Disclosure, HeldDraft, Part
from tests.integration.consent.conftest import Running, entries

AGREED = (RecordDraft("draft", "consent", "individuals-1", "en"),)
LATER = timedelta(days=DRAFT_DAYS, seconds=1)


FILLED = Unfinished("skills", {"s:a": ["3:18"], "i:reserve": ["plenty"]}, {"skills": [{"id": "a", "level": 3}]})


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
    assert await swept(running, LATER) == 2
    # Then the first is erased, and of the second the record of the draft has expired
    assert [await refusal(running, one.alias) for one in (only, both)] == ["erased", None]
    states = {one.purpose: one.state for one in await running.stores.consents.of(both.alias)}
    assert states == {"draft": "expired", "scoring": "given", "delivery": "given"}


async def test_saving_again_begins_the_time_anew(running: Running) -> None:
    first = await saved(running)
    async with running.stores.database.write() as connection:
        await connection.exec_driver_sql("UPDATE hand_ins SET handed_in_at = '2026-01-01T00:00:00Z'")
    await saved(running, "draft-2", first.claim_code)
    assert await swept(running, timedelta(days=1)) == 0


async def test_while_a_legal_hold_stands_nobody_is_erased_for_the_time_of_their_draft(running: Running) -> None:
    # Given one with a draft only, who is held
    first = await saved(running)
    hold = await running.stores.holds.set("draft-1", "Lawsuit 4 C 17/26")
    assert await running.stores.holds.among(["nobody", first.alias]) == {first.alias}
    # Then the sweep leaves them be until it is lifted
    assert await swept(running, LATER) == 0
    await running.stores.holds.lift(hold.id)
    assert await running.stores.holds.among([first.alias]) == frozenset()
    assert await swept(running, LATER) == 1


async def told(running: Running, first: CreatedKey, kind: Disclosure) -> dict[str, Any]:
    """The results of a request of this kind, to which intake gives back the draft and nothing else."""
    place = Context("individuals", first.alias, DRAFT_PLACE, DRAFT_SCHEMA, "draft-1", first.key_id)
    sealed = seal(first.subkeys["answers"], msgspec.json.encode(FILLED), place)
    at = written(now())
    filed = await running.stores.disclosures.open(first.alias, kind)
    await running.worker.once()
    part = Part("intake", filed.request, "a", 1, 1, HeldDraft("draft-1", at, at, sealed))
    await running.stores.disclosures.take(first.alias, part)
    await running.stores.disclosures.take(first.alias, Part("audit", filed.request, "b", 0, 0))
    done = await running.stores.register.filed(first.alias, filed.request)
    return await running.stores.results.of(first.alias, done)


async def test_access_tells_of_a_draft_with_its_answers_and_with_what_is_none(running: Running) -> None:
    report = await told(running, await saved(running), "access")
    (draft,) = report["drafts"]
    assert {"answers": FILLED.answers, "form": FILLED.form, "step": "skills"}.items() <= draft.items()
    assert [one["purpose"] for one in report["purposes"]] == ["draft"]


async def test_portability_takes_a_draft_along_also_where_nothing_was_ever_scored(running: Running) -> None:
    file = await told(running, await saved(running), "portability")
    assert Portable().validate(file) == {}
    assert (file["hand_ins"], file["draft"]["form"][0]) == ([], {"name": "s:a", "values": ["3:18"]})
