"""An auditor opens a trail: for a stated purpose, with the ledger's leave, and never without a trace."""

import json

import pytest
from sqlalchemy import select

from infra.crypto.salted_fields import SaltedField, commit, salted
from infra.crypto.sealed import open_sealed
from schemas.entry import canonical
from services.audit.acts import Holder, context
from services.audit.tables import acts
from services.audit.tlog.proof import Proof
from services.methodology.version import load
from tests.integration.audit.office import AUDITOR, Office, bearer
from tests.unit.audit.examples import VKEY
from tests.unit.scoring.hand_ins import document

BODY = document("opened")


async def test_what_is_opened_is_proven_to_be_what_was_decided(office: Office) -> None:
    # Given a decision in the log
    index = await office.decided(office.ledger.add(), BODY)
    # When an auditor opens it
    status, opened = await office.open(index)
    # Then the trail reproduces the decision, the fields give the commitment, and the entry is proven to be in the log
    assert status == 200
    assert opened["trail"] == load().score(BODY["assessment"]).trail()
    fields = [SaltedField(one["name"], bytes.fromhex(one["salt"]), one["value"].encode()) for one in opened["fields"]]
    assert commit(fields) == opened["entry"]["commitment"]
    assert Proof.parse(opened["proof"].encode()).verify(canonical(opened["entry"]), VKEY).size > index


async def test_the_opening_leaves_an_entry_whose_purpose_opens_under_the_persons_key_alone(office: Office) -> None:
    alias = office.ledger.add()
    index = await office.decided(alias, BODY)
    await office.open(index, purpose="a complaint, file 7", key="access")
    (entry,) = await office.entries()
    assert (entry["type"], entry["actor"]) == ("key-released-to-a-human", "auditor")
    assert entry["cause"] == {"topic": "assessments.scored", "partition": office_partition(alias), "offset": 0}
    assert "file 7" not in json.dumps(entry)
    trail = office.ledger.subkey(alias, "trail")
    async with office.store._database.read() as connection:
        (row,) = await connection.execute(select(acts))
    holder = Holder(trail, office.ledger.key_id(alias), alias, "acme")
    told = json.loads(open_sealed(trail, bytes(row.sealed), context(entry["id"], holder)))
    assert (told["purpose"], told["key"]) == ("a complaint, file 7", "access")
    names = ("purpose", "key", "event", "tenant", "officer")
    assert entry["commitment"] == commit(salted(trail, entry["id"], [(name, told[name].encode()) for name in names]))


def office_partition(alias: str) -> int:
    return int(alias[:8], 16) % 4


async def test_what_the_ledger_refuses_stays_sealed_and_leaves_no_opening(office: Office) -> None:
    alias = office.ledger.add()
    index = await office.decided(alias, BODY)
    office.ledger.refuse(alias, "erasure-pending")
    status, problem = await office.open(index)
    assert (status, problem["detail"]) == (403, "The reason is: erasure-pending.")
    assert await office.entries() == []


async def test_after_an_erasure_neither_trail_nor_purpose_is_left(office: Office) -> None:
    alias = office.ledger.add()
    index = await office.decided(alias, BODY)
    await office.open(index)
    counts = {alias: {"trails": 1, "acts": 1, "reviews": 0}}
    assert [await office.store.erase([alias]) for _ in range(2)] == [counts, counts]
    status, _ = await office.open(index)
    async with office.store._database.read() as connection:
        assert (status, (await connection.execute(select(acts))).all()) == (404, [])


async def test_an_erasure_that_overtakes_an_opening_wins(office: Office) -> None:
    # Given a key that is in hand when the person is fenced
    alias = office.ledger.add()
    index = await office.decided(alias, BODY)
    entry = office.appender.reader().entry(index)
    kept = (await office.store.trails_at([index]))[index]
    await office.store.erase([alias])
    # When the opening that has read the trail already goes on
    office.store.trails_at = lambda *_: _given({index: kept})
    status, _ = await office.open(index)
    # Then nothing is shown, and nothing recorded
    assert (status, await office.entries()) == (403, [])
    assert entry


async def _given(kept):
    return kept


@pytest.mark.parametrize("body", [{"purpose": "x"}, {"purpose": "a complaint", "key": "delivery"}])
async def test_without_a_purpose_that_may_open_nothing_is_opened(office: Office, body: dict[str, str]) -> None:
    index = await office.decided(office.ledger.add(), BODY)
    status, _ = await office.open(index, **body)
    assert (status, await office.entries()) == (422, [])


@pytest.mark.parametrize("purpose", [{}, {"Purpose": ""}, {"Purpose": "x"}, {"Purpose": "x" * 301}])
@pytest.mark.parametrize("path", ["/v1/audit/entries", "/v1/audit/drift", "/v1/audit/fairness"])
async def test_who_does_not_say_why_searches_nothing(office: Office, path: str, purpose: dict[str, str]) -> None:
    async with office.client.get(path, headers=bearer("auditor") | purpose) as answer:
        assert answer.status == 422
    assert await office.entries() == []


async def test_a_search_leaves_an_entry_that_hides_what_was_searched(office: Office) -> None:
    await office.decided(office.ledger.add(), BODY)
    async with office.client.get(
        "/v1/audit/entries?type=scored", headers=AUDITOR | {"Purpose": "quarterly review"}
    ) as answer:
        assert answer.status == 200
    (entry,) = await office.entries()
    assert entry["type"] == "search"
    assert "scored" not in json.dumps(entry)
    assert "quarterly" not in json.dumps(entry)
