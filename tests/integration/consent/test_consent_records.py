"""What a person takes along: records as linked data, signed receipts, and the notices they were told."""

from collections.abc import AsyncIterator

import msgspec
import orjson
import pytest
from aiohttp.test_utils import TestClient, TestServer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from schemas.events import Revoked
from schemas.keys import CreateKeys, NewPerson, RecordDraft, RegisterTenant, ReleaseKeys
from services.consent.claims import Claims
from services.consent.consents.api import RecordsApi
from services.consent.consents.records import ConsentRecords
from services.consent.controllers.controller import Party
from services.consent.erasure.receipt import verify
from services.consent.privacy_notices.api import PrivacyNoticesApi
from services.consent.privacy_notices.texts import NoticeTexts
from services.consent.public_api import PublicApi
from tests.integration.consent.conftest import Running

OPERATOR = Party("Operator Ltd", "dpo@operator.example")
KEY = Ed25519PrivateKey.generate()
COUNCIL = RegisterTenant(
    "works", "Works AG", "employment-law", "employees-1", "dpo@works.example", "Agreement 7", ("erasure",), True
)


@pytest.fixture
def records(running: Running) -> ConsentRecords:
    return ConsentRecords(running.stores.database, OPERATOR, "https://c.example")


@pytest.fixture
async def client(running: Running, records: ConsentRecords) -> AsyncIterator[TestClient]:
    stores = running.stores
    claims = Claims(stores.keystore)
    parts = (
        RecordsApi(records, claims, KEY),
        PrivacyNoticesApi(NoticeTexts(stores.database, stores.tenants, OPERATOR)),
    )
    application = PublicApi(stores, b"PEM", running.worker.wake, lambda: None, claims, parts=parts).application()
    async with TestClient(TestServer(application)) as client:
        yield client


async def test_a_person_takes_all_records_along_as_linked_data(running: Running, client: TestClient) -> None:
    (created,) = await running.hand_in("event-1")
    answer = await client.get("/v1/consent-records", headers={"Authorization": f"Claim {created.claim_code}"})
    assert (answer.status, answer.content_type) == (200, "application/ld+json")
    told = orjson.loads(await answer.read())["@graph"]
    assert {one["dpv:hasProcess"]["dpv:hasPurpose"]["@id"] for one in told} == {
        "urn:careerpulse:purpose:scoring",
        "urn:careerpulse:purpose:delivery",
    }
    assert {one["dpv:hasDataController"]["dpv:hasName"] for one in told} == {"Operator Ltd"}


async def test_who_consents_gets_a_receipt_that_verifies_and_tells_of_the_withdrawal(
    running: Running, client: TestClient
) -> None:
    # Given a consent that was just given
    (created,) = await running.hand_in("event-1")
    proof = {"Authorization": f"Claim {created.claim_code}"}
    asked = {"purpose": "research", "notice": "individuals-1", "language": "en"}
    given = await (await client.post("/v1/consents", json=asked, headers=proof)).json()
    # When its receipt is fetched, before and after the withdrawal
    before = await (await client.get(given["links"]["receipt"], headers=proof)).read()
    await client.delete(given["links"]["self"], headers=proof)
    after = await (await client.get(given["links"]["receipt"], headers=proof)).read()
    # Then both verify, and each tells the state of its time
    for signed, kinds in ((before, ["dpv:ConsentGiven"]), (after, ["dpv:ConsentGiven", "dpv:ConsentWithdrawn"])):
        document = verify(signed, KEY.public_key()).document
        assert [one["@type"] for one in document["consent"]["dct:hasPart"]["dpv:hasStatus"]] == kinds


async def test_the_receipts_of_a_hand_in_open_with_its_claim_code_and_each_verifies(
    running: Running, client: TestClient
) -> None:
    # Given a person who handed in, and an employee, whose hand-in rests on no consent
    (created,) = await running.hand_in("event-1")
    (theirs,) = await running.hand_in("event-2", tenant="acme", external_id="E-17")
    code = await running.stores.employees.redeem((await running.stores.employees.invite("acme", "E-17")).code)
    # When each opens what the hand-in's answer leads to, and somebody without a code does
    answers = [
        await client.get("/v1/consent-receipts", headers={"Authorization": f"Claim {one}"})
        for one in (created.claim_code, code)
    ]
    own, none = [(await answer.json())["receipts"] for answer in answers]
    # Then the person has a receipt of each consent, which verifies by itself
    purposes = [
        verify(orjson.dumps(one), KEY.public_key()).document["consent"]["dct:hasPart"]["dpv:hasProcess"]
        for one in own
    ]
    assert {one["dpv:hasPurpose"]["@id"].rpartition(":")[2] for one in purposes} == {"scoring", "delivery"}
    assert (none, theirs.status) == ([], "active")
    assert (await client.get("/v1/consent-receipts")).status == 401


