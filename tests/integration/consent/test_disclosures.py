"""Access and portability at consent: ordered, gathered in any order, kept sealed, gone with their person."""

from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import func, select, update

from infra.clock import now, written
from infra.crypto.sealed import Context, seal
from schemas.events import HAND_IN_SCHEMA
from schemas.keys import CreatedKey
from schemas.rights import DisclosureOrder, HeldAssessment, HeldDelivery, Order, Part
from schemas.topics import SUBMITTED
from services.consent.rights.disclosures import NotPortable
from services.consent.rights.results import NotReady
from services.consent.tables import parts, requests
from tests.integration.consent.conftest import Running, entries

HAND_IN = {"assessment": {"as_of": "2026-11"}, "consent": {"notice": "n-1"}}


def held(created: CreatedKey, event: str) -> HeldAssessment:
    place = Context("individuals", created.alias, SUBMITTED.name, HAND_IN_SCHEMA, event, created.key_id)
    sealed = seal(created.subkeys["answers"], msgspec.json.encode(HAND_IN), place)
    return HeldAssessment(event, "accepted", "2026-11-23T18:00:00Z", hand_in=sealed)


async def orders(running: Running) -> list[Order]:
    await running.worker.once()
    return [msgspec.msgpack.decode(one.value, type=Order) for one in running.topics.of("privacy.requests")]


async def kept(running: Running) -> int:
    async with running.stores.database.read() as connection:
        return int(await connection.scalar(select(func.count()).select_from(parts)) or 0)


async def test_a_report_is_whole_when_every_store_has_given_every_part(running: Running) -> None:
    # Given a request for access, which a second one is as long as it is under way
    (created,) = await running.hand_in("event-1")
    disclosures, alias = running.stores.disclosures, created.alias
    filed = await disclosures.open(alias, "access")
    assert (await disclosures.open(alias, "access")).request == filed.request
    assert await orders(running) == [DisclosureOrder(filed.request, "access")]
    # When parts come twice, from a gathering that broke off, and for somebody else's request
    whole = [Part("intake", filed.request, "b", number, 2, held(created, f"event-{number}")) for number in (1, 2)]
    broken = Part("intake", filed.request, "a", 1, 3, held(created, "event-0"))
    foreign = Part("audit", filed.request, "c", 0, 0)
    for part in (broken, whole[1], whole[1], whole[0]):
        await disclosures.take(alias, part)
    await disclosures.take("f" * 32, foreign)
    # Then the request is under way until the last store has answered
    assert (await running.stores.register.filed(alias, filed.request)).state == "ordered"
    with pytest.raises(NotReady, match="is ordered"):
        await running.stores.results.of(alias, await running.stores.register.filed(alias, filed.request))
    await disclosures.take(alias, foreign)
    done = await running.stores.register.filed(alias, filed.request)
    assert done.state == "complete"
    # and the report opens what came whole, and nothing of what did not
    report = await running.stores.results.of(alias, done)
    assert [one["id"] for one in report["assessments"]] == ["event-1", "event-2"]
    assert report["assessments"][0]["answers"] == HAND_IN["assessment"]
    # and says, as a refusal does, that an authority and the courts are open to its person
    assert [one["article"] for one in report["remedies"]] == ["77", "79"]
    assert report["complaint"] == " ".join(one["en"] for one in report["remedies"])
    await running.worker.once()
    assert entries(running)[-2:] == ["request-opened", "request-closed"]
    assert (await disclosures.open(alias, "access")).request != filed.request


