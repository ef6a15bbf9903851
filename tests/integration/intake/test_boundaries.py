"""A result that crosses a boundary of its organisation has no effect before a human has decided upon it."""

import json
from hashlib import sha256
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from infra.db.engine import Database
from infra.http.problems import Problem
from infra.kafka.entry_outbox import EntryOutbox
from schemas.entry import canonical
from schemas.rights import Decision, Notice
from schemas.topics import PRIVACY_NOTICES
from services.intake.boundaries.store import Boundaries
from services.intake.results.notices import Notices
from services.intake.results.views import SOURCE
from services.intake.tables import assessments, marks, outbox
from services.methodology.boundary import UNITS_OF_A_POINT
from services.methodology.version import load
from tests.integration.intake.door import Intake
from tests.integration.intake.test_delivery import events, page, staff
from tests.twins.broker import Record
from tests.unit.intake.examples import employee

STEP = "The team for training decides, and may depart from it."
BAND = load().score(employee("one")["assessment"]).result()["band"]
WITHIN = (BAND["low"] + BAND["high"]) // 2 // UNITS_OF_A_POINT


async def put(intake: Intake, use: str, limit: int = WITHIN, **more: Any) -> tuple[int, dict[str, Any]]:
    body = json.dumps({"limit": limit, "human_step": STEP, **more})
    headers = {"Authorization": intake.bearer, "Content-Type": "application/json"}
    async with intake.client.put(f"/v1/boundaries/{use}", data=body, headers=headers) as answer:
        return answer.status, await answer.json(content_type=None)


async def reviewed(notices: Notices, assessment: str, decision: Decision) -> None:
    """Consent has said what a human decided, twice."""
    notice = Notice("a" * 32, "reviewed", (assessment,), "2026-11-24T18:00:00Z", decision=decision)
    for offset in range(2):
        await notices.take(Record(PRIVACY_NOTICES.name, 0, offset, b"acme", msgspec.msgpack.encode(notice)))


async def told(intake: Intake, assessment: str) -> tuple[int, dict[str, Any]]:
    status, document, _ = await intake.call("GET", f"/v1/assessments/{assessment}", Authorization=intake.bearer)
    return status, document


async def test_no_channel_passes_on_what_crosses_a_boundary_before_a_human_has_decided(
    intake: Intake, notices: Notices, database: Database
) -> None:
    # Given a boundary within the band of one employee
    assert (await put(intake, "training"))[0] == 200
    # When the employee is scored
    (one,) = await staff(intake, "one")
    # Then the organisation is told that a human is to decide, and nothing of the result, wherever it asks
    (listed,) = (await page(intake))["results"]
    assert (listed["status"], listed["reason"], "result" in listed) == ("withheld", "awaiting-review", False)
    assert listed["summary"] == {"status": "withheld"}
    ((_, kind, event),) = await events(intake, 1)
    assert (kind, event["reason"], "result" in event) == ("assessment.withheld", "awaiting-review", False)
    status, document = await told(intake, one)
    assert (status, document["reason"], "result" in document) == (200, "awaiting-review", False)
    # and nobody was delivered anything, nor does the database tell which limit it is
    assert "delivered" not in await types(database)
    async with database.read() as connection:
        row = (await connection.execute(select(assessments).where(assessments.c.id == one))).one()
    assert (row.state, row.reason, row.decision) == ("scored", None, None)
    # When a human upholds it
    await reviewed(notices, one, "confirmed")
    # Then it is told anew, once, with the result
    (again,) = (await page(intake, f"?after={listed['sequence']}"))["results"]
    assert (again["id"], again["status"], again["sequence"]) == (one, "scored", listed["sequence"] + 1)
    assert again["result"]["band"] == BAND
    assert (await told(intake, one))[1]["result"]["band"] == BAND


async def test_what_a_human_overruled_is_never_passed_on(intake: Intake, notices: Notices) -> None:
    await put(intake, "training")
    (one,) = await staff(intake, "one")
    await reviewed(notices, one, "overruled")
    (listed,) = (await page(intake))["results"]
    assert (listed["status"], listed["reason"], "result" in listed) == ("withheld", "overruled", False)


