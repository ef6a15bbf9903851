"""A right that does not hold is refused at once, and the log keeps that it was and why."""

from collections.abc import AsyncIterator

import msgspec
import orjson
import pytest
from aiohttp.test_utils import TestClient, TestServer

from infra.crypto.salted_fields import commit, salted
from schemas.employees import AskForEmployee
from schemas.events import OutboxEntry
from schemas.keys import CreatedKey
from services.consent import ledger
from services.consent.public_api import PublicApi
from services.consent.rights.refusal import RightRefused
from tests.integration.consent.conftest import Running

EMPLOYEES = {"tenant": "acme", "external_id": "E-17"}


@pytest.fixture
async def client(running: Running) -> AsyncIterator[TestClient]:
    application = PublicApi(running.stores, b"PEM", running.worker.wake, lambda: None).application()
    async with TestClient(TestServer(application)) as client:
        yield client


async def refused_entries(running: Running) -> list[dict]:
    await running.worker.once()
    sent = [msgspec.msgpack.decode(one.value, type=OutboxEntry).leaf for one in running.topics.of("audit.entries")]
    return [leaf for leaf in map(orjson.loads, sent) if leaf["type"] == "request-refused"]


async def commitment(running: Running, alias: str, entry: str, fields: dict[str, str]) -> str:
    async with running.stores.database.read() as connection:
        trail = running.stores.keystore.trail_of((await ledger.standings(connection, [alias]))[alias])
    return commit(salted(trail, entry, [(name, value.encode()) for name, value in fields.items()]))


@pytest.mark.parametrize(
    ("asked", "refusal", "person"),
    [
        ({"type": "portability"}, "not-portable", EMPLOYEES),
        ({"type": "restriction-lift"}, "not-restricted", {}),
        ({"type": "objection", "purpose": "scoring"}, "not-objectable", {}),
        ({"type": "review", "assessment": "e" * 32}, "not-reviewable", {}),
    ],
)
async def test_a_right_that_is_refused_leaves_one_entry_that_binds_why_and_what_remains(
    running: Running, patient, client: TestClient, asked: dict[str, str], refusal: str, person: dict[str, str]
) -> None:
    # Given a person whose right does not hold: nobody may look, for one, at what is about to be erased
    (created,) = await running.hand_in("e" * 32, **person)
    proof = await proof_of(running, created)
    if refusal == "not-reviewable":
        await patient.open_erasure(created.alias)
    # When the person asks for it
    answer = await client.post("/v1/privacy/requests", json=asked, headers=proof)
    problem = await answer.json()
    # Then it is refused, and the one entry of that commits to what was asked and answered
    assert (answer.status, problem["type"]) == (409, f"urn:careerpulse:problem:{refusal}")
    (entry,) = await refused_entries(running)
    about = {name: value for name, value in asked.items() if name != "type"}
    told = {"refusal": refusal, "reason": problem["detail"], "remedies": "77 79"}
    fields = {"request_type": asked["type"], **about, **told}
    assert entry["commitment"] == await commitment(running, created.alias, entry["id"], fields)
    assert (entry["actor"], refusal in str(entry)) == ("person", False)


async def proof_of(running: Running, created: CreatedKey) -> dict[str, str]:
    code = created.claim_code
    if code is None:
        invited = await running.stores.employees.invite("acme", "E-17")
        code = await running.stores.employees.redeem(invited.code)
    return {"Authorization": f"Claim {code}"}


async def test_what_an_organisation_asks_for_in_vain_is_an_entry_of_the_organisation(running: Running) -> None:
    await running.hand_in("event-1", **EMPLOYEES)
    with pytest.raises(RightRefused):
        await running.stores.instructions.ask(AskForEmployee("acme", "E-17", "restriction-lift"))
    (entry,) = await refused_entries(running)
    assert entry["actor"] == "organisation"


async def test_what_cannot_be_kept_is_not_refused_either(
    running: Running, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a database that takes no entry
    (created,) = await running.hand_in("event-1")

    async def full(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(running.stores.outboxes, "record", full)
    # When a right that does not hold is asked for
    proof = {"Authorization": f"Claim {created.claim_code}"}
    answer = await client.post("/v1/privacy/requests", json={"type": "restriction-lift"}, headers=proof)
    # Then the person is not told that it was refused
    assert answer.status == 500