async def test_an_employee_reads_each_time_that_the_organisation_was_told(running: Running) -> None:
    # Given a report for which intake gives two deliveries
    (employee,) = await running.hand_in("event-1", tenant="acme")
    filed = await running.stores.disclosures.open(employee.alias, "access", "organisation")
    await running.worker.once()
    times = ("2026-11-23T18:00:00Z", "2026-11-22T18:00:00Z")
    told = [HeldDelivery("event-1", f"entry-{number}", "result", at) for number, at in enumerate(times)]
    pieces = [Part("intake", filed.request, "b", number, 2, one) for number, one in enumerate(told, 1)]
    for part in (*pieces, Part("audit", filed.request, "c", 0, 0)):
        await running.stores.disclosures.take(employee.alias, part)
    # Then both stand among those who looked, the oldest first
    done = await running.stores.register.filed(employee.alias, filed.request)
    report = await running.stores.results.of(employee.alias, done)
    assert [(one["by"], one["did"], one["at"], one["event"]) for one in report["looked"]] == [
        ("organisation", "delivered-result", at, "event-1") for at in sorted(times)
    ]


async def test_portable_is_what_rests_on_consent_or_contract(running: Running) -> None:
    (employee,) = await running.hand_in("event-1", tenant="acme")
    with pytest.raises(NotPortable, match="Your employer rests on another legal basis"):
        await running.stores.disclosures.open(employee.alias, "portability")


async def test_the_file_holds_what_was_handed_in_and_no_more(running: Running) -> None:
    (created,) = await running.hand_in("event-1")
    filed = await running.stores.disclosures.open(created.alias, "portability")
    assert await orders(running) == [DisclosureOrder(filed.request, "portability")]
    await running.stores.disclosures.take(
        created.alias, Part("intake", filed.request, "a", 1, 1, held(created, "event-1"))
    )
    done = await running.stores.register.filed(created.alias, filed.request)
    file = await running.stores.results.of(created.alias, done)
    again = {**HAND_IN, "consent": {"notice": "n-1", "of_age": True}}
    assert file == {"format": "careerpulse/portable/1", "hand_ins": [again]}


@pytest.mark.parametrize("answered", [True, False])
async def test_parts_go_with_their_person(running: Running, answered: bool) -> None:
    (created,) = await running.hand_in("event-1")
    filed = await running.stores.disclosures.open(created.alias, "access")
    await running.worker.once()
    services = ("intake", "audit") if answered else ("intake",)
    for service in services:
        await running.stores.disclosures.take(created.alias, Part(service, filed.request, "a", 0, 0))
    assert await kept(running) == len(services)
    await running.erase(created.alias)
    assert await kept(running) == 0
    shown = await running.stores.register.find(filed.request)
    assert shown["request_status"] == ("completed" if answered else "cancelled")
    # and what comes late is not kept
    await running.stores.disclosures.take(created.alias, Part("audit", filed.request, "b", 0, 0))
    assert await kept(running) == 0


async def test_parts_are_deleted_when_their_time_is_over(running: Running) -> None:
    (created,) = await running.hand_in("event-1")
    filed = await running.stores.disclosures.open(created.alias, "portability")
    await running.worker.once()
    await running.stores.disclosures.take(created.alias, Part("intake", filed.request, "a", 0, 0))
    async with running.stores.database.write() as connection:
        before = written(now() - timedelta(days=31))
        await connection.execute(update(requests).values(completed_at=before))
    await running.stores.disclosures.forget()
    assert await kept(running) == 0
    done = await running.stores.register.filed(created.alias, filed.request)
    with pytest.raises(NotReady, match="kept for 30 days"):
        await running.stores.results.of(created.alias, done)
    assert (await running.stores.register.find(filed.request))["results_url"] is None


async def test_a_notice_names_what_an_organisation_received_and_not_who_it_is(running: Running) -> None:
    (employee,) = await running.hand_in("event-1", tenant="acme")
    right = await running.stores.rights.restrict(employee.alias)
    erased = await running.erase(employee.alias)
    await running.worker.once()
    told = running.topics.of("privacy.notices")
    assert [one.key for one in told] == ["acme", "acme"]
    assert all(b"event-1" in one.value and employee.alias.encode() not in one.value for one in told)
    for request, kind in ((right.request, "restricted"), (erased, "erased")):
        (recipient,) = (await running.stores.register.find(request))["recipients_told"]
        assert (recipient["recipient"], recipient["of"]) == ("acme", kind)
