"""Whoever is shown an opened payload leaves one entry, and where the entry cannot be stored nothing is shown."""

import asyncio
import json
from hashlib import sha256

import msgspec
from sqlalchemy import text

from infra.crypto.salted_fields import commit, salted
from infra.crypto.sealed import open_sealed
from schemas.events import Scored
from schemas.purposes import INDIVIDUALS
from schemas.topics import SCORED
from services.intake.assessments.fence import Fence
from services.intake.assessments.store import Store
from services.intake.handing_in.draft_store import DraftStore
from services.intake.organisations.callers import Caller, Callers
from services.intake.privacy.holdings import Holdings
from services.intake.results import reading as module
from services.intake.results.reading import Reading
from services.intake.results.views import Views
from tests.integration.intake.door import Intake
from tests.unit.intake.examples import person


async def test_a_person_who_looks_leaves_one_entry_that_names_nobody(intake: Intake) -> None:
    # Given a scored assessment
    place, claim = await intake.scored()
    # When its person looks at the result, the reasons, the record and a plan
    for path in (place, f"{place}/explanation", f"{place}/record", f"{place}/plan"):
        status, _, _ = await intake.call("GET", path, Authorization=claim)
        assert status == 200
    # Then each leaves one entry, caused by the score, and its fields open under the person's key alone
    entries = await intake.entries()
    assert [(one["type"], one["actor"]) for one in entries] == [("viewed", "person")] * 4
    assert all(one["cause"]["topic"] == SCORED.name for one in entries)
    (alias,) = intake.ledger.people
    assessment = place.rpartition("/")[2]
    for entry, what in zip(entries, ("result", "reasons", "record", "plan"), strict=True):
        fields = [("what", what.encode()), ("assessments", assessment.encode())]
        assert entry["commitment"] == commit(salted(intake.ledger.subkey(alias, "trail"), entry["id"], fields))
        assert assessment not in str(entry)


async def test_a_series_beside_a_result_is_a_view_of_its_own_and_nothing_of_it_is_opened_twice(
    intake: Intake, monkeypatch
) -> None:
    # Given two results of one person
    place, claim = await intake.scored()
    await intake.scored(Authorization=claim)
    views, opened = Views(intake.database, intake.outbox), []
    reading = Reading(intake.store, intake.ledger, Callers(intake.tokens, intake.ledger), views)
    caller = Caller(INDIVIDUALS, claim.removeprefix("Claim "))
    monkeypatch.setattr(module, "open_sealed", lambda *sealed: opened.append(sealed) or open_sealed(*sealed))
    # When one is shown with its reasons, among both
    series = await reading.own(caller, 2)
    (row,) = [one for one in series if one.id == place.rpartition("/")[2]]
    async with reading.view(caller, "result", [row], series=series) as view:
        await view.result(row)
        told = [await view.detail(one) for one in (row, *series)]
    # Then one result and two reasons were opened, and each view left its entry
    assert (len(opened), len(told)) == (3, 3)
    entries = await intake.entries()
    (alias,) = intake.ledger.people
    for entry, what, shown in zip(entries, ("result", "series"), ([row], series), strict=True):
        fields = [("what", what.encode()), ("assessments", " ".join(one.id for one in shown).encode())]
        assert entry["commitment"] == commit(salted(intake.ledger.subkey(alias, "trail"), entry["id"], fields))


async def test_a_delivery_names_its_decision_and_the_ciphertext_that_was_opened(intake: Intake) -> None:
    # Given an assessment that an organisation handed in
    _, accepted, _ = await intake.hand_in({"assessment": person()["assessment"]}, Authorization=intake.bearer)
    await intake.score()
    # When the organisation fetches its result
    status, _, _ = await intake.call("GET", accepted["links"]["self"], Authorization=intake.bearer)
    # Then the entry names the sealed result that scoring sent, and the place of the score
    (entry,) = await intake.entries()
    (record,) = intake.broker.of(SCORED.name)
    sealed = msgspec.msgpack.decode(record.value or b"", type=Scored).result
    assert (status, entry["type"], entry["actor"]) == (200, "delivered", "organisation")
    assert entry["payload"] == f"sha256:{sha256(sealed).hexdigest()}"
    assert entry["cause"] == {"topic": SCORED.name, "partition": record.partition, "offset": record.offset}


