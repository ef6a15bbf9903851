"""The public interface: what a person can do with a claim code, and what nobody can."""

from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestClient, TestServer

from schemas.events import StoreReport
from schemas.keys import RecordDraft, ReleaseKeys
from services.consent.public_api import PublicApi
from services.consent.rights.deadline import NotExtendable
from tests.integration.consent.conftest import Running, entries

JSON = {"Content-Type": "application/json"}
RESEARCH = RecordDraft("research", "legitimate-interest", "individuals-2", "en")
UNKNOWN = "0000-0000-0000-0000-0000-0000-0000"


@pytest.fixture
async def client(running: Running) -> AsyncIterator[TestClient]:
    application = PublicApi(running.stores, b"PEM", running.worker.wake, lambda: None).application()
    async with TestClient(TestServer(application)) as client:
        yield client


def claim(code: str) -> dict[str, str]:
    return {"Authorization": f"Claim {code}"}


async def person(running: Running) -> tuple[str, dict[str, str]]:
    (created,) = await running.hand_in("event-1")
    return created.alias, claim(created.claim_code)


async def test_a_person_sees_withdraws_and_gives_again(running: Running, client: TestClient) -> None:
    # Given a person's records
    alias, proof = await person(running)
    listed = (await (await client.get("/v1/consents", headers=proof)).json())["consents"]
    scoring = next(record for record in listed if record["purpose"] == "scoring")
    # When the one for scoring is withdrawn
    answer = await client.delete(f"/v1/consents/{scoring['id']}", headers=proof)
    # Then no key is released for it, and access goes on
    assert (answer.status, (await answer.json())["state"]) == (200, "withdrawn")
    assert await reason(running, "scoring", alias) == "withdrawn"
    assert await reason(running, "access", alias) is None
    # And once it is given again it is released
    again = {"purpose": "scoring", "notice": "individuals-1", "language": "de"}
    given = await client.post("/v1/consents", json=again, headers=proof)
    assert given.status == 201
    assert (await client.get(given.headers["Location"], headers=proof)).status == 200
    assert await reason(running, "scoring", alias) is None


async def reason(running: Running, purpose, alias: str) -> str | None:
    return (await running.stores.keystore.release(ReleaseKeys(purpose, (alias,)))).keys[0].reason


async def test_a_withdrawal_is_published_and_logged_once(running: Running, client: TestClient) -> None:
    _, proof = await person(running)
    (record, _) = (await (await client.get("/v1/consents", headers=proof)).json())["consents"]
    for _ in range(2):
        assert (await client.delete(f"/v1/consents/{record['id']}", headers=proof)).status == 200
    await running.worker.once()
    assert len(running.topics.of("keys.revoked")) == 1
    assert entries(running).count("consent-withdrawn") == 1


async def test_a_second_notice_and_its_withdrawal_leave_no_earlier_record_in_force(
    running: Running, client: TestClient
) -> None:
    alias, proof = await person(running)
    newer = {"purpose": "scoring", "notice": "individuals-1", "language": "en"}
    given = await (await client.post("/v1/consents", json=newer, headers=proof)).json()
    await client.delete(f"/v1/consents/{given['id']}", headers=proof)
    assert await reason(running, "scoring", alias) == "withdrawn"


async def test_the_same_consent_twice_is_one_record(running: Running, client: TestClient) -> None:
    _, proof = await person(running)
    asked = {"purpose": "delivery-detail", "notice": "individuals-2", "language": "en"}
    ids = {(await (await client.post("/v1/consents", json=asked, headers=proof)).json())["id"] for _ in range(2)}
    assert len(ids) == 1


@pytest.mark.parametrize("authorization", [None, "Claim", "Claim x", "Bearer abc", "Claim é"])
async def test_what_is_no_code_is_told_so(client: TestClient, authorization) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    answer = await client.post("/v1/privacy/requests", json={"type": "erasure"}, headers=headers)
    assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, "Claim")
    assert (await answer.json())["type"] == "urn:careerpulse:problem:no-claim"


