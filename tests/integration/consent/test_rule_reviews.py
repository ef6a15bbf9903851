"""A rule asks for a human to look: filed once, handed to the reviewers, not its person's to cancel."""

import json

import msgspec
import pytest

from infra.crypto.sealed import seal
from schemas.keys import NewReview
from schemas.rights import Notice, Reviewed, ReviewOrder, read_order
from services.consent.erasure.steps import NotCancellable
from services.consent.ledger import standings
from services.consent.rights.reviewed import review_place
from services.consent.rights.reviews import statement_place
from tests.integration.consent.conftest import Running, entries

EVENT, REQUEST = "e" * 32, "c" * 32
WHY = {"boundary": [{"use": "training", "limit": 50}]}


async def asked(running: Running, tenant: str = "acme") -> str:
    """Somebody of whom scoring has asked for a review, twice; their alias."""
    (created,) = await running.hand_in(EVENT, tenant=tenant)
    await running.stores.reviews.ask([await review(running, created.alias)])
    await running.stores.reviews.ask([await review(running, created.alias)])
    await running.worker.once()
    return created.alias


async def review(running: Running, alias: str) -> NewReview:
    async with running.stores.database.read() as connection:
        standing = (await standings(connection, [alias]))[alias]
    trail = running.stores.keystore.trail_of(standing)
    sealed = seal(trail, json.dumps({"why": WHY}).encode(), statement_place(standing, REQUEST))
    return NewReview(alias, EVENT, REQUEST, sealed)


def ordered(running: Running) -> list[ReviewOrder]:
    orders = [read_order(one.value) for one in running.topics.of("privacy.requests")]
    return [one for one in orders if isinstance(one, ReviewOrder)]


async def test_it_is_filed_once_and_handed_to_the_reviewers_with_its_reason_sealed(running: Running) -> None:
    alias = await asked(running)
    (order,) = ordered(running)
    assert (order.request, order.assessment, order.origin) == (REQUEST, EVENT, "rule")
    assert b"training" not in (order.statement or b"")
    assert entries(running).count("request-opened") == 1
    (shown,) = await running.stores.register.of(alias)
    assert (shown["type"], shown["cause"], "cancel" in shown["links"]) == ("review", "rule", False)


async def test_its_person_cannot_cancel_it_and_may_ask_for_one_of_their_own(running: Running) -> None:
    alias = await asked(running)
    with pytest.raises(NotCancellable):
        await running.stores.register.cancel(alias, REQUEST)
    own = await running.stores.reviews.open(alias, EVENT, "My view of it.")
    assert own.request != REQUEST
    assert (await running.stores.reviews.open(alias, EVENT, "Again.")).request == own.request


@pytest.mark.parametrize(("decision", "notices"), [("confirmed", 1), ("overruled", 2)])
async def test_what_is_decided_is_told_to_intake_and_the_person_reads_why(
    running: Running, decision: str, notices: int
) -> None:
    alias = await asked(running)
    async with running.stores.database.read() as connection:
        standing = (await standings(connection, [alias]))[alias]
    reason = seal(
        running.stores.keystore.trail_of(standing),
        b'{"reason":"It was looked at."}',
        review_place(standing, REQUEST),
    )
    await running.stores.reviews.take(alias, Reviewed(REQUEST, decision, reason, "2026-11-24T18:00:00Z"))
    await running.worker.once()
    told = [msgspec.msgpack.decode(one.value, type=Notice) for one in running.topics.of("privacy.notices")]
    assert len(told) == notices
    (reviewed,) = [one for one in told if one.kind == "reviewed"]
    assert (reviewed.assessments, reviewed.decision) == ((EVENT,), decision)
    filed = await running.stores.register.filed(alias, REQUEST)
    assert filed is not None
    results = await running.stores.results.of(alias, filed)
    assert (results["why"], results["decision"], results["reason"]) == (WHY, decision, "It was looked at.")


async def test_of_the_erased_nothing_is_filed(running: Running) -> None:
    (created,) = await running.hand_in(EVENT, tenant="acme")
    wanted = await review(running, created.alias)
    await running.erase(created.alias)
    await running.stores.reviews.ask([wanted])
    await running.worker.once()
    assert ordered(running) == []
