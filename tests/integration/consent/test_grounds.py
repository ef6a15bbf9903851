"""On what basis what is processed: a person gives consent and nothing else, their controller all the rest, and nobody
names a notice that was never shown.
"""

from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestClient, TestServer

from schemas.faults import Faulty
from schemas.keys import CreateKeys, NewPerson, RecordDraft, ReleaseKeys
from schemas.purposes import EMPLOYER_BASES
from services.consent import admin
from services.consent.controllers.controller import Party
from services.consent.controllers.grounds import NotRecordable
from services.consent.found_by import NobodyFound
from services.consent.paperwork.state import PrivacyStates
from services.consent.privacy_admin import PrivacyAdmin
from services.consent.public_api import PublicApi
from tests.integration.consent.conftest import Running, entries

CLAIM = RecordDraft("legal-claim", "legitimate-interest", "individuals-2", "en")


@pytest.fixture
async def client(running: Running) -> AsyncIterator[TestClient]:
    application = PublicApi(running.stores, b"PEM", running.worker.wake, lambda: None).application()
    async with TestClient(TestServer(application)) as client:
        yield client


@pytest.fixture
async def operator(running: Running) -> AsyncIterator[TestClient]:
    privacy = PrivacyAdmin(running.stores, PrivacyStates(running.stores, Party("O"), 0), running.worker.wake)
    application = admin.application(
        running.stores.rotation, running.stores.register, running.worker.wake, privacy.routes()
    )
    async with TestClient(TestServer(application)) as client:
        yield client


async def employee(running: Running, event: str = "event-1") -> tuple[str, dict[str, str]]:
    """An employee of acme, whose registration rests on legitimate interest, with their claim code."""
    (created,) = await running.hand_in(event, tenant="acme", external_id=event)
    invited = await running.stores.employees.invite("acme", event)
    code = await running.stores.employees.redeem(invited.code or "")
    return created.alias, {"Authorization": f"Claim {code}"}


async def individual(running: Running) -> tuple[str, dict[str, str]]:
    (created,) = await running.hand_in("event-1")
    return created.alias, {"Authorization": f"Claim {created.claim_code}"}


def asked(purpose: str, **other: str) -> dict[str, str]:
    return {"purpose": purpose, "notice": "employees-2", "language": "en"} | other


async def reason(running: Running, purpose, alias: str) -> str | None:
    return (await running.stores.keystore.release(ReleaseKeys(purpose, (alias,)))).keys[0].reason


@pytest.mark.parametrize("purpose", ["scoring", "delivery"])
async def test_an_employee_s_code_takes_nothing_out_of_the_employer_s_hands(
    running: Running, client: TestClient, purpose: str
) -> None:
    # Given an employee whose employer's registration carries scoring and delivery
    alias, proof = await employee(running)
    # When whoever holds their code gives the same as a consent, so as to withdraw it next
    answer = await client.post("/v1/consents", json=asked(purpose), headers=proof)
    # Then that is refused, no record is made, and the employer's processing goes on
    assert (answer.status, (await answer.json())["type"]) == (409, "urn:careerpulse:problem:not-givable")
    assert await running.stores.consents.of(alias) == []
    assert await reason(running, purpose, alias) is None


@pytest.mark.parametrize("basis", [*EMPLOYER_BASES, "public-task", "vital-interest"])
@pytest.mark.parametrize("purpose", ["scoring", "research"])
async def test_a_person_records_no_basis_but_consent(
    running: Running, client: TestClient, purpose: str, basis: str
) -> None:
    alias, proof = await individual(running)
    before = await running.stores.consents.of(alias)
    body = {"purpose": purpose, "legal_basis": basis, "notice": "individuals-2", "language": "en"}
    answer = await client.post("/v1/consents", json=body, headers=proof)
    assert (answer.status, (await answer.json())["errors"][0]["pointer"]) == (422, "/legal_basis")
    assert await running.stores.consents.of(alias) == before


async def test_what_never_rests_on_consent_is_not_consented_to(running: Running, client: TestClient) -> None:
    _, proof = await individual(running)
    body = {"purpose": "legal-claim", "notice": "individuals-2", "language": "en"}
    assert (await client.post("/v1/consents", json=body, headers=proof)).status == 409


@pytest.mark.parametrize(
    ("notice", "language", "pointer", "right"),
    [
        ("never-published-7", "en", "/notice", "individuals-1, individuals-2"),
        ("employees-2", "en", "/notice", "individuals-2"),
        ("individuals-2", "zz", "/language", "en, de"),
        ("individuals-2", "fr", "/language", "en, de"),
    ],
)
async def test_a_notice_that_was_never_shown_is_refused_with_what_would_be_right(
    running: Running, client: TestClient, notice: str, language: str, pointer: str, right: str
) -> None:
    _, proof = await individual(running)
    body = {"purpose": "research", "notice": notice, "language": language}
    answer = await client.post("/v1/consents", json=body, headers=proof)
    (error,) = (await answer.json())["errors"]
    assert (answer.status, error["pointer"]) == (422, pointer)
    assert right in error["detail"]


