"""Employees who filled in the form themselves: they are told their code, and the employer obtains none."""

from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select

from schemas.keys import CreatedKey, CreateKeys, NewPerson, RegisterTenant
from services.consent.claims import Claims
from services.consent.controllers.employees_api import EmployeesApi
from services.consent.public_api import PublicApi
from services.consent.tables import codes
from tests.integration.consent.conftest import Running, entries

NOBODYS = "0000-0000-0000-0000-0000-0000-0000"


@pytest.fixture
async def client(running: Running) -> AsyncIterator[TestClient]:
    stores, claims = running.stores, Claims(running.stores.keystore)
    parts = (EmployeesApi(stores.employees, stores.instructions, claims),)
    application = PublicApi(stores, b"PEM", running.worker.wake, lambda: None, claims, parts=parts).application()
    async with TestClient(TestServer(application)) as client:
        yield client


async def filled_in(
    running: Running, event: str, code: str | None = None, name: str = "E-17", tenant: str = "acme"
) -> CreatedKey:
    """The employee, or whoever has the invitation, fills in the form."""
    person = NewPerson(event, (), external_id=name, claim_code=code, invited=True)
    return (await running.stores.keystore.create(CreateKeys(tenant, (person,)))).persons[0]


async def shown(client: TestClient, code: str) -> list[dict]:
    answer = await client.get("/v1/privacy/codes", headers={"Authorization": f"Claim {code}"})
    return (await answer.json())["codes"]


async def test_who_fills_in_the_form_is_told_the_code_there_and_it_is_theirs(
    running: Running, client: TestClient
) -> None:
    # When an invited employee hands in, and the answer was lost so that it comes again
    first, again = await filled_in(running, "event-1"), await filled_in(running, "event-1")
    # Then both tell the same code, which leads to the employee, and one entry says that it was taken
    assert (first.claim_code, again.alias) == (again.claim_code, first.alias)
    assert await running.stores.keystore.resolve(first.claim_code or "") == first.alias
    await running.worker.once()
    assert entries(running).count("code-taken") == 1
    # And the employee reads that it was told at the hand-in
    (told,) = await shown(client, first.claim_code or "")
    assert (told["issued_by"], told["taken_at"]) == ("hand-in", told["issued_at"])


async def test_the_employer_obtains_no_code_for_who_filled_in_the_form(running: Running, client: TestClient) -> None:
    # Given a code that the employer kept back, and an employee who then fills in the form
    await running.hand_in("event-0", tenant="acme", external_id="E-17")
    kept_back = await running.stores.employees.invite("acme", "E-17")
    first = await filled_in(running, "event-1")
    assert first.claim_code is not None
    # When the employer redeems it, and asks for another one
    redeemed = await client.post("/v1/claims", json={"code": kept_back.code})
    another = await running.stores.employees.invite("acme", "E-17")
    # Then there is none, and it is told since when the employee has theirs
    assert redeemed.status == 401
    (told,) = [code for code in await shown(client, first.claim_code) if code["issued_by"] == "hand-in"]
    assert (another.code, another.has_one_since) == (None, told["taken_at"])


async def test_an_invitation_that_the_employer_uses_itself_opens_nothing_of_the_employee(running: Running) -> None:
    # Given an employee who filled in the form, and another employee
    first, other = await filled_in(running, "event-1"), await filled_in(running, "event-2", name="E-18")
    # When the form of a second invitation for the first is filled in without their code, and with other ones
    vain = [await filled_in(running, "event-3", code) for code in (None, "x", NOBODYS, other.claim_code)]
    # Then it is refused, and the same invitation may still be used by the employee, whom it tells no code again
    assert {(one.status, one.reason, one.claim_code) for one in vain} == {("refused", "claim-code-needed", None)}
    own = await filled_in(running, "event-3", first.claim_code)
    assert (own.status, own.alias, own.claim_code) == ("active", first.alias, None)
    # And a repetition skips nothing
    assert (await filled_in(running, "event-3")).reason == "claim-code-needed"


async def test_whose_answers_all_came_from_the_employer_sees_every_code_that_was_taken(
    running: Running, client: TestClient
) -> None:
    # Given an employee whose employer handed in, and redeemed a code itself
    await running.hand_in("event-1", tenant="acme", external_id="E-17")
    taken = []
    for _ in range(2):
        invited = await running.stores.employees.invite("acme", "E-17")
        answer = await client.post("/v1/claims", json={"code": invited.code})
        taken.append((await answer.json())["claim_code"])
    # Then the employee, who comes second, sees both
    assert [one["issued_by"] for one in await shown(client, taken[1]) if one["taken_at"]] == ["organisation"] * 2
    # And what they fill in themselves from then on is no longer opened by a new code
    assert (await filled_in(running, "event-2")).reason == "claim-code-needed"
    assert (await filled_in(running, "event-2", taken[1])).status == "active"
    assert (await running.stores.employees.invite("acme", "E-17")).has_one_since is not None


async def test_with_the_erasure_the_codes_go_and_the_employee_begins_anew(
    running: Running, client: TestClient
) -> None:
    first = await filled_in(running, "event-1")
    await running.erase(first.alias)
    async with running.stores.database.read() as connection:
        assert (await connection.execute(select(codes))).all() == []
    assert (await filled_in(running, "event-1")).status == "gone"
    again = await filled_in(running, "event-2")
    assert again.claim_code not in (None, first.claim_code)


async def ask(running: Running, client: TestClient, code: str, kind: str) -> tuple[int, dict]:
    answer = await client.post(
        "/v1/privacy/requests", json={"type": kind}, headers={"Authorization": f"Claim {code}"}
    )
    return answer.status, await answer.json()


@pytest.mark.parametrize("basis", ["contract", "legitimate-interest"])
async def test_what_cannot_be_taken_along_is_said_at_once_and_waits_for_no_employer(
    running: Running, client: TestClient, basis: str
) -> None:
    # Given employees of an organisation on this basis: one filled in the form, of the other it handed in
    await running.stores.tenants.register(RegisterTenant("works", "Works AG", basis, "employees-2"))
    own = await filled_in(running, "event-1", tenant="works")
    await running.hand_in("event-2", tenant="works", external_id="E-18")
    invited = await running.stores.employees.invite("works", "E-18")
    others = await running.stores.employees.redeem(invited.code or "")
    # When both ask for their file
    answers = [await ask(running, client, code or "", "portability") for code in (own.claim_code, others)]
    # Then it is forwarded for what was provided on contract, and for nothing else
    portable = basis == "contract"
    assert [status for status, _ in answers] == [202 if portable else 409, 409]
    assert len(await running.stores.instructions.waiting("works")) == portable
    assert "Access gives everything" in answers[1][1]["detail"]
