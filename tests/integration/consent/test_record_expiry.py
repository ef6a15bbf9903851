"""Each purpose's record says how long it holds, and holds no longer: the sweep ends it while its person stays."""

from datetime import timedelta

import msgspec
import pytest

from infra.clock import now
from schemas.events import Revoked
from schemas.keys import CreateKeys, NewPerson, RecordDraft, ReleaseKeys
from schemas.purposes import DRAFT_DAYS, Purpose
from services.consent.consents.record import node
from services.consent.consents.records import ConsentRecords
from services.consent.controllers.controller import Party
from services.consent.retention.terms import DEFAULT_DAYS, set_days
from tests.integration.consent.conftest import Running, entries

DAYS: dict[Purpose, int] = {"statistics": 20, "research": 30, "retention-beyond-result": 3_000, "legal-claim": 40}
CONSENTS: tuple[Purpose, ...] = ("statistics", "research", "retention-beyond-result")


def consent(purpose: Purpose) -> RecordDraft:
    return RecordDraft(purpose, "consent", "individuals-2", "en")


async def somebody(running: Running) -> str:
    """Somebody with a record of each purpose that a person can have one of."""
    drafted = NewPerson("draft-1", (consent("draft"),), purpose="draft")
    (made,) = (await running.stores.keystore.create(CreateKeys("individuals", (drafted,)))).persons
    await running.hand_in("event-1", claim_code=made.claim_code or "")
    for purpose in CONSENTS:
        await running.stores.consents.give(made.alias, consent(purpose))
    claim = RecordDraft("legal-claim", "legitimate-interest", "individuals-2", "en")
    await running.stores.grounds.record("event-1", claim)
    return made.alias


async def set_all(running: Running) -> None:
    async with running.stores.database.write() as connection:
        for category, days in (*DAYS.items(), ("assessments", 365)):
            await set_days(connection, "individuals", category, days)


async def refused(running: Running, purpose: Purpose, alias: str) -> str | None:
    return (await running.stores.keystore.release(ReleaseKeys(purpose, (alias,)))).keys[0].reason


async def test_every_record_tells_the_storage_time_of_its_own_purpose(running: Running) -> None:
    alias = await somebody(running)
    await set_all(running)
    records = await ConsentRecords(running.stores.database, Party("O"), "https://c.example").of(alias)
    told = {one.purpose: node(one)["dpv:hasProcess"]["dpv:hasStorageCondition"]["dpv:hasDuration"] for one in records}
    assert told == {
        "scoring": "P365D",
        "delivery": "P365D",
        "draft": f"P{DRAFT_DAYS}D",
        **{purpose: f"P{days}D" for purpose, days in DAYS.items()},
    }


@pytest.mark.parametrize("purpose", [*DAYS, "draft"])
async def test_a_record_expires_when_its_time_is_over_and_its_keys_are_revoked(
    running: Running, purpose: Purpose
) -> None:
    # Given somebody with a record of each purpose
    alias = await somebody(running)
    await set_all(running)
    days = {**DAYS, "draft": DRAFT_DAYS}
    over, there = now() + timedelta(days=days[purpose], hours=1), {*days, "scoring", "delivery"}
    # When the sweep comes, once the purpose's time is over
    await running.stores.sweep.once(over)
    await running.worker.once()
    # Then its record has expired with all of those whose time is shorter, and no key is released for it
    states = {one.purpose: one.state for one in await running.stores.consents.of(alias)}
    ended = {name for name in days if days[name] <= days[purpose]}
    if days[purpose] < 365:
        assert {name for name, state in states.items() if state == "expired"} == ended
        assert {name for name, state in states.items() if state == "given"} == there - ended
        assert await refused(running, purpose, alias) == "expired"
        # And each left an entry and a revocation, and a second sweep changes nothing
        words = [msgspec.msgpack.decode(one.value, type=Revoked) for one in running.topics.of("keys.revoked")]
        assert len(words) == entries(running).count("expired") == len(ended)
        assert await running.stores.sweep.once(over) == 0


async def test_who_agreed_to_be_kept_longer_is_kept_no_longer_than_that(running: Running) -> None:
    alias = await somebody(running)
    await set_all(running)
    await running.stores.sweep.once(now() + timedelta(days=2_999))
    await running.worker.once()
    assert await refused(running, "access", alias) is None
    for _ in range(2):
        await running.stores.sweep.once(now() + timedelta(days=3_001))
        await running.worker.once()
    assert await refused(running, "access", alias) == "erased"


async def test_what_has_expired_is_asked_for_anew_and_begins_its_time_anew(running: Running) -> None:
    alias = await somebody(running)
    await running.stores.sweep.once(now() + timedelta(days=DEFAULT_DAYS["statistics"] - 1))
    assert await refused(running, "statistics", alias) is None
    await set_all(running)
    await running.stores.sweep.once(now() + timedelta(days=DAYS["statistics"] + 1))
    assert await refused(running, "statistics", alias) == "expired"
    await running.stores.consents.give(alias, consent("statistics"))
    assert await refused(running, "statistics", alias) is None


async def test_a_legal_hold_lets_no_record_expire(running: Running) -> None:
    alias = await somebody(running)
    await set_all(running)
    hold = await running.stores.holds.set("event-1", "Lawsuit 4 C 17/26")
    late = now() + timedelta(days=100)
    assert await running.stores.sweep.once(late) == 0
    await running.stores.holds.lift(hold.id)
    assert await running.stores.sweep.once(late) > 0
    assert await refused(running, "research", alias) == "expired"


async def test_an_organisation_s_people_have_its_times(running: Running) -> None:
    (one,) = await running.hand_in("event-1", tenant="acme", external_id="e-1")
    (other,) = await running.hand_in("event-2")
    for alias, notice in ((one.alias, "employees-2"), (other.alias, "individuals-2")):
        await running.stores.consents.give(alias, RecordDraft("statistics", "consent", notice, "en"))
    async with running.stores.database.write() as connection:
        await set_days(connection, "acme", "statistics", 7)
    assert await running.stores.sweep.once(now() + timedelta(days=8)) == 1
    assert await refused(running, "statistics", one.alias) == "expired"
    assert await refused(running, "statistics", other.alias) is None