async def test_a_key_is_in_hand_until_what_it_opened_is_recorded_and_no_longer(intake: Intake, monkeypatch) -> None:
    """Until then a revocation of it is not acknowledged."""
    place, claim = await intake.scored()
    (alias,), cache = intake.ledger.people, intake.ledger.cache
    held: list[bool] = []

    async def recorded(views: Views, shown, seen=Views.seen) -> None:
        held.append(cache.running(cache.holding(alias)))
        await seen(views, shown)

    monkeypatch.setattr(Views, "seen", recorded)
    for path in (place, f"{place}/explanation", f"{place}/plan"):
        assert (await intake.call("GET", path, Authorization=claim))[0] == 200
    assert (held, cache.busy) == ([True] * 3, False)


async def test_a_page_of_results_leaves_an_entry_for_each_that_it_tells(intake: Intake) -> None:
    for _ in range(3):
        await intake.hand_in({"assessment": person()["assessment"]}, Authorization=intake.bearer)
    await intake.score()
    status, page, _ = await intake.call("GET", "/v1/results", Authorization=intake.bearer)
    entries = await intake.entries()
    assert (status, len(page["results"])) == (200, 3)
    assert [one["type"] for one in entries] == ["delivered"] * 3
    assert len({json.dumps(one["cause"], sort_keys=True) for one in entries}) == 3


async def test_a_person_can_be_told_each_delivery_until_the_erasure(intake: Intake) -> None:
    # Given a result that its organisation fetched by itself and in a page
    _, accepted, _ = await intake.hand_in({"assessment": person()["assessment"]}, Authorization=intake.bearer)
    await intake.score()
    for path in (accepted["links"]["self"], "/v1/results"):
        await intake.call("GET", path, Authorization=intake.bearer)
    # Then both are held for its person, by the ids of their entries
    (alias,), store = intake.ledger.people, Store(intake.database)
    told = await store.delivered_of(alias)
    assert sorted(one.entry for one in told) == sorted(one["id"] for one in await intake.entries())
    assert {(one.id, one.what) for one in told} == {(accepted["id"], "result")}
    assert set(told) < set(await Holdings(store, DraftStore(intake.database)).of(alias))
    # And nothing of it is held after the erasure
    await Fence(intake.database).erase([alias])
    assert await store.delivered_of(alias) == []


async def test_what_was_refused_was_not_seen(intake: Intake) -> None:
    place, _ = await intake.scored()
    status, _, _ = await intake.call("GET", place, Authorization="Claim WRONG")
    assert (status, await intake.entries()) == (401, [])


async def test_readers_at_once_leave_an_entry_each(intake: Intake) -> None:
    place, claim = await intake.scored()
    answers = await asyncio.gather(*(intake.call("GET", place, Authorization=claim) for _ in range(20)))
    assert {status for status, _, _ in answers} == {200}
    assert len({one["id"] for one in await intake.entries()}) == 20


async def test_nothing_is_shown_where_the_view_cannot_be_recorded(intake: Intake) -> None:
    # Given an outbox that takes nothing
    place, claim = await intake.scored()
    async with intake.database.write() as connection:
        await connection.execute(text("ALTER TABLE outbox RENAME TO lost"))
    # When the person looks, then the answer is 503 and shows nothing
    status, document, _ = await intake.call("GET", place, Authorization=claim)
    assert (status, "result" in document) == (503, False)
    # And when the outbox is back, the view is shown and recorded
    async with intake.database.write() as connection:
        await connection.execute(text("ALTER TABLE lost RENAME TO outbox"))
    status, document, _ = await intake.call("GET", place, Authorization=claim)
    assert (status, "result" in document) == (200, True)
    assert len(await intake.entries()) == 1
