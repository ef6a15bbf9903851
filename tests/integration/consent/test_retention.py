"""Storage times, the sweep that ends them, and the legal holds that stop it, on both databases."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import orjson
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import Table, insert, select, update

from infra.clock import now, written
from schemas.events import StoreReport
from schemas.keys import RecordDraft, ReleaseKeys
from schemas.rights import ExpiryOrder, read_order
from services.consent import admin
from services.consent.claims import Claims
from services.consent.controllers.controller import Party
from services.consent.controllers.tenants import UnknownTenant
from services.consent.paperwork.state import PrivacyStates
from services.consent.privacy_admin import PrivacyAdmin
from services.consent.public_api import PublicApi
from services.consent.retention.expiry import order_again
from services.consent.retention.holds_api import HoldsApi
from services.consent.retention.sweep import Sweep
from services.consent.retention.terms import DEFAULT_DAYS
from services.consent.rights.asked import Asked
from services.consent.tables import hand_ins, holds, receipts, requests, store_reports
from tests.integration.consent.conftest import Running, entries

Client = TestClient[web.Request, web.Application]
LATER = timedelta(days=DEFAULT_DAYS["assessments"], seconds=1)
REASON = "Lawsuit 4 C 17/26"


@pytest.fixture
async def operator(running: Running) -> AsyncIterator[Client]:
    states = PrivacyStates(running.stores, Party("Operator Ltd"), 86_400)
    routes = PrivacyAdmin(running.stores, states, running.worker.wake).routes()
    application = admin.application(running.stores.rotation, running.stores.register, lambda: None, routes)
    async with TestClient(TestServer(application)) as client:
        yield client


@pytest.fixture
async def public(running: Running) -> AsyncIterator[Client]:
    claims = Claims(running.stores.keystore)
    parts = (HoldsApi(running.stores.holds, claims),)
    application = PublicApi(running.stores, b"PEM", running.worker.wake, lambda: None, claims, parts=parts)
    async with TestClient(TestServer(application.application())) as client:
        yield client


async def refusal(running: Running, alias: str) -> str | None:
    return (await running.stores.keystore.release(ReleaseKeys("access", (alias,)))).keys[0].reason


async def swept(running: Running, after: timedelta = LATER) -> int:
    began = await running.stores.sweep.once(now() + after)
    await running.worker.once()
    return began


async def test_whoever_handed_in_nothing_for_the_storage_time_is_erased_with_that_cause(running: Running) -> None:
    # Given a person, an employee, and nobody whose time is over
    (one,) = await running.hand_in("event-1")
    (other,) = await running.hand_in("event-2", tenant="acme")
    assert await swept(running, timedelta(days=DEFAULT_DAYS["assessments"] - 1)) == 0
    # When the time is over
    assert await swept(running) == 2
    # Then both are erased, no window was open, and the receipt says why
    assert {await refusal(running, alias) for alias in (one.alias, other.alias)} == {"erased"}
    assert entries(running).count("erased") == 2
    async with running.stores.database.read() as connection:
        document = (await connection.exec_driver_sql("SELECT document FROM receipts")).scalars().first()
    assert orjson.loads(bytes(document))["receipt"]["cause"] == "expired"
    assert await swept(running) == 0


async def test_a_sweep_takes_a_few_at_a_time_and_goes_on_after_a_restart(running: Running) -> None:
    people = await running.hand_in(*(f"event-{number}" for number in range(5)))
    began = []
    for _ in range(4):
        restarted = Sweep(running.stores.database, running.stores.requests, running.stores.expiry, batch=2)
        began.append(await restarted.once(now() + LATER))
        await running.worker.once()
    assert began == [2, 2, 1, 0]
    assert {await refusal(running, one.alias) for one in people} == {"erased"}


async def test_those_who_stay_do_not_stand_in_the_way_of_the_others(running: Running) -> None:
    # Given three people of whom the first two agreed to be kept longer
    people = await running.hand_in("event-1", "event-2", "event-3")
    for one in people[:2]:
        longer = RecordDraft("retention-beyond-result", "consent", "individuals-2", "en")
        await running.stores.consents.give(one.alias, longer)
    # When batches of two are swept one after another
    sweep = Sweep(running.stores.database, running.stores.requests, running.stores.expiry, batch=2)
    for _ in range(2):
        await sweep.once(now() + LATER)
        await running.worker.once()
    # Then the third is erased, and the first two are not
    assert [await refusal(running, one.alias) for one in people] == [None, None, "erased"]


async def test_an_organisation_has_its_own_time(running: Running, operator: Client) -> None:
    (individual,) = await running.hand_in("event-1")
    (employee,) = await running.hand_in("event-2", tenant="acme")
    for days, status in ((0, 422), (30, 200)):
        times = {"tenant": "acme", "category": "assessments", "days": days}
        assert (await operator.put("/privacy/retention", json=times)).status == status
    assert await swept(running, timedelta(days=31)) == 1
    assert [await refusal(running, one.alias) for one in (individual, employee)] == [None, "erased"]


async def test_a_hold_stops_sweep_and_erasure_until_it_is_lifted_and_its_person_reads_why(
    running: Running, operator: Client, public: Client
) -> None:
    # Given a person who is held, found by the id of the assessment
    (created,) = await running.hand_in("event-1")
    proof = {"Authorization": f"Claim {created.claim_code}"}
    held = await (await operator.post("/privacy/holds", json={"found_by": "event-1", "reason": REASON})).json()
    # Then the sweep passes by, and an erasure asked for is postponed while all but access is stopped
    assert await swept(running) == 0
    asked = await (await public.post("/v1/privacy/requests", json={"type": "erasure"}, headers=proof)).json()
    await running.worker.once()
    shown = await (await public.get(asked["links"]["self"], headers=proof)).json()
    assert (shown["state"], shown["postponed_because"]) == ("pending", REASON)
    assert [one["article"] for one in shown["remedies"]] == ["77", "79"]
    assert await refusal(running, created.alias) is None
    # and the person reads why
    (told,) = (await (await public.get("/v1/privacy/holds", headers=proof)).json())["holds"]
    assert (told["reason"], told["lifted_at"]) == (REASON, None)
    # When it is lifted, then the erasure goes on
    assert (await operator.delete(f"/privacy/holds/{held['id']}")).status == 200
    await running.worker.once()
    assert await refusal(running, created.alias) == "erased"
    assert [entries(running).count(kind) for kind in ("hold-set", "hold-lifted", "erased")] == [1, 1, 1]


async def test_a_hold_finds_an_employee_by_a_request_that_waits_for_the_employer(
    running: Running, operator: Client
) -> None:
    (created,) = await running.hand_in("event-1", tenant="acme", external_id="E-17")
    forwarded = await running.stores.instructions.hold(created.alias, Asked("erasure"))
    held = await operator.post("/privacy/holds", json={"found_by": forwarded.id, "reason": REASON})
    assert held.status == 201
    assert [one.reason for one in await running.stores.holds.of(created.alias)] == [REASON]


async def test_the_reason_for_a_hold_lies_sealed_and_goes_with_its_persons_key(running: Running) -> None:
    # Given a hold that stands, and one that was lifted
    (created,) = await running.hand_in("event-1")
    lifted = await running.stores.holds.set("event-1", "another claim")
    assert await running.stores.holds.lift(lifted.id) == await running.stores.holds.lift(lifted.id)
    stands = await running.stores.holds.set("event-1", REASON)
    # Then the database holds neither reason in the clear, and both are read as they were set
    assert await kept_in_the_clear(running, REASON, "another claim") == []
    told = {one.id: one.reason for one in await running.stores.holds.of(created.alias)}
    assert told == {lifted.id: "another claim", stands.id: REASON}
    # and with the person they are gone
    await running.stores.holds.lift(stands.id)
    await running.erase(created.alias)
    assert await running.stores.holds.of(created.alias) == []


async def test_a_reason_for_a_hold_from_before_is_sealed_when_the_stores_open(running: Running) -> None:
    # Given a hold as an earlier release kept it
    (created,) = await running.hand_in("event-1")
    async with running.stores.database.write() as connection:
        before = {"id": "0" * 32, "alias": created.alias, "reason": REASON, "set_at": "2026-11-23T18:00:00Z"}
        await connection.execute(insert(holds).values(**before))
    # When the stores are opened, twice
    for _ in range(2):
        await running.stores.holds.open()
    # Then it is sealed, and read as before
    assert await kept_in_the_clear(running, REASON) == []
    assert [one.reason for one in await running.stores.holds.of(created.alias)] == [REASON]


async def kept_in_the_clear(running: Running, *reasons: str) -> list[str]:
    async with running.stores.database.read() as connection:
        rows = str((await connection.execute(select(holds))).all())
    return [one for one in reasons if one in rows]


async def test_a_hold_needs_a_reason_and_a_living_person(running: Running, operator: Client) -> None:
    for document, status in (
        ({"found_by": "event-9", "reason": REASON}, 404),
        ({"found_by": "event-1", "reason": " "}, 422),
    ):
        assert (await operator.post("/privacy/holds", json=document)).status == status
    assert (await operator.delete("/privacy/holds/none")).status == 404


async def test_at_the_end_of_a_contract_nothing_more_is_handed_in_and_all_its_people_are_erased(
    running: Running,
) -> None:
    (individual,) = await running.hand_in("event-1")
    (employee,) = await running.hand_in("event-2", tenant="acme")
    await running.stores.tenants.end("acme")
    with pytest.raises(UnknownTenant):
        await running.hand_in("event-3", tenant="acme")
    assert await swept(running, timedelta()) == 1
    assert [await refusal(running, one.alias) for one in (individual, employee)] == [None, "erased"]


async def test_the_state_shows_open_requests_with_what_they_wait_for(running: Running, operator: Client) -> None:
    (created,) = await running.hand_in("event-1")
    await operator.post("/privacy/holds", json={"found_by": "event-1", "reason": REASON})
    await running.stores.requests.open_erasure(created.alias)
    state = await (await operator.get("/privacy/state")).json()
    assert [(one["waits_for"], one["held"]) for one in state["requests"]] == [("a legal hold", True)]
    assert [one["reason"] for one in state["holds"]] == [REASON]
    assert {one["tenant"]: one["people"] for one in state["tenants"]} == {"acme": 0, "individuals": 1}


async def test_earlier_assessments_end_one_by_one_while_their_person_stays(running: Running) -> None:
    # Given a person who keeps coming, and another who agreed to be kept longer, each with two old hand-ins of three
    (one,), (other,) = await running.hand_in("old-1"), await running.hand_in("old-3")
    for event, code in (("old-2", one.claim_code), ("old-4", other.claim_code)):
        await running.hand_in(event, claim_code=code or "")
    longer = RecordDraft("retention-beyond-result", "consent", "individuals-2", "en")
    await running.stores.consents.give(other.alias, longer)
    await _backdate(running, hand_ins, "handed_in_at")
    for event, code in (("new-1", one.claim_code), ("new-2", other.claim_code)):
        await running.hand_in(event, claim_code=code or "")
    # When the sweep comes, twice
    assert [await swept(running, timedelta()) for _ in range(2)] == [2, 0]
    # Then the old ones of the first are ordered to be deleted, with an entry each, and the key goes on
    assert [(order.alias, sorted(order.ids)) for order in expired(running)] == [(one.alias, ["old-1", "old-2"])]
    assert entries(running).count("expired") == 2
    assert [await refusal(running, alias) for alias in (one.alias, other.alias)] == [None, None]
    # And the same hand-in again is gone, and makes no new person
    assert [again.status for again in await running.hand_in("old-1")] == ["gone"]
    # And at a start the order is given again, as long as a backup may be older
    async with running.stores.database.write() as connection:
        await order_again(connection, running.stores.outboxes)
    await running.worker.once()
    assert [sorted(order.ids) for order in expired(running)] == [["old-1", "old-2"]] * 2
    await running.stores.expiry.forget(before="9999")
    async with running.stores.database.write() as connection:
        await order_again(connection, running.stores.outboxes)
    await running.worker.once()
    assert len(expired(running)) == 2


async def test_a_hold_keeps_earlier_assessments_and_ended_requests(running: Running, operator: Client) -> None:
    (one,) = await running.hand_in("old-1")
    await running.stores.rights.restrict(one.alias)
    await running.stores.rights.lift(one.alias)
    await _backdate(running, hand_ins, "handed_in_at")
    await _backdate(running, requests, "completed_at")
    await running.hand_in("new-1", claim_code=one.claim_code or "")
    held = await (await operator.post("/privacy/holds", json={"found_by": "new-1", "reason": REASON})).json()
    assert await swept(running, timedelta()) == 0
    await operator.delete(f"/privacy/holds/{held['id']}")
    assert await swept(running, timedelta()) == 3
    assert entries(running).count("expired") == 3


async def test_what_is_restricted_is_only_stored_until_the_restriction_is_over(running: Running) -> None:
    # Given one who restricted the processing, with an earlier assessment, an ended request, and all times over
    (one,) = await running.hand_in("old-1", tenant="acme", external_id="E-17")
    await running.stores.rights.restrict(one.alias)
    await running.stores.rights.lift(one.alias)
    await running.hand_in("new-1", tenant="acme", external_id="E-17")
    await running.stores.rights.restrict(one.alias)
    await _backdate(running, hand_ins, "handed_in_at")
    await _backdate(running, requests, "completed_at")
    # Then nothing is deleted, and no store that asks is told to
    assert await swept(running, timedelta()) == 0
    assert await running.stores.holds.among([one.alias]) == {one.alias}
    # When it is over
    await running.stores.rights.lift(one.alias)
    # Then all goes that is due
    assert await running.stores.holds.among([one.alias]) == frozenset()
    await swept(running, timedelta())
    assert await refusal(running, one.alias) == "erased"
    assert "expired" in entries(running)


async def test_the_end_of_a_contract_takes_the_restricted_too(running: Running) -> None:
    (one,) = await running.hand_in("event-1", tenant="acme")
    await running.stores.rights.restrict(one.alias)
    await running.stores.tenants.end("acme")
    assert await swept(running, timedelta()) == 1
    assert await refusal(running, one.alias) == "erased"


async def test_ended_requests_go_with_all_that_hangs_on_them_and_open_ones_stay(running: Running) -> None:
    # Given an erased employee's request with its receipt and notice, and of another one that is open and one in force
    erased, stays = await running.hand_in("event-1", "event-2", tenant="acme")
    await running.erase(erased.alias)
    for service in ("intake", "audit"):
        (order,) = running.topics.of("privacy.requests")
        await running.stores.requests.take_report(StoreReport(service, order.event_id, {}))
    await running.worker.once()
    await running.stores.rights.restrict(stays.alias)
    await running.stores.carrying_out.carry_out(stays.alias, Asked("rectification", assessment="event-2"))
    await _backdate(running, requests, "completed_at")
    # When three years are over
    assert await swept(running, timedelta()) == 1
    # Then the first is gone, its receipt and all, and the others are there
    async with running.stores.database.read() as connection:
        left = (await connection.scalars(select(requests.c.type).order_by(requests.c.type))).all()
        hung = [len((await connection.execute(select(table))).all()) for table in (receipts, store_reports)]
        assert (left, hung) == (["rectification", "restriction"], [0, 0])
    assert entries(running).count("expired") == 1


@dataclass(frozen=True)
class Ordered:
    alias: str
    ids: tuple[str, ...]


def expired(running: Running) -> list[Ordered]:
    """The orders of expiry, as they were sent."""
    sent = [(message.key, read_order(message.value)) for message in running.topics.of("privacy.requests")]
    return [Ordered(alias, order.assessments) for alias, order in sent if isinstance(order, ExpiryOrder)]


async def _backdate(running: Running, table: Table, column: str) -> None:
    """Let it be four years ago, wherever the time is set."""
    long_ago = written(now() - timedelta(days=4 * 365))
    async with running.stores.database.write() as connection:
        await connection.execute(update(table).where(table.c[column].is_not(None)).values({column: long_ago}))