@pytest.mark.parametrize(
    ("notice", "language", "status"),
    [
        ("acme-notice/1", "fr", 201),
        ("acme-notice/1", "zz", 422),
        ("acme-notice/2", "en", 422),
        ("employees-1", "de", 201),
        ("individuals-2", "en", 422),
    ],
)
async def test_an_employee_was_shown_the_employer_s_own_notice_or_one_of_ours(
    running: Running, client: TestClient, notice: str, language: str, status: int
) -> None:
    _, proof = await employee(running)
    body = asked("statistics", notice=notice, language=language)
    assert (await client.post("/v1/consents", json=body, headers=proof)).status == status


@pytest.mark.parametrize(
    ("tenant", "draft", "says"),
    [
        ("individuals", RecordDraft("scoring", "contract", "individuals-2", "en"), "controller's to record"),
        ("individuals", RecordDraft("scoring", "consent", "never-7", "en"), "individuals-2"),
        ("individuals", RecordDraft("scoring", "consent", "individuals-2", "fr"), "en, de"),
        ("acme", RecordDraft("statistics", "consent", "individuals-2", "en"), "acme-notice/1"),
    ],
)
async def test_a_hand_in_brings_no_record_that_its_person_could_not_give(
    running: Running, tenant: str, draft: RecordDraft, says: str
) -> None:
    made = await running.stores.keystore.create(CreateKeys(tenant, (NewPerson("event-1", (draft,)),)))
    (refused,) = made.persons
    assert refused.status == "refused"
    assert says in (refused.reason or "")


async def test_the_controller_records_its_basis_for_one_person_who_reads_it_and_it_is_logged(
    running: Running, client: TestClient, operator: TestClient
) -> None:
    # Given a person, and a claim that the controller defends itself against
    alias, proof = await individual(running)
    assert await reason(running, "legal-claim", alias) == "no-record"
    # When the operator records it
    new = {"found_by": "event-1", "purpose": "legal-claim", "legal_basis": "legitimate-interest"}
    told = {"notice": "individuals-2", "language": "en"}
    answer = await operator.post("/privacy/grounds", json=new | told)
    # Then the purpose is allowed, the person reads what it rests on, and one entry says that it was recorded
    assert answer.status == 201
    assert await reason(running, "legal-claim", alias) is None
    listed = (await (await client.get("/v1/consents", headers=proof)).json())["consents"]
    assert (listed[-1]["id"], listed[-1]["legal_basis"]) == ((await answer.json())["id"], "legitimate-interest")
    await running.worker.once()
    assert entries(running).count("consent-given") == len(listed)


@pytest.mark.parametrize(
    ("draft", "says"),
    [
        (RecordDraft("scoring", "contract", "individuals-2", "en"), "asked for scoring as a consent"),
        (RecordDraft("research", "consent", "individuals-2", "en"), "may rest on legitimate-interest, public-task"),
        (RecordDraft("statistics", "contract", "individuals-2", "en"), "consent alone"),
        (RecordDraft("access", "contract", "individuals-2", "en"), "is a right"),
    ],
)
async def test_a_controller_moves_no_consent_to_another_basis(
    running: Running, draft: RecordDraft, says: str
) -> None:
    await running.hand_in("event-1")
    with pytest.raises(NotRecordable, match=says):
        await running.stores.grounds.record("event-1", draft)


async def test_a_controller_records_nothing_that_its_registration_covers_or_its_employee_objected_to(
    running: Running,
) -> None:
    alias, _ = await employee(running)
    with pytest.raises(NotRecordable, match="registration"):
        await running.stores.grounds.record("event-1", RecordDraft("scoring", "contract", "employees-2", "en"))
    claim = RecordDraft("legal-claim", "legitimate-interest", "acme-notice/1", "en")
    await running.stores.grounds.record("event-1", claim)
    await running.stores.rights.object(alias, "legal-claim")
    with pytest.raises(NotRecordable, match="objected"):
        await running.stores.grounds.record("event-1", claim)
    with pytest.raises(NobodyFound):
        await running.stores.grounds.record("event-9", claim)
    with pytest.raises(Faulty, match="employees-2"):
        await running.stores.grounds.record("event-1", RecordDraft("research", "public-task", "never-7", "en"))
