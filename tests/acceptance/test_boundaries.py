"""A boundary on the running services: the organisation waits, a human decides, and only then it has the result."""

import json
import uuid
from typing import Any

from services.methodology.boundary import UNITS_OF_A_POINT
from services.methodology.specimen import specimen
from services.methodology.version import load
from tests.acceptance.test_rights import JSON, logged, officer
from tests.acceptance.waiting import until
from tests.running import Running

STEP = "The team for training decides, and may depart from it."


async def test_a_result_across_a_boundary_reaches_its_organisation_after_a_human_alone(running: Running) -> None:
    # Given a boundary within the band of an employee
    answers = specimen("across a boundary")
    band = load().score(answers).result()["band"]
    limit = (band["low"] + band["high"]) // 2 // UNITS_OF_A_POINT
    place = f"{running.intake}/v1/boundaries/training"
    async with running.http.put(place, json={"limit": limit, "human_step": STEP}, headers=running.headers) as answer:
        assert answer.status == 200, await answer.text()
    try:
        # When the employee is scored
        body = json.dumps({"assessment": answers, "external_id": f"boundary-{uuid.uuid4().hex[:8]}"}).encode()
        _, first = await running.post("/v1/assessments?wait=20", body, running.headers | JSON)
        # Then the organisation gets no result
        assert (first["reason"], "result" in first) == ("awaiting-review", False)
        # When an overseer opens the review that a rule has asked for, and upholds the result
        case = await until(lambda: _queued(running, first["id"]), bool)
        assert case["origin"] == "rule"
        status, opened = await officer(running, "POST", case["links"]["open"], {"purpose": "the boundary"})
        assert (status, opened["why"]) == (200, {"boundary": [{"use": "training", "limit": limit}]})
        word = {"decision": "confirmed", "reason": "The answers were looked at, and it holds."}
        assert (await officer(running, "POST", case["links"]["decide"], word))[0] == 200
        # Then the organisation has it, and both stand in the log
        told = await until(lambda: _told(running, first["id"]), lambda one: "result" in one)
        assert told["result"]["band"] == band
        await until(lambda: logged(running, "reviewed"), bool)
    finally:
        async with running.http.delete(place, headers=running.headers) as answer:
            assert answer.status == 204


async def _queued(running: Running, assessment: str) -> Any:
    _, listed = await officer(running, "GET", "/v1/audit/reviews")
    return next(
        (one for one in listed["reviews"] if one["assessment"] == assessment and "trail" in one["links"]), None
    )


async def _told(running: Running, assessment: str) -> Any:
    return (await running.get(f"/v1/assessments/{assessment}"))[1]
