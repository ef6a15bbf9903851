"""A person is advised from their own sealed answers; nobody else is, and nothing of it is kept."""

import json
from typing import Any

import pytest

from schemas.points import UNITS_PER_POINT
from services.intake.advice.answers import ADVICE
from services.methodology.specimen import specimen
from services.methodology.version import load
from tests.integration.intake.conftest import RECEIPTS
from tests.integration.intake.door import Intake
from tests.unit.intake.examples import employee, person

ANSWERS = specimen("person")
VERSION = load()


async def told(intake: Intake, path: str, claim: str, question: Any = None) -> dict[str, Any]:
    if question is None:
        status, document, headers = await intake.call("GET", path, Authorization=claim)
    else:
        status, document, headers = await intake.hand_in(question, path, Authorization=claim)
    assert (status, headers["Cache-Control"]) == (200, "no-store"), document
    return document


async def test_what_can_be_said_without_a_question_is_linked_from_the_hand_in(intake: Intake) -> None:
    _, accepted, _ = await intake.hand_in(person())
    await intake.score()
    names = {"forecast", "plan", "counterfactual", "qualification"}
    assert accepted["links"].keys() == {"self", "explanation", "trail", "series", "consent_receipts", *names}
    for name in names:
        await told(intake, accepted["links"][name], f"Claim {accepted['claim_code']}")


async def test_a_whole_file_is_answered_with_where_its_series_and_the_receipts_of_its_consents_are(
    intake: Intake,
) -> None:
    file = {"format": "careerpulse/portable/1", "hand_ins": [person(), person()]}
    status, taken, _ = await intake.hand_in(file, "/v1/assessments/import")
    assert (status, taken["links"]) == (202, {"series": "/v1/assessments", "consent_receipts": RECEIPTS})
    await intake.score()
    series = await told(intake, taken["links"]["series"], f"Claim {taken['claim_code']}")
    assert len(series["assessments"]) == 2


async def test_advice_is_what_the_version_gives_for_the_answers(intake: Intake) -> None:
    place, claim = await intake.scored()
    assert await told(intake, f"{place}/forecast", claim) == plain(VERSION.forecast(ANSWERS))
    assert await told(intake, f"{place}/plan", claim) == plain(VERSION.plan(ANSWERS, 10, 12))
    assert await told(intake, f"{place}/qualification", claim) == plain(VERSION.qualification(ANSWERS))


async def test_advice_is_in_the_language_of_the_address_else_in_the_one_that_is_accepted(intake: Intake) -> None:
    place, claim = await intake.scored()
    german = plain(VERSION.plan(ANSWERS, 10, 12, "de"))
    accepts = {"Authorization": claim, "Accept-Language": "de-AT, en;q=0.5"}
    _, given, headers = await intake.call("GET", f"{place}/plan", **accepts)
    assert (given, headers["Content-Language"], headers["Vary"]) == (german, "de", "Accept-Language")
    _, given, headers = await intake.call("GET", f"{place}/plan?lang=en", **accepts)
    assert (given, headers["Content-Language"]) == (plain(VERSION.plan(ANSWERS, 10, 12)), "en")


async def test_a_question_is_answered(intake: Intake) -> None:
    place, claim = await intake.scored()
    asked = {"hours_per_month": 30, "months": 6}
    assert await told(intake, f"{place}/plan", claim, asked) == plain(VERSION.plan(ANSWERS, 30, 6))
    reached = await told(intake, f"{place}/counterfactual", claim, {"target": 75})
    assert reached == plain(VERSION.counterfactual(ANSWERS, 75 * UNITS_PER_POINT))
    ranked = await told(intake, f"{place}/qualification", claim, {"ranked_by": "openings"})
    assert ranked == plain(VERSION.qualification(ANSWERS, "openings"))
    path = await told(intake, f"{place}/career-path", claim, {"occupation": "29-1141.00"})
    assert path == plain(VERSION.career_path(ANSWERS, "29-1141.00"))


async def test_without_a_target_the_smallest_change_is_one_that_can_be_told_from_error(intake: Intake) -> None:
    place, claim = await intake.scored()
    given = await told(intake, f"{place}/counterfactual", claim)
    assert given["target"] - given["score"]["high"] == given["detectable_change"] + 1
    assert given["more_than_measurement_error"]


@pytest.mark.parametrize("name", ADVICE)
async def test_an_organisation_is_advised_about_nobody(intake: Intake, name: str) -> None:
    _, theirs, _ = await intake.hand_in(employee(), Authorization=intake.bearer)
    place, _ = await intake.scored()
    for one in (theirs["links"]["self"], place):
        method, body = ("GET", None) if ADVICE[name].unasked else ("POST", b"{}")
        status, problem, _ = await intake.call(method, f"{one}/{name}", body, Authorization=intake.bearer)
        assert (status, problem["type"]) == (403, "urn:careerpulse:problem:persons-only")
    assert theirs["links"].keys() == {"self", "explanation"}


async def test_nobody_is_advised_about_somebody_else(intake: Intake) -> None:
    place, _ = await intake.scored()
    _, other, _ = await intake.hand_in(person("other"))
    assert (await intake.call("GET", f"{place}/plan", Authorization=f"Claim {other['claim_code']}"))[0] == 404
    assert (await intake.call("GET", f"{place}/plan"))[0] == 401


async def test_there_is_advice_once_there_is_a_score(intake: Intake) -> None:
    _, accepted, _ = await intake.hand_in(person())
    claim = f"Claim {accepted['claim_code']}"
    status, problem, _ = await intake.call("GET", accepted["links"]["plan"], Authorization=claim)
    assert (status, problem["detail"]) == (409, "The assessment is accepted.")


@pytest.mark.parametrize(
    ("name", "question", "pointer", "right"),
    [
        ("plan", {"hours_per_month": 0}, "/hours_per_month", "between 1 and 200"),
        ("plan", {"hours": 10}, "/hours", "Unknown field"),
        ("counterfactual", {"target": 101}, "/target", "between 0 and 100"),
        ("qualification", {"ranked_by": "fame"}, "/ranked_by", "distance, resilience, openings, wage"),
        ("career-path", {}, "/occupation", "required"),
        ("career-path", {"occupation": "15-1299.00"}, "/occupation", "Nearest are"),
        ("career-path", {"occupation": "15-1250.00"}, "/occupation", "Software Developers (15-1252.00)"),
    ],
)
async def test_a_question_that_does_not_fit_is_answered_with_what_would_be_right(
    intake: Intake, name: str, question: dict[str, Any], pointer: str, right: str
) -> None:
    place, claim = await intake.scored()
    status, problem, _ = await intake.hand_in(question, f"{place}/{name}", Authorization=claim)
    assert status == 422
    (fault,) = problem["errors"]
    assert (fault["pointer"], right in fault["detail"]) == (pointer, True)


async def test_a_withdrawal_does_not_end_a_persons_access_and_an_erasure_does(intake: Intake) -> None:
    place, claim = await intake.scored()
    (alias,) = intake.ledger.people
    intake.ledger.refuse(alias, "withdrawn")
    await told(intake, f"{place}/forecast", claim)
    intake.ledger.erase(alias)
    status, problem, _ = await intake.call("GET", f"{place}/forecast", Authorization=claim)
    assert (status, problem["type"]) == (403, "urn:careerpulse:problem:refused")


def plain(document: dict[str, Any]) -> Any:
    return json.loads(json.dumps(document))
