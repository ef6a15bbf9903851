"""A new version offers to score old answers again, beside the old result."""

from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest

from infra.db.engine import Database
from schemas.events import Scored
from schemas.topics import SCORED, SUBMITTED
from services.methodology.version import load
from tests.integration.intake.conftest import opened
from tests.integration.intake.door import Intake
from tests.integration.intake.test_series import leveled
from tests.twins import second_version
from tests.unit.intake.examples import employee


async def series(intake: Intake, claim: str) -> dict[str, Any]:
    status, told, _ = await intake.call("GET", "/v1/assessments", Authorization=claim)
    assert status == 200
    return told


async def test_of_the_newest_version_nothing_is_offered(intake: Intake) -> None:
    place, claim = await intake.scored()
    (told,) = (await series(intake, claim))["assessments"]
    assert told["links"] == {"self": place}
    status, problem, _ = await intake.call("POST", f"{place}:rescore", Authorization=claim)
    assert (status, problem["type"]) == (409, "urn:careerpulse:problem:newest-version")


async def test_old_answers_are_scored_by_a_new_version_beside_the_old_result(
    intake: Intake, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given two assessments of one person, scored by the first version
    first, claim = await intake.scored(leveled(0, "2026-01"))
    second, _ = await intake.scored(leveled(4, "2026-11"), Authorization=claim)
    _, old, _ = await intake.call("GET", first, Authorization=claim)
    # When a second version is out
    second_version.published(second_version.written(tmp_path), monkeypatch)
    async with opened(database, tmp_path, intake.ledger, intake.broker) as newer:
        # Then both are offered to be scored again
        told = await series(newer, claim)
        assert told["newest_methodology"]["version"] == "2"
        offers = [f"{first}:rescore", f"{second}:rescore"]
        assert {one["links"]["rescore"] for one in told["assessments"]} == set(offers)
        # When the person takes the offer, one of them twice
        taken = [await newer.call("POST", offer, Authorization=claim) for offer in (*offers, offers[0])]
        assert [status for status, _, _ in taken] == [202] * 3
        assert taken[0][1]["id"] == taken[2][1]["id"]
        await newer.score()
        # Then each new result stands beside the old one, which is what it was
        places = [headers["Location"] for _, _, headers in taken[:2]]
        _, new, _ = await newer.call("GET", places[0], Authorization=claim)
        assert (await newer.call("GET", first, Authorization=claim))[1] == old
        assert (old["result"]["methodology"]["version"], new["result"]["methodology"]["version"]) == ("1", "2")
        assert new["result"]["score"] != old["result"]["score"]
        told = await series(newer, claim)
        rescored = {one["links"]["self"]: one["links"].get("rescored") for one in told["assessments"]}
        assert rescored == {first: places[0], second: places[1], places[0]: None, places[1]: None}
        # and changes are told within each version, never across
        compared = {(one["earlier"], one["later"]) for one in told["changes"]}
        assert compared == {
            (first.rpartition("/")[2], second.rpartition("/")[2]),
            (places[0].rpartition("/")[2], places[1].rpartition("/")[2]),
        }
        # and each new assessment has its own entries: received once, scored once, by the new version
        assert len(newer.broker.of(SUBMITTED.name)) == 4
        scored = [msgspec.msgpack.decode(one.value, type=Scored) for one in newer.broker.of(SCORED.name)]
        by_version = Counter(msgspec.json.decode(one.leaf)["methodology"] for one in scored)
        assert by_version.keys() == {load("1").hash, load("2").hash}
        # and no consent was given by it
        assert [person.records for person in newer.ledger.asked_for[-3:]] == [()] * 3
        # and advice on the old result is by the old version, on the new one by the new
        for place, version in ((first, "1"), (places[0], "2")):
            _, plan, _ = await newer.call("GET", f"{place}/plan", Authorization=claim)
            assert plan["methodology"]["version"] == version


async def test_only_the_person_may_have_old_answers_scored_again(
    intake: Intake, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, claim = await intake.scored()
    _, theirs, _ = await intake.hand_in(employee(), Authorization=intake.bearer)
    second_version.published(second_version.written(tmp_path), monkeypatch)
    async with opened(database, tmp_path, intake.ledger, intake.broker) as newer:
        refused = [
            await newer.call("POST", f"{place}:rescore", Authorization="Claim nobody"),
            await newer.call("POST", f"{place}:rescore"),
            await newer.call("POST", f"{theirs['links']['self']}:rescore", Authorization=newer.bearer),
            await newer.call("POST", f"{theirs['links']['self']}:rescore", Authorization=claim),
        ]
        assert [status for status, _, _ in refused] == [401, 401, 403, 404]
        # and not while the ledger says no
        newer.ledger.refuse(next(iter(newer.ledger.people)), "withdrawn")
        assert (await newer.call("POST", f"{place}:rescore", Authorization=claim))[0] == 403
