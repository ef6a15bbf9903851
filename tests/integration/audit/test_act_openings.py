"""Years later, somebody may see who looked and who overruled: for a stated purpose, with an entry, and proven."""

import json

from sqlalchemy import update

from infra.crypto.salted_fields import SaltedField, commit
from schemas.entry import canonical
from services.audit.tables import acts
from services.audit.tlog.proof import Proof
from tests.integration.audit.office import AUDITOR, Office, bearer
from tests.integration.audit.test_evidence import members_of
from tests.unit.audit.examples import VKEY
from tests.unit.scoring.hand_ins import document

BODY = document("looked at")


async def searched(office: Office, headers: dict[str, str]) -> int:
    """The index of the entry of a search."""
    async with office.client.get("/v1/audit/entries?type=erased", headers=headers | {"Purpose": "file 9"}) as answer:
        assert answer.status == 200
    await office.entries()
    return office.appender.state.size - 1


def told(opened: dict) -> dict[str, str]:
    return {one["name"]: one["value"] for one in opened["fields"]}


async def test_what_an_officer_searched_is_opened_with_the_proof_of_it(office: Office) -> None:
    index = await searched(office, bearer("overseer"))
    # When another officer opens the act
    status, opened = await office.open_act(index)
    # Then name, purpose and query are told, and are what the entry binds
    assert status == 200
    assert told(opened) == {"purpose": "file 9", "query": "type=erased", "officer": "overseer"}
    fields = [SaltedField(one["name"], bytes.fromhex(one["salt"]), one["value"].encode()) for one in opened["fields"]]
    assert commit(fields) == opened["entry"]["commitment"]
    assert Proof.parse(opened["proof"].encode()).verify(canonical(opened["entry"]), VKEY).size > index
    # and the opening is an entry itself, which can be opened too
    *_, entry = await office.entries()
    assert (entry["type"], entry["actor"]) == ("act-opened", "auditor")
    _, again = await office.open_act(office.appender.state.size - 1)
    assert told(again) == {"purpose": "the yearly audit", "entries": f"[{index}]", "officer": "auditor"}


async def test_who_opened_a_decision_is_told_by_its_persons_key(office: Office) -> None:
    alias = office.ledger.add()
    await office.open(await office.decided(alias, BODY), "overseer")
    await office.entries()
    looked = office.appender.state.size - 1
    status, opened = await office.open_act(looked)
    assert (status, told(opened)["officer"], told(opened)["purpose"]) == (200, "overseer", "a complaint, file 7")
    *_, entry = await office.entries()
    assert entry["type"] == "key-released-to-a-human"
    # When the ledger refuses, it stays sealed; when the person was erased, nothing is left
    office.ledger.refuse(alias, "erasure-pending")
    assert (await office.open_act(looked))[0] == 403
    await office.store.erase([alias])
    assert (await office.open_act(looked))[0] == 404


async def test_an_act_that_was_changed_in_the_database_is_not_shown(office: Office) -> None:
    index = await searched(office, bearer("overseer"))
    async with office.database.write() as connection:
        await connection.execute(update(acts).values(sealed=b"\0" * 80))
    assert (await office.open_act(index))[0] == 404


async def test_what_is_no_act_has_none_to_open(office: Office) -> None:
    assert (await office.open_act(await office.decided(office.ledger.add(), BODY)))[0] == 404
    assert (await office.open_act(10_000))[0] == 404


async def test_the_shared_token_reads_entries_and_opens_nothing(office: Office) -> None:
    index = await searched(office, AUDITOR)
    for path in ("act", "trail"):
        place = f"/v1/audit/entries/0/{index}/{path}"
        async with office.client.post(place, json={"purpose": "file 9"}, headers=AUDITOR) as answer:
            assert (answer.status, (await answer.json())["type"].rpartition(":")[2]) == (403, "shared-token")
    async with office.client.get(f"/v1/audit/entries/0/{index}", headers=AUDITOR) as answer:
        assert answer.status == 200
    for method, path in (
        ("GET", "/v1/audit/drift"),
        ("GET", "/v1/audit/fairness"),
        ("POST", "/v1/audit/incidents"),
        ("POST", "/v1/audit/evidence-packs"),
        ("GET", "/v1/audit/reviews"),
    ):
        async with office.client.request(method, path, headers=AUDITOR) as answer:
            assert answer.status == 403, path
        async with office.client.request(method, path, headers=bearer("nobody")) as answer:
            assert answer.status == 401, path


async def test_a_pack_of_a_period_holds_what_officers_did_in_it(office: Office) -> None:
    index = await searched(office, bearer("overseer"))
    at = json.loads(office.appender.reader().entry(index))["time"]
    day = at[:10]
    status, pack = await office.pack(period={"start": day, "end": f"{int(day[:4]) + 1}-01-01"}, open=True)
    assert status == 200
    payload = json.loads(members_of(pack)[f"payloads/{index}.json"])
    assert told(payload)["query"] == "type=erased"


async def test_a_persons_pack_holds_their_decisions_and_who_looked_at_them(office: Office) -> None:
    alias = office.ledger.add()
    first = await office.decided(alias, BODY)
    await office.decided(office.ledger.add(), BODY)
    await office.decided(alias, BODY)
    await office.open(first)
    await office.entries()
    _, pack = await office.pack(person=first)
    kinds = sorted(json.loads(data)["type"] for name, data in members_of(pack).items() if name.startswith("entries/"))
    assert kinds == ["key-released-to-a-human", "received", "received", "scored", "scored"]
