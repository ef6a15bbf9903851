"""Employees: how they prove who they are, and what of their requests is their employer's to decide."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import msgspec
import orjson
import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import Executable, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.crypto.salted_fields import commit, salted
from schemas.employees import AskForEmployee, Decision, InstructRequest
from schemas.events import OutboxEntry, Revoked
from schemas.keys import CreateKeys, NewPerson, RegisterTenant, ReleaseKeys
from schemas.rights import Notice, NoticeDelivered, RequestForwarded
from services.consent import ledger
from services.consent.claims import Claims
from services.consent.controllers.employees_api import EmployeesApi
from services.consent.public_api import PublicApi
from services.consent.rights.answers import take_answer
from services.consent.tables import instructions
from tests.integration.consent.conftest import NOTICE, Running, entries

STANDING = RegisterTenant("acme", "ACME Ltd", "legitimate-interest", "acme-notice/2", instructs=("restriction",))


@pytest.fixture
async def client(running: Running) -> AsyncIterator[TestClient]:
    stores = running.stores
    claims = Claims(stores.keystore)
    parts = (EmployeesApi(stores.employees, stores.instructions, claims),)
    application = PublicApi(stores, b"PEM", running.worker.wake, lambda: None, claims, parts=parts).application()
    async with TestClient(TestServer(application)) as client:
        yield client


async def employee(running: Running, client: TestClient) -> tuple[str, dict[str, str]]:
    """An employee of acme who has redeemed a code: alias and proof."""
    (created,) = await running.hand_in("event-1", tenant="acme", external_id="E-17")
    invited = await running.stores.employees.invite("acme", "E-17")
    taken = await client.post("/v1/claims", json={"code": invited.code})
    return created.alias, {"Authorization": f"Claim {(await taken.json())['claim_code']}"}


async def ask(client: TestClient, proof: dict[str, str], kind: str) -> dict:
    answer = await client.post("/v1/privacy/requests", json={"type": kind}, headers=proof)
    assert answer.status == 202
    return await (await client.get(answer.headers["Location"])).json()


async def test_a_code_works_once_and_leads_to_the_employees_own_records(running: Running, client: TestClient) -> None:
    # Given a code that the organisation obtained for its employee
    (created,) = await running.hand_in("event-1", tenant="acme", external_id="E-17")
    invited = await running.stores.employees.invite("acme", "E-17")
    # When it is redeemed twice
    first = await client.post("/v1/claims", json={"code": invited.code})
    second = await client.post("/v1/claims", json={"code": invited.code})
    # Then the first gives a claim code that is this employee's, and the second is told when the code was used
    claim_code = (await first.json())["claim_code"]
    assert (first.status, second.status) == (201, 409)
    (issued,) = await running.stores.employees.codes_of(created.alias)
    problem = await second.json()
    assert (problem["type"], f"used on {issued.taken_at}" in problem["detail"]) == (
        "urn:careerpulse:problem:code-used",
        True,
    )
    assert await running.stores.keystore.resolve(claim_code) == created.alias
    await running.worker.once()
    assert [entries(running).count(kind) for kind in ("code-issued", "code-taken")] == [1, 1]


@pytest.mark.parametrize("code", ["x", "0000-0000-0000-0000-0000-0000-0000"])
async def test_a_wrong_code_is_answered_alike_whatever_is_wrong_with_it(client: TestClient, code: str) -> None:
    answer = await client.post("/v1/claims", json={"code": code})
    assert (answer.status, (await answer.json())["type"]) == (401, "urn:careerpulse:problem:no-code")


async def test_a_second_code_ends_the_first_and_a_stranger_gets_none(running: Running, client: TestClient) -> None:
    await running.hand_in("event-1", tenant="acme", external_id="E-17")
    first = await running.stores.employees.invite("acme", "E-17")
    await running.stores.employees.invite("acme", "E-17")
    assert (await client.post("/v1/claims", json={"code": first.code})).status == 401
    assert (await running.stores.employees.invite("acme", "E-18")).code is None


async def test_an_employees_claim_code_hands_nothing_in(running: Running, client: TestClient) -> None:
    _, proof = await employee(running, client)
    again = NewPerson("event-2", NOTICE, claim_code=proof["Authorization"].removeprefix("Claim "))
    created = await running.stores.keystore.create(CreateKeys("individuals", (again,)))
    assert created.persons[0].reason == "unknown-claim-code"


async def test_what_waits_for_the_controller_is_told_to_it_at_once_and_handed_over_when_it_took_it(
    running: Running, client: TestClient
) -> None:
    # Given an employee who asks for an erasure, twice
    _, proof = await employee(running, client)
    held = await ask(client, proof, "erasure")
    await ask(client, proof, "erasure")
    await running.worker.once()
    # Then the organisation is told once, by what it knows, and it is not handed over yet
    (told,) = running.topics.of("privacy.notices")
    notice = msgspec.msgpack.decode(told.value, type=Notice)
    assert (told.key, notice.id, notice.kind) == ("acme", held["id"], "request-forwarded")
    assert notice.assessments == ("event-1",)
    assert notice.request == RequestForwarded("erasure", held["hand_over_by"], held["answer_by"])
    assert (await shown(client, held["id"]))["handed_over_at"] is None
    # When a webhook of another organisation says that it took it, and then its own, twice
    said = msgspec.msgpack.encode(NoticeDelivered(held["id"], "2026-11-23T18:00:00Z"))
    for key in (b"other", b"acme", b"acme"):
        await take_answer(running.stores, key, said)
    await running.stores.instructions.waiting("acme")
    await running.worker.once()
    # Then it is handed over since then, with one entry
    assert (await shown(client, held["id"]))["handed_over_at"] == "2026-11-23T18:00:00Z"
    assert actors(running, "request-handed-over") == ["organisation"]


async def test_what_is_listed_or_decided_is_handed_over(running: Running, client: TestClient) -> None:
    _, proof = await employee(running, client)
    listed = await ask(client, proof, "erasure")
    await running.stores.instructions.waiting("acme")
    decided = await ask(client, proof, "restriction")
    await running.stores.instructions.instruct(InstructRequest("acme", decided["id"], "refuse", "Not now."))
    await running.worker.once()
    assert None not in [(await shown(client, one["id"]))["handed_over_at"] for one in (listed, decided)]
    assert actors(running, "request-handed-over") == ["organisation"] * 2


async def shown(client: TestClient, request: str, proof: dict[str, str] | None = None) -> dict:
    return await (await client.get(f"/v1/privacy/requests/{request}", headers=proof)).json()


async def test_an_employees_erasure_waits_for_the_controllers_word(running: Running, client: TestClient) -> None:
    # Given an employee who asks the operator for an erasure, twice
    alias, proof = await employee(running, client)
    held = await ask(client, proof, "erasure")
    assert await ask(client, proof, "erasure") == held
    # Then it waits for the organisation, which finds it in its queue with its own ids, and nothing is erased
    assert (held["state"], held["asked_by"], held["handed_over_at"]) == ("waiting", "employee", None)
    (waiting,) = await running.stores.instructions.waiting("acme")
    assert (waiting.id, waiting.assessments) == (held["id"], ("event-1",))
    assert await refusal(running, alias) is None
    # When the organisation gives its word
    await running.stores.instructions.instruct(InstructRequest("acme", held["id"], "carry-out"))
    await running.worker.once()
    # Then it is carried out, the log says on whose word, and the employee follows it
    assert await refusal(running, alias) == "erased"
    shown = await (await client.get(f"/v1/privacy/requests/{held['id']}")).json()
    assert shown["state"] == "carried-out"
    assert (await (await client.get(shown["links"]["request"])).json())["type"] == "erasure"
    assert actors(running, "request-forwarded") == ["person"]
    assert actors(running, "request-opened") == ["organisation"]


async def test_an_employee_takes_back_what_the_employer_has_not_decided(running: Running, client: TestClient) -> None:
    # Given a request that waits for the employer
    alias, proof = await employee(running, client)
    asked = await (await client.post("/v1/privacy/requests", json={"type": "erasure"}, headers=proof)).json()
    # When its employee takes it back by its link, and nobody else can
    assert (await client.post(asked["links"]["cancel"])).status == 401
    (other,) = await running.hand_in("event-2")
    theirs = {"Authorization": f"Claim {other.claim_code}"}
    assert (await client.post(asked["links"]["cancel"], headers=theirs)).status == 404
    cancelled = await client.post(asked["links"]["cancel"], headers=proof)
    # Then it is cancelled, with one entry, and is the employer's to decide no more
    document = await cancelled.json()
    assert (cancelled.status, document["state"], document["request_status"]) == (200, "cancelled", "cancelled")
    assert await shown(client, asked["id"]) == document
    assert await running.stores.instructions.waiting("acme") == []
    assert await running.stores.instructions.instruct(InstructRequest("acme", asked["id"], "carry-out")) is None
    assert await refusal(running, alias) is None
    await running.worker.once()
    assert actors(running, "request-closed") == ["person"]
    # and it is taken back once, and can be asked for anew
    again = await client.post(asked["links"]["cancel"], headers=proof)
    assert (again.status, (await again.json())["type"]) == (409, "urn:careerpulse:problem:not-cancellable")
    anew = await ask(client, proof, "erasure")
    assert anew["id"] != asked["id"]
    # and what the employer has refused is not taken back any more
    await running.stores.instructions.instruct(InstructRequest("acme", anew["id"], "refuse", "Not now."))
    assert (await client.post(f"{anew['links']['self']}/cancel", headers=proof)).status == 409


async def test_each_link_of_a_request_that_waits_for_the_employer_leads_to_what_was_opened_on_its_word(
    running: Running, client: TestClient
) -> None:
    # Given an employee who asks for access and for erasure
    _, proof = await employee(running, client)
    for_access, for_erasure = [
        await (await client.post("/v1/privacy/requests", json={"type": kind}, headers=proof)).json()
        for kind in ("access", "erasure")
    ]
    results, receipt = for_access["links"]["results"], for_erasure["links"]["receipt"]
    # Then while they wait there is nothing there yet
    assert (await (await client.get(results, headers=proof)).json())["type"].endswith("no-results")
    assert (await (await client.get(receipt)).json())["type"].endswith("no-receipt-yet")
    # When the employer has both carried out
    for one in (for_access, for_erasure):
        await running.stores.instructions.instruct(InstructRequest("acme", one["id"], "carry-out"))
    # Then the links lead to the requests that were opened: one to take back, and a receipt
    assert (await (await client.get(results, headers=proof)).json())["type"].endswith("no-results")
    taken_back = await client.post(for_access["links"]["cancel"], headers=proof)
    assert (taken_back.status, (await taken_back.json())["state"]) == (200, "cancelled")
    await running.worker.once()
    assert (await client.get(receipt)).status == 200


@pytest.mark.parametrize("kind", ["erasure", "access", "restriction"])
async def test_the_clock_of_what_waited_for_the_employer_runs_since_the_employee_asked(
    running: Running, client: TestClient, moved_clock: Callable[[timedelta], None], kind: str
) -> None:
    # Given a request that waits for the employer
    _, proof = await employee(running, client)
    held = await ask(client, proof, kind)
    # When it has it carried out three months later
    moved_clock(timedelta(days=90))
    await running.stores.instructions.instruct(InstructRequest("acme", held["id"], "carry-out"))
    # Then what was opened is as old as the request, and should have been answered by the same time
    opened = await shown(client, (await shown(client, held["id"]))["request"])
    assert (opened["opened_at"], opened["clock"]["answer_by"]) == (held["opened_at"], held["answer_by"])


async def test_an_erasure_on_the_employers_word_is_restored_with_the_time_at_which_it_was_asked(
    running: Running, client: TestClient, moved_clock: Callable[[timedelta], None]
) -> None:
    _, proof = await employee(running, client)
    held = await ask(client, proof, "erasure")
    moved_clock(timedelta(days=20))
    await running.stores.instructions.instruct(InstructRequest("acme", held["id"], "carry-out"))
    await running.worker.once()
    revoked = [msgspec.msgpack.decode(one.value, type=Revoked) for one in running.topics.of("keys.revoked")]
    (pending,) = [one.pending for one in revoked if one.kind == "erasure-pending"]
    assert pending.opened_at == held["opened_at"] < pending.due_at


async def test_the_clock_of_what_is_under_way_already_runs_since_it_was_first_asked(
    running: Running, client: TestClient, moved_clock: Callable[[timedelta], None]
) -> None:
    # Given an employee who asks for access, and an employer that after twenty days asks for the same on their behalf
    _, proof = await employee(running, client)
    held = await ask(client, proof, "access")
    moved_clock(timedelta(days=20))
    of_employer = await running.stores.instructions.ask(AskForEmployee("acme", "E-17", "access"))
    # When it then gives its word on the employee's request
    done = await running.stores.instructions.instruct(InstructRequest("acme", held["id"], "carry-out"))
    # Then both are one request, as old as the employee's
    assert done.request == of_employer.request
    assert (await shown(client, done.request))["opened_at"] == held["opened_at"]


async def refusal(running: Running, alias: str) -> str | None:
    return (await running.stores.keystore.release(ReleaseKeys("scoring", (alias,)))).keys[0].reason


def actors(running: Running, kind: str) -> list[str]:
    return [leaf["actor"] for leaf in leaves_of(running, kind)]


def leaf_of(running: Running, kind: str) -> dict:
    (leaf,) = leaves_of(running, kind)
    return leaf


def leaves_of(running: Running, kind: str) -> list[dict]:
    sent = running.topics.of("audit.entries")
    leaves = [orjson.loads(msgspec.msgpack.decode(one.value, type=OutboxEntry).leaf) for one in sent]
    return [leaf for leaf in leaves if leaf["type"] == kind]


async def test_a_refusal_carries_its_reason_to_the_employee_and_stays(running: Running, client: TestClient) -> None:
    _, proof = await employee(running, client)
    held = await ask(client, proof, "erasure")
    word = InstructRequest("acme", held["id"], "refuse", "A lawsuit is pending.")
    await running.stores.instructions.instruct(word)
    late = await running.stores.instructions.instruct(InstructRequest("acme", held["id"], "carry-out"))
    assert late.state == "refused"
    (shown,) = (await (await client.get("/v1/privacy/forwarded", headers=proof)).json())["requests"]
    assert (shown["state"], shown["reason"]) == ("refused", "A lawsuit is pending.")


async def test_a_refusal_names_the_authority_and_the_court_in_the_status_and_in_the_record(
    running: Running, client: TestClient
) -> None:
    # Given an employee's request, which as long as it waits says nothing of the kind
    alias, proof = await employee(running, client)
    held = await ask(client, proof, "erasure")
    assert held["remedies"] == []
    # When the organisation refuses it
    await running.stores.instructions.instruct(InstructRequest("acme", held["id"], "refuse", "A lawsuit is pending."))
    await running.worker.once()
    # Then the status and the employee's list say in both languages what can be done against it
    (listed,) = (await (await client.get("/v1/privacy/forwarded", headers=proof)).json())["requests"]
    told = (await shown(client, held["id"]))["remedies"]
    assert told == listed["remedies"]
    assert [one["article"] for one in told] == ["77", "79"]
    for word, way in (("supervisory authority", told[0]["en"]), ("Aufsichtsbehörde", told[0]["de"])):
        assert word in way
    for word, way in (("court", told[1]["en"]), ("Gericht", told[1]["de"])):
        assert word in way
    # and the entry commits to the reason and to what the employee was told
    closed = leaf_of(running, "request-closed")
    fields = {"request": held["id"], "outcome": "refused", "reason": "A lawsuit is pending.", "remedies": "77 79"}
    async with running.stores.database.read() as connection:
        trail = running.stores.keystore.trail_of((await ledger.standings(connection, [alias]))[alias])
    named = [(name, value.encode()) for name, value in fields.items()]
    assert closed["commitment"] == commit(salted(trail, closed["id"], named))
    assert "lawsuit" not in str(closed)


@pytest.mark.parametrize("decision", ["carry-out", "refuse"])
async def test_a_controllers_word_that_breaks_off_has_changed_nothing_and_can_be_given_again(
    running: Running, client: TestClient, monkeypatch: pytest.MonkeyPatch, decision: Decision
) -> None:
    # Given an employee who asks for a restriction
    alias, proof = await employee(running, client)
    held = await ask(client, proof, "restriction")
    word = InstructRequest("acme", held["id"], decision, "A lawsuit is pending.")
    # When the employer's word breaks off at each write, one after the other, until one comes through
    written, decided = 0, None
    while decided is None:
        with monkeypatch.context() as breaking:
            breaking.setattr(AsyncConnection, "execute", breaks_at(written, AsyncConnection.execute))
            with suppress(BrokenOff):
                decided = await running.stores.instructions.instruct(word)
        if decided is None:
            # Then each time the request waits as before, nothing is carried out, and no entry was kept
            assert await shown(client, held["id"]) == held
            assert await refusal(running, alias) is None
            written += 1
    await running.worker.once()
    # and once it comes through, all of it has happened once
    assert written > 2
    assert decided.state == {"carry-out": "carried-out", "refuse": "refused"}[decision]
    assert await refusal(running, alias) == {"carry-out": "restricted", "refuse": None}[decision]
    assert actors(running, "request-handed-over") == ["organisation"]
    assert entries(running).count("request-closed") == 1


class BrokenOff(Exception):
    """Stands for a crash."""


def breaks_at(writes: int, execute: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """`execute` that breaks off instead of one more write than these."""
    left = writes

    async def broken(connection: AsyncConnection, statement: Executable, *more: Any, **named: Any) -> Any:
        nonlocal left
        if statement.is_dml:
            if left == 0:
                raise BrokenOff
            left -= 1
        return await execute(connection, statement, *more, **named)

    return broken


async def test_the_reason_for_a_refusal_lies_sealed_and_goes_with_its_persons_key(
    running: Running, client: TestClient
) -> None:
    # Given a request that its employer has refused
    alias, proof = await employee(running, client)
    held = await ask(client, proof, "restriction")
    await running.stores.instructions.instruct(InstructRequest("acme", held["id"], "refuse", "A lawsuit is pending."))
    # Then the database does not hold the reason in the clear, and both sides read it
    assert "lawsuit" not in await stored(running, held["id"])
    (listed,) = await running.stores.instructions.waiting("acme")
    assert (listed.reason, (await shown(client, held["id"], proof))["reason"]) == ("A lawsuit is pending.",) * 2
    # and with the person it is gone
    await running.erase(alias)
    left = await shown(client, held["id"], proof)
    assert (left["state"], left["reason"]) == ("refused", None)


async def test_a_reason_from_before_is_sealed_when_the_stores_open(running: Running, client: TestClient) -> None:
    # Given two refusals as an earlier release kept them, one of somebody who was erased since
    _, proof = await employee(running, client)
    held = await ask(client, proof, "restriction")
    before = {"state": "refused", "decided_at": held["opened_at"], "reason": "A lawsuit is pending."}
    async with running.stores.database.write() as connection:
        await connection.execute(update(instructions).values(**before))
        kept = (await connection.execute(select(instructions))).one()._asdict()
        await connection.execute(insert(instructions).values(**kept | {"id": "0" * 32, "alias": None}))
    # When the stores are opened, twice
    for _ in range(2):
        await running.stores.instructions.open()
    # Then the living person's is sealed and read as before, and nobody's is gone
    assert [("lawsuit" in await stored(running, one)) for one in (held["id"], "0" * 32)] == [False, False]
    told = [(await shown(client, one, proof))["reason"] for one in (held["id"], "0" * 32)]
    assert told == ["A lawsuit is pending.", None]
    (own,) = (await (await client.get("/v1/privacy/forwarded", headers=proof)).json())["requests"]
    assert own["reason"] == "A lawsuit is pending."


async def stored(running: Running, forwarded: str) -> str:
    async with running.stores.database.read() as connection:
        return str((await connection.execute(select(instructions).where(instructions.c.id == forwarded))).one())


async def test_a_standing_instruction_carries_out_at_once(running: Running, client: TestClient) -> None:
    await running.stores.tenants.register(STANDING)
    alias, proof = await employee(running, client)
    assert (await ask(client, proof, "restriction"))["state"] == "in-force"
    assert await refusal(running, alias) == "restricted"
    assert (await ask(client, proof, "erasure"))["state"] == "waiting"


async def test_what_the_organisation_asks_for_is_logged_as_such_and_shown_to_the_employee(
    running: Running, client: TestClient
) -> None:
    alias, proof = await employee(running, client)
    done = await running.stores.instructions.ask(AskForEmployee("acme", "E-17", "restriction"))
    assert (done.state, await refusal(running, alias)) == ("carried-out", "restricted")
    (shown,) = (await (await client.get("/v1/privacy/forwarded", headers=proof)).json())["requests"]
    assert (shown["asked_by"], shown["type"]) == ("organisation", "restriction")
    await running.worker.once()
    assert actors(running, "request-opened") == ["organisation"]
    assert await running.stores.instructions.ask(AskForEmployee("acme", "nobody", "erasure")) is None


async def test_that_an_employee_has_read_what_was_asked_for_them_is_told_to_the_organisation_and_is_one_entry(
    running: Running, client: TestClient
) -> None:
    # Given something that the organisation asked for, and looks at, and something that the employee asked for
    _, proof = await employee(running, client)
    asked = await running.stores.instructions.ask(AskForEmployee("acme", "E-17", "restriction"))
    own = await ask(client, proof, "erasure")
    assert {one.told_at for one in await running.stores.instructions.waiting("acme")} == {None}
    # When the employee has read it, twice
    for _ in range(2):
        await client.get("/v1/privacy/forwarded", headers=proof)
    # Then the organisation sees that, of what it asked for alone, and the log has it once
    told = {one.id: one.told_by for one in await running.stores.instructions.waiting("acme")}
    assert told == {asked.id: "employee", own["id"]: None}
    await running.worker.once()
    assert actors(running, "request-told") == ["person"]


async def test_no_organisation_sees_or_decides_anothers_requests(running: Running, client: TestClient) -> None:
    _, proof = await employee(running, client)
    held = await ask(client, proof, "erasure")
    await running.stores.tenants.register(RegisterTenant("other", "Other Ltd", "contract", "n/1"))
    assert await running.stores.instructions.waiting("other") == []
    assert await running.stores.instructions.instruct(InstructRequest("other", held["id"], "carry-out")) is None