async def test_the_record_of_another_person_is_not_found(running: Running, client: TestClient) -> None:
    one, other = await running.hand_in("event-1", "event-2")
    (record, _) = await running.stores.consents.of(one.alias)
    for method in (client.get, client.delete):
        answer = await method(f"/v1/consents/{record.record_id}", headers=claim(other.claim_code))
        assert answer.status == 404
    request = await running.stores.requests.open_erasure(one.alias)
    cancel = f"/v1/privacy/requests/{request.request}/cancel"
    assert (await client.post(cancel, headers=claim(other.claim_code))).status == 404


@pytest.mark.parametrize(
    ("body", "status", "pointers"),
    [
        (b"{", 400, []),
        (b"[]", 422, [""]),
        (b"{}", 422, ["/type"]),
        (b'{"type":"oblivion"}', 422, ["/type"]),
        (b'{"type":"erasure","alias":"x"}', 422, ["/alias"]),
        (b'{"type":true}', 422, ["/type"]),
        (b'{"type":"restriction","purpose":"scoring"}', 422, ["/purpose"]),
        (b'{"type":"objection","purpose":"gossip"}', 422, ["/purpose"]),
    ],
)
async def test_a_bad_body_is_answered_with_the_field(
    running: Running, client: TestClient, body: bytes, status: int, pointers: list[str]
) -> None:
    _, proof = await person(running)
    answer = await client.post("/v1/privacy/requests", data=body, headers=proof | JSON)
    problem = await answer.json()
    assert (answer.status, answer.content_type) == (status, "application/problem+json")
    assert [error["pointer"] for error in problem.get("errors", [])] == pointers


async def test_a_body_that_is_not_said_to_be_json_is_not_read(running: Running, client: TestClient) -> None:
    _, proof = await person(running)
    answer = await client.post("/v1/privacy/requests", data=b'{"type":"erasure"}', headers=proof)
    assert (answer.status, answer.content_type) == (415, "application/problem+json")


@pytest.mark.parametrize("purpose", ["access", "review", "portability"])
async def test_a_right_needs_no_consent_and_takes_none(running: Running, client: TestClient, purpose: str) -> None:
    _, proof = await person(running)
    asked = {"purpose": purpose, "notice": "individuals-2", "language": "en"}
    assert (await client.post("/v1/consents", json=asked, headers=proof)).status == 409


async def test_an_erasure_carried_out_cannot_be_cancelled_and_its_receipt_is_found_by_its_id(
    running: Running, client: TestClient
) -> None:
    _, proof = await person(running)
    opened = await client.post("/v1/privacy/requests", json={"type": "erasure"}, headers=proof)
    request = await opened.json()
    assert (opened.status, opened.headers["Location"]) == (202, request["links"]["self"])
    assert (await client.get(request["links"]["receipt"])).status == 404
    late = await client.post(request["links"]["cancel"], headers=proof)
    assert late.status == 409
    await running.worker.once()
    assert (await (await client.get(request["links"]["self"])).json())["state"] == "ordered"
    assert (await (await client.get(request["links"]["receipt"])).json())["receipt"]["stage"] == "revoked"


async def test_an_unknown_request_is_not_found(client: TestClient) -> None:
    for path in ("/v1/privacy/requests/x", "/v1/privacy/requests/x/receipt"):
        assert (await client.get(path)).status == 404


async def ask(client: TestClient, proof: dict[str, str], kind: str, **more: str):
    return await client.post("/v1/privacy/requests", json={"type": kind, **more}, headers=proof)


async def test_a_person_restricts_and_lifts_and_each_request_has_its_clock(
    running: Running, client: TestClient
) -> None:
    alias, proof = await person(running)
    # When processing is restricted
    opened = await ask(client, proof, "restriction")
    restriction = await opened.json()
    # Then it is in force, was answered at once, and is found where the answer says
    assert (opened.status, opened.headers["Location"]) == (202, restriction["links"]["self"])
    assert await reason(running, "scoring", alias) == "restricted"
    shown = await (await client.get(restriction["links"]["self"])).json()
    assert (shown["type"], shown["state"]) == ("restriction", "in-force")
    assert (shown["clock"]["answered_at"], shown["clock"]["days_left"]) == (shown["opened_at"], None)
    # And when it is lifted it is over
    assert (await ask(client, proof, "restriction-lift")).status == 202
    assert await reason(running, "scoring", alias) is None
    assert (await (await client.get(restriction["links"]["self"])).json())["state"] == "over"
    late = await ask(client, proof, "restriction-lift")
    problem = await late.json()
    assert (late.status, problem["type"]) == (409, "urn:careerpulse:problem:not-restricted")
    # and what cannot be carried out says what can be done against that
    assert [one["article"] for one in problem["remedies"]] == ["77", "79"]


