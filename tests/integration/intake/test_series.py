"""A claim code holds several assessments, and their person sees them beside each other."""

from typing import Any

from services.intake.advice import series
from tests.integration.intake.door import Intake
from tests.unit.intake.examples import employee, person


def leveled(level: int, as_of: str) -> dict[str, Any]:
    document = person()
    behaviours = [{**one, "level": level} for one in document["assessment"]["behaviours"]]
    document["assessment"] |= {"behaviours": behaviours, "as_of": as_of}
    return document


async def test_a_person_sees_their_own_assessments_and_what_changed(intake: Intake) -> None:
    # Given two assessments under one claim code, a third under way, and somebody else's
    first, claim = await intake.scored(leveled(0, "2026-01"))
    second, _ = await intake.scored(leveled(4, "2026-11"), Authorization=claim)
    await intake.scored(person("somebody else"))
    _, third, _ = await intake.hand_in(leveled(4, "2026-11"), Authorization=claim)
    # When the person asks for the series
    status, told, headers = await intake.call("GET", "/v1/assessments", Authorization=claim)
    # Then it has these three, with the change between the scored ones
    assert (status, headers["Cache-Control"], told["older_left_out"]) == (200, "no-store", False)
    listed = {one["links"]["self"]: one["status"] for one in told["assessments"]}
    assert listed == {first: "scored", second: "scored", third["links"]["self"]: "accepted"}
    # and the later result itself shows the earlier one
    _, later, _ = await intake.call("GET", second, Authorization=claim)
    _, earlier, _ = await intake.call("GET", first, Authorization=claim)
    (before,) = later["earlier"]
    assert (before["as_of"], before["verdict"]) == ("2026-01", "risen")
    assert before["detectable_change"] == later["result"]["detectable_change"]
    assert earlier["earlier"] == []
    (changed,) = told["changes"]
    assert changed["verdict"] == "risen"
    assert first.endswith(changed["earlier"])
    assert second.endswith(changed["later"])


async def test_a_series_is_for_its_person_only(intake: Intake) -> None:
    await intake.hand_in(employee(), Authorization=intake.bearer)
    assert (await intake.call("GET", "/v1/assessments", Authorization=intake.bearer))[0] == 403
    assert (await intake.call("GET", "/v1/assessments"))[0] == 401
    assert (await intake.call("GET", "/v1/assessments", Authorization="Claim nobody"))[0] == 401


async def test_of_a_long_series_the_newest_are_told_and_that_there_are_older_ones(
    intake: Intake, monkeypatch
) -> None:
    monkeypatch.setattr(series, "MOST", 2)
    _, claim = await intake.scored(leveled(0, "2026-01"))
    for month in ("2026-02", "2026-03"):
        await intake.scored(leveled(0, month), Authorization=claim)
    _, told, _ = await intake.call("GET", "/v1/assessments", Authorization=claim)
    assert (len(told["assessments"]), told["older_left_out"]) == (2, True)


async def test_with_consent_away_a_series_waits(intake: Intake) -> None:
    _, claim = await intake.scored()
    intake.ledger.away = True
    assert (await intake.call("GET", "/v1/assessments", Authorization=claim))[0] == 503
