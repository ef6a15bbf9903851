"""Restriction and objection, on both databases: what they stop, what goes on, and what they leave behind."""

import msgspec
import pytest
from sqlalchemy import select

from schemas.events import Revoked
from schemas.keys import RecordDraft, ReleaseKeys
from schemas.purposes import PURPOSES, Purpose
from services.consent.rights.filed import AlreadyErased
from services.consent.rights.restriction import NotObjectable, NotRestricted
from services.consent.tables import requests
from tests.integration.consent.conftest import Running, entries

RESEARCH = RecordDraft("research", "legitimate-interest", "individuals-2", "en")


async def released(running: Running, alias: str) -> set[Purpose]:
    answers = [(await running.stores.keystore.release(ReleaseKeys(p, (alias,)))).keys[0] for p in PURPOSES]
    return {purpose for purpose, answer in zip(PURPOSES, answers, strict=True) if answer.status == "released"}


async def narrowings(running: Running) -> list[str]:
    await running.worker.once()
    return [msgspec.msgpack.decode(m.value, type=Revoked).kind for m in running.topics.of("keys.revoked")]


async def test_a_restriction_stops_all_but_the_rights_until_it_is_lifted(running: Running) -> None:
    # Given a person
    (created,) = await running.hand_in("event-1")
    before = await released(running, created.alias)
    # When the person has processing restricted
    right = await running.stores.rights.restrict(created.alias)
    # Then the rights alone go on, and nothing new is taken in
    assert await released(running, created.alias) == {"access", "portability", "review"}
    again = await running.hand_in("event-2", claim_code=created.claim_code)
    assert again[0].reason == "restricted"
    assert await narrowings(running) == ["restricted"]
    # And when it is lifted all is as before
    await running.stores.rights.lift(created.alias)
    assert await released(running, created.alias) == before
    assert (await running.stores.register.find(right.request))["state"] == "over"
    await running.worker.once()
    assert entries(running)[-4:] == ["request-opened", "request-closed"] * 2


async def test_a_second_restriction_is_the_first_one_and_none_can_be_lifted_twice(running: Running) -> None:
    (created,) = await running.hand_in("event-1")
    first = await running.stores.rights.restrict(created.alias)
    assert (await running.stores.rights.restrict(created.alias)).request == first.request
    await running.stores.rights.lift(created.alias)
    with pytest.raises(NotRestricted):
        await running.stores.rights.lift(created.alias)
    assert (await running.stores.rights.restrict(created.alias)).request != first.request
    assert await narrowings(running) == ["restricted", "restricted"]


async def test_every_key_released_before_a_restriction_is_older_than_its_revocation(running: Running) -> None:
    (created,) = await running.hand_in("event-1")
    asked = ReleaseKeys("access", (created.alias,))
    before = (await running.stores.keystore.release(asked)).sequence
    await running.stores.rights.restrict(created.alias)
    after = (await running.stores.keystore.release(asked)).sequence
    await running.worker.once()
    (message,) = running.topics.of("keys.revoked")
    assert before < msgspec.msgpack.decode(message.value, type=Revoked).sequence <= after
    assert message.key == created.alias


async def test_a_restriction_asked_for_while_an_erasure_is_pending_comes_with_its_cancellation(
    running: Running, patient
) -> None:
    # Given a pending erasure
    (created,) = await running.hand_in("event-1")
    opened = await patient.open_erasure(created.alias)
    # When the person has processing restricted too
    await running.stores.rights.restrict(created.alias)
    # Then the narrower one holds, and the restriction once it is cancelled
    assert await released(running, created.alias) == {"access"}
    await patient.cancel(opened.request, created.alias)
    assert await released(running, created.alias) == {"access", "portability", "review"}
    # And the other way round
    opened = await patient.open_erasure(created.alias)
    await running.stores.rights.lift(created.alias)
    assert await released(running, created.alias) == {"access"}
    await patient.cancel(opened.request, created.alias)
    assert "scoring" in await released(running, created.alias)


async def test_an_objection_ends_what_rests_on_legitimate_interest_and_nothing_else(running: Running) -> None:
    # Given a person whose research rests on legitimate interest, and all else on consent
    (created,) = await running.hand_in("event-1")
    await running.stores.grounds.record("event-1", RESEARCH)
    before = await released(running, created.alias)
    # When the person objects
    await running.stores.rights.object(created.alias)
    # Then research alone has ended
    assert before - await released(running, created.alias) == {"research"}
    states = {record.purpose: record.state for record in await running.stores.consents.of(created.alias)}
    assert states == {"scoring": "given", "delivery": "given", "research": "objected"}
    assert await narrowings(running) == ["objected"]
    assert entries(running)[-2:] == ["request-opened", "request-closed"]
    # And there is nothing to object to any more
    with pytest.raises(NotObjectable, match="Nothing can be objected to"):
        await running.stores.rights.object(created.alias)


async def test_an_employee_s_objection_ends_what_the_registration_gave_and_outlives_a_new_hand_in(
    running: Running,
) -> None:
    one, other = [
        (await running.hand_in(event, tenant="acme", external_id=event))[0] for event in ("event-1", "event-2")
    ]
    # When one employee objects to delivery, then to all
    await running.stores.rights.object(one.alias, "delivery")
    assert {"scoring", "delivery"} & await released(running, one.alias) == {"scoring"}
    await running.stores.rights.object(one.alias)
    # Then nothing that the organisation's interest carried goes on, and it hands in in vain
    assert await released(running, one.alias) == {"access", "review"}
    assert (await running.hand_in("event-3", tenant="acme", external_id="event-1"))[0].reason == "objected"
    # And the colleague is untouched
    assert {"scoring", "delivery"} <= await released(running, other.alias)


async def test_an_objection_to_a_purpose_that_rests_on_consent_says_what_would_be_right(running: Running) -> None:
    (created,) = await running.hand_in("event-1")
    with pytest.raises(NotObjectable, match=r"scoring does not rest.*consent is withdrawn"):
        await running.stores.rights.object(created.alias, "scoring")
    assert await narrowings(running) == []


async def test_a_legal_claim_outlives_an_objection(running: Running) -> None:
    (created,) = await running.hand_in("event-1")
    claimed = RecordDraft("legal-claim", "legitimate-interest", "individuals-2", "en")
    await running.stores.grounds.record("event-1", claimed)
    await running.stores.rights.object(created.alias)
    await running.stores.rights.restrict(created.alias)
    assert "legal-claim" in await released(running, created.alias)


async def test_an_erasure_ends_a_restriction_and_leaves_no_request_that_leads_to_the_person(running: Running) -> None:
    # Given a person with a restriction in force
    (created,) = await running.hand_in("event-1")
    right = await running.stores.rights.restrict(created.alias)
    # When the person is erased
    erasure = await running.erase(created.alias)
    # Then the request is found by its id still, and leads nowhere
    assert (await running.stores.register.find(right.request))["state"] == "over"
    async with running.stores.database.read() as connection:
        left = await connection.scalars(select(requests.c.id).where(requests.c.alias == created.alias))
        assert list(left) == [erasure]
    for ask in (running.stores.rights.restrict, running.stores.rights.lift, running.stores.rights.object):
        with pytest.raises(AlreadyErased):
            await ask(created.alias)


async def test_no_right_is_taken_for_an_erasure(running: Running) -> None:
    (created,) = await running.hand_in("event-1")
    right = await running.stores.rights.restrict(created.alias)
    assert await running.stores.requests.find(right.request) is None
    assert await running.stores.requests.cancel(right.request, created.alias) is None