async def test_a_person_objects_to_what_can_be_objected_to(running: Running, client: TestClient) -> None:
    alias, proof = await person(running)
    await running.stores.grounds.record("event-1", RESEARCH)
    assert (await ask(client, proof, "objection", purpose="research")).status == 202
    assert await reason(running, "research", alias) == "objected"
    vain = await ask(client, proof, "objection", purpose="scoring")
    problem = await vain.json()
    assert (vain.status, problem["type"]) == (409, "urn:careerpulse:problem:not-objectable")
    assert [one["article"] for one in problem["remedies"]] == ["77", "79"]


async def test_the_clock_of_an_erasure_runs_until_it_is_complete(running: Running, client: TestClient) -> None:
    _, proof = await person(running)
    request = await (await ask(client, proof, "erasure")).json()
    assert request["clock"]["answered_at"] is None
    assert 27 <= request["clock"]["days_left"] <= 31
    await running.worker.once()
    for service in ("intake", "audit"):
        await running.stores.requests.take_report(StoreReport(service, request["id"], {}))
    await running.worker.once()
    shown = await (await client.get(request["links"]["self"])).json()
    assert (shown["clock"]["answered_at"], shown["clock"]["days_left"]) == (shown["completed_at"], None)


async def test_a_restriction_has_no_receipt_and_is_not_cancelled(running: Running, client: TestClient) -> None:
    _, proof = await person(running)
    place = (await (await ask(client, proof, "restriction")).json())["links"]["self"]
    assert (await client.get(f"{place}/receipt")).status == 404
    assert (await client.post(f"{place}/cancel", headers=proof)).status == 409


def likeness(document: object) -> object:
    """A document without what is another for each request."""
    if isinstance(document, dict):
        return {name: likeness(value) for name, value in document.items() if name not in ("id", "links", "opened_at")}
    return document


@pytest.mark.parametrize("kind", ["access", "erasure", "restriction", "restriction-lift", "objection"])
async def test_a_request_under_a_code_that_nobody_has_is_answered_like_any_other(
    running: Running, client: TestClient, kind: str
) -> None:
    # Given a person who can do all of this, and a code that fits no person
    _, proof = await person(running)
    await running.stores.grounds.record("event-1", RESEARCH)
    if kind == "restriction-lift":
        await ask(client, proof, "restriction")
    # When both ask for the same
    known, unknown = [await ask(client, one, kind) for one in (proof, claim(UNKNOWN))]
    # Then both are told the same, and the one causes nothing and is shown as waiting
    assert (known.status, unknown.status) == (202, 202)
    told, vain = await known.json(), await unknown.json()
    assert likeness(told) == likeness(vain)
    assert told["links"].keys() == vain["links"].keys()
    shown = await (await client.get(vain["links"]["self"])).json()
    assert shown["request_status"] == "pending"
    await running.worker.once()


async def test_the_operator_extends_a_clock_once_with_a_reason_that_is_shown(
    running: Running, client: TestClient
) -> None:
    _, proof = await person(running)
    place = (await (await ask(client, proof, "access")).json())["links"]["self"]
    before = (await (await client.get(place)).json())["clock"]
    extended = await running.stores.register.extend(place.rpartition("/")[2], "complexity")
    assert extended["clock"]["extension_reason"] == "complexity"
    assert extended["clock"]["answer_by"] > before["answer_by"]
    with pytest.raises(NotExtendable, match="extended before"):
        await running.stores.register.extend(place.rpartition("/")[2], "complexity")
    await running.worker.once()
    assert entries(running).count("request-extended") == 1
