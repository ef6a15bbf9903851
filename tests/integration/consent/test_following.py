"""Whoever has the id of a request reads where it stands; why it is held or refused is told to its person alone."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from schemas.employees import InstructRequest
from services.consent.public_api import PublicApi
from tests.integration.consent.conftest import Running

REASON = "a lawsuit with a former employer"
Proof = dict[str, str]


@pytest.fixture
async def client(running: Running) -> AsyncIterator[TestClient]:
    application = PublicApi(running.stores, b"PEM", running.worker.wake, lambda: None).application()
    async with TestClient(TestServer(application)) as client:
        yield client


def claim(code: str | None) -> Proof:
    return {"Authorization": f"Claim {code}"}


async def asked(client: TestClient, proof: Proof) -> str:
    answer = await client.post("/v1/privacy/requests", json={"type": "erasure"}, headers=proof)
    return answer.headers["Location"]


async def shown(client: TestClient, place: str, proof: Proof) -> dict[str, Any]:
    async with client.get(place, headers=proof) as answer:
        assert answer.status == 200
        return await answer.json()


async def held(running: Running, client: TestClient) -> tuple[str, Proof]:
    """Where an erasure is followed that a legal hold postpones, and its person's proof."""
    (created,) = await running.hand_in("event-1")
    await running.stores.holds.set("event-1", REASON)
    return await asked(client, claim(created.claim_code)), claim(created.claim_code)


async def refused(running: Running, client: TestClient) -> tuple[str, Proof]:
    """The same of an employee's request that the employer has refused."""
    await running.hand_in("event-1", tenant="acme", external_id="E-17")
    invited = await running.stores.employees.invite("acme", "E-17")
    proof = claim(await running.stores.employees.redeem(invited.code))
    place = await asked(client, proof)
    word = InstructRequest("acme", place.rpartition("/")[2], "refuse", REASON)
    await running.stores.instructions.instruct(word)
    return place, proof


@pytest.mark.parametrize(("case", "told"), [(held, "postponed_because"), (refused, "reason")])
async def test_the_reason_and_the_assessments_are_told_to_the_requests_person_alone(
    running: Running, client: TestClient, case, told: str
) -> None:
    # Given a request that is held or refused for a reason, and another person
    place, proof = await case(running, client)
    (other,) = await running.hand_in("event-2")
    # When its person, nobody, the other and whoever was never here follow it by its id
    own = await shown(client, place, proof)
    proofs = ({}, claim(other.claim_code), claim("0000-0000-0000-0000-0000-0000-0000"))
    strangers = [await shown(client, place, one) for one in proofs]
    # Then its person reads why, and about which assessments
    assert (own[told], own.get("assessments")) == (REASON, None if case is held else ["event-1"])
    # and the others that it is so and what can be done, with its clock, but not why, nor of what it is about
    for document in strangers:
        assert (document["state"], document["remedies"]) == (own["state"], own["remedies"])
        assert {name for name in own if document[name] != own[name]} == {told} | ({"assessments"} & own.keys())
        assert (document[told], document.get("assessments") or []) == (None, [])


async def test_a_claim_code_cannot_be_guessed_at_by_following_a_request(running: Running, client: TestClient) -> None:
    place, _ = await held(running, client)
    for code, status in (("no code", 401), ("0000-0000-0000-0000-0000-0000-0000", 200)):
        answers = [await client.get(place, headers=claim(code)) for _ in range(10)]
        assert {answer.status for answer in answers} == {status}
    assert (await client.get(place, headers=claim("0000-0000-0000-0000-0000-0000-0000"))).status == 429
    assert (await client.get(place)).status == 200