async def test_the_receipt_of_another_persons_consent_is_not_found(running: Running, client: TestClient) -> None:
    one, other = await running.hand_in("event-1", "event-2")
    (record, _) = await running.stores.consents.of(one.alias)
    proof = {"Authorization": f"Claim {other.claim_code}"}
    assert (await client.get(f"/v1/consents/{record.record_id}/receipt", headers=proof)).status == 404


async def test_an_employees_records_name_the_organisation_as_controller(
    running: Running, records: ConsentRecords
) -> None:
    await running.stores.tenants.register(COUNCIL)
    (created,) = await running.hand_in("event-1", tenant="works")
    told = await records.of(created.alias)
    assert [(one.purpose, one.legal_basis) for one in told] == [
        ("delivery", "employment-law"),
        ("scoring", "employment-law"),
    ]
    roles = told[0].roles
    assert (roles.controller.name, roles.processor, roles.agreement) == ("Works AG", OPERATOR, "Agreement 7")


async def test_a_new_notice_ends_nothing_that_was_given_under_the_old_one(running: Running) -> None:
    # Given a hand-in under one notice, and another of the same person under the next
    (first,) = await running.hand_in("event-1")
    before = (await running.stores.consents.of(first.alias))[0]
    drafts = tuple(RecordDraft(purpose, "consent", "individuals-1", "en") for purpose in ("scoring", "delivery"))
    again = NewPerson("event-2", drafts, claim_code=first.claim_code)
    await running.stores.keystore.create(CreateKeys("individuals", (again,)))
    # Then the earlier record still stands, and keys are released as before
    kept = await running.stores.consents.find(first.alias, before.record_id)
    assert kept == before
    assert kept.state == "given"
    released = await running.stores.keystore.release(ReleaseKeys("scoring", (first.alias,)))
    assert released.keys[0].status == "released"


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"legal_basis": "consent"}, "may rest on"),
        ({"legal_basis": "public-task"}, "may rest on"),
        ({"agreement": None}, "works-council agreement"),
        ({"instructs": ("oblivion",)}, "no request oblivion"),
    ],
)
async def test_terms_that_no_controller_may_have_are_refused(running: Running, changed: dict, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        await running.stores.tenants.register(msgspec.structs.replace(COUNCIL, **changed))


async def test_research_is_released_only_as_long_as_the_controller_instructs_it(running: Running) -> None:
    # Given an employee who agreed to research, at an organisation that has instructed it
    stores = running.stores
    await stores.tenants.register(COUNCIL)
    (created,) = await running.hand_in("event-1", tenant="works")
    await stores.consents.give(created.alias, RecordDraft("research", "consent", "employees-1", "en"))
    asked = ReleaseKeys("research", (created.alias,))
    assert (await stores.keystore.release(asked)).keys[0].status == "released"
    before = (await stores.keystore.release(asked)).sequence
    # When the organisation takes its instruction back
    await stores.tenants.register(msgspec.structs.replace(COUNCIL, research=False))
    # Then no key is released, whatever the employee agreed to, and what was released before is void
    assert (await stores.keystore.release(asked)).keys[0].reason == "not-instructed"
    await running.worker.once()
    (told,) = running.topics.of("keys.revoked")
    revoked = msgspec.msgpack.decode(told.value, type=Revoked)
    assert (told.key, revoked.kind, revoked.withdrawn) == (created.alias, "withdrawn", ())
    assert revoked.sequence > before


async def test_notices_are_read_by_anybody_in_both_languages_with_an_organisations_terms(
    running: Running, client: TestClient
) -> None:
    await running.stores.tenants.register(COUNCIL)
    for name in (await (await client.get("/v1/notices")).json())["notices"]:
        for language in ("en", "de"):
            answer = await client.get(f"/v1/notices/{name}?lang={language}&organisation=works")
            assert (answer.status, answer.headers["Content-Language"]) == (200, language)
            assert ("Operator Ltd" if name.startswith("individuals") else "Works AG") in await answer.text()
    assert (await client.get("/v1/notices/nothing-1")).status == 404
    assert (await client.get("/v1/notices/employees-1?lang=fr")).status == 422


@pytest.mark.parametrize("statement", ["UPDATE records SET notice = 'x'", "UPDATE record_ends SET state = 'given'"])
async def test_the_ledger_is_only_ever_added_to(running: Running, statement: str) -> None:
    # Given a record that was withdrawn
    (created,) = await running.hand_in("event-1")
    (first, _) = await running.stores.consents.of(created.alias)
    await running.stores.consents.withdraw(created.alias, first.record_id)
    # Then the database itself refuses to change it or its end
    with pytest.raises(DBAPIError, match="only ever added to"):
        async with running.stores.database.write() as connection:
            await connection.execute(text(statement))
    # And both go with their person
    await running.erase(created.alias)
    assert await running.stores.consents.of(created.alias) == []