async def test_a_result_on_one_side_is_passed_on_at_once(intake: Intake) -> None:
    await put(intake, "training", 1)
    await staff(intake, "one")
    (listed,) = (await page(intake))["results"]
    assert (listed["status"], "reason" in listed) == ("scored", False)
    assert intake.ledger.reviews == {}


async def test_scoring_has_asked_for_a_human_before_the_result_is_known(intake: Intake) -> None:
    await put(intake, "training")
    (one,) = await staff(intake, "one")
    assert [asked.assessment for asked in intake.ledger.reviews.values()] == [one]


async def test_each_change_has_one_entry_that_binds_it_and_hides_whose_it_is(
    intake: Intake, database: Database
) -> None:
    # When a boundary is set, changed and removed
    _, first = await put(intake, "training")
    await put(intake, "training", 40)
    async with intake.client.delete("/v1/boundaries/training", headers={"Authorization": intake.bearer}) as answer:
        assert answer.status == 204
    # Then each is an entry of the organisation; the first binds what the organisation was told
    leaves = [one for one in await entries(database) if one["type"] == "configuration-changed"]
    assert [one["actor"] for one in leaves] == ["organisation"] * 3
    assert first["payload"] == leaves[0]["payload"]
    assert first["payload"] == f"sha256:{sha256(canonical(first['bound'])).hexdigest()}"
    assert (first["bound"]["organisation"], first["bound"]["limit"]) == ("acme", WITHIN)
    assert len(first["bound"]["nonce"]) == 32


async def test_hiring_and_dismissal_are_refused_until_the_operator_says_why(
    intake: Intake, database: Database, boundaries: Boundaries
) -> None:
    for use in ("hiring", "dismissal"):
        status, problem = await put(intake, use)
        assert (status, problem["type"].rpartition(":")[2]) == (403, "use-refused")
        assert "C-634/21" in problem["detail"]
    # When the operator allows one, with a reason
    await boundaries.allow("acme", "hiring", "A works agreement of 2026 provides for it.")
    assert (await put(intake, "hiring"))[0] == 200
    assert (await put(intake, "dismissal"))[0] == 403
    assert "hiring" in await boundaries.uses("acme")
    assert "hiring" not in await boundaries.uses("other")
    # Then taking it back ends the boundary, and all of it stands in the log
    await boundaries.refuse("acme", "hiring")
    assert await boundaries.of("acme") == []
    actors = [one["actor"] for one in await entries(database) if one["type"] == "configuration-changed"]
    assert actors == ["operator", "organisation", "operator", "operator"]
    with pytest.raises(Problem):
        await boundaries.refuse("acme", "hiring")


@pytest.mark.parametrize(
    ("use", "body", "status"),
    [
        ("training", {"limit": 0}, 422),
        ("training", {"limit": 101}, 422),
        ("training", {"human_step": "me"}, 422),
        ("training", {"more": 1}, 422),
        ("astrology", {}, 404),
    ],
)
async def test_a_boundary_that_is_none_is_refused(
    intake: Intake, use: str, body: dict[str, Any], status: int
) -> None:
    assert (await put(intake, use, **({"limit": WITHIN} | body)))[0] == status


async def test_a_boundary_is_its_organisations_alone(intake: Intake) -> None:
    await put(intake, "training")
    _, document, _ = await intake.call("GET", "/v1/boundaries", Authorization=intake.bearer)
    assert [one["use"] for one in document["boundaries"]] == ["training"]
    assert "hiring" not in document["uses"]
    status, _, _ = await intake.call("GET", "/v1/boundaries")
    assert status == 401


@pytest.fixture
async def boundaries(database: Database) -> Boundaries:
    entries = EntryOutbox(database, SOURCE, marks)
    await entries.open()
    return Boundaries(database, entries)


async def entries(database: Database) -> list[dict[str, Any]]:
    async with database.read() as connection:
        found = await connection.scalars(select(outbox.c.value).order_by(outbox.c.sequence))
        return [json.loads(one) for one in found]


async def types(database: Database) -> list[str]:
    return [one["type"] for one in await entries(database)]
