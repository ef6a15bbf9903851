"""Advice as its pages show it: a plan with its proof, shifts and shortfalls, the smallest change, other work."""

from typing import Any

from aiohttp import web
from aiohttp.test_utils import make_mocked_request

import services.intake.pages.site as intake
from infra.pages.site import Site
from infra.pages.visit import Visit
from services.intake.pages.bundles import bundled
from services.intake.pages.neighbourhood import MOST_GAPS, told_of
from services.intake.pages.outlook import activities, exposure_fan, market, shortfalls
from services.intake.pages.planned import planned, without_step
from services.intake.pages.smallest import smallest
from services.methodology.specimen import specimen
from services.methodology.version import load
from services.methodology.wording import Wording

VERSION = load()
ANSWERS = specimen("advice shown", profile="core", codes=("15-1252.00",))


def visit(language: str = "en") -> Visit:
    site = Site("intake", "http://here", bytes(32), [intake.PLACE], {"addresses": {}})
    site.join(web.Application())
    return site._visit(make_mocked_request("GET", f"/?lang={language}"))


def words(language: str = "en") -> Wording:
    return Wording(VERSION, language)


def plan(language: str = "en") -> dict[str, Any]:
    best: dict[str, Any] = VERSION.plan(ANSWERS, 10, 12, language)["plan"]
    return best


def test_the_steps_of_a_plan_stand_by_what_they_gain_and_every_hour_has_its_month() -> None:
    best = plan()
    told = planned(visit(), words(), best)

    gains = [step["gain"] for step in told.steps]
    assert gains == sorted(gains, reverse=True) and len(gains) == len(best["steps"])
    assert sum(int(row[2]) for row in told.months.rows) == best["hours"]


def test_that_nothing_gains_more_is_proven_by_a_bound_that_is_told() -> None:
    for language in ("en", "de"):
        told = planned(visit(language), words(language), plan(language))
        assert words(language).apart(plan()["gain"], plan()["proof"]["bound"])[1] in told.why
    assert planned(visit(), words(), plan()).compared is not None


def test_each_activity_tells_what_shifts_and_none_that_was_hardly_observed() -> None:
    exposure = VERSION.forecast(ANSWERS)["exposure"]
    table = activities(visit(), words(), exposure)

    assert len(table.rows) == len(exposure["activities"])
    for row in table.rows:
        assert (row[2] == row[3] == "?") or (" → " in row[2] and " → " in row[3])


def test_the_fan_tells_its_bands_in_the_table_too() -> None:
    chart = exposure_fan(visit(), VERSION.forecast(ANSWERS)["exposure"])
    assert [len(row) for row in chart.table.rows] == [5] * 5


def test_each_skill_tells_when_it_falls_short_and_what_refreshing_gains() -> None:
    obsolescence = VERSION.forecast(ANSWERS)["obsolescence"]
    table = shortfalls(visit(), words(), obsolescence)

    held = [one for one in obsolescence["skills"] if one["level"]]
    assert {row[0] for row in table.rows} == {VERSION.name(one["id"]) for one in held}
    dated = [one for one in held for asked in one["requirements"] if "month" in asked]
    assert sum(" 20" in row[2] for row in table.rows) == len(dated)


def test_a_report_of_the_market_stands_with_its_grade_in_words() -> None:
    told = VERSION.signals()
    assert [row[3][:2] for row in market(visit(), told).rows] == [f"{one['grade']}:" for one in told["signals"]]


def test_the_smallest_change_stands_with_the_proof_that_nothing_smaller_does() -> None:
    score = VERSION.score(ANSWERS).low
    found = smallest(visit(), words(), VERSION.counterfactual(ANSWERS, score + 5 * 10**8))
    reached = smallest(visit(), words(), VERSION.counterfactual(ANSWERS, score))
    beyond = smallest(visit(), words(), VERSION.counterfactual(ANSWERS, 10**10))

    assert found.changes is not None and found.changes.rows and found.proof
    assert (reached.changes, "already" in reached.found) == (None, True)
    assert (beyond.changes, "cannot be reached" in beyond.found) == (None, True)


def test_another_occupation_tells_its_gaps_with_levels_and_what_stands_before_it() -> None:
    told = VERSION.qualification(ANSWERS)
    for one in (*told["now"][:3], *told["nearly"][:5]):
        lines = told_of(visit(), words(), one)
        assert "missing" in lines[0] and ("→" in lines[1] or not one["gaps"])
        assert (f"and {len(one['gaps']) - MOST_GAPS} more" in lines[-1] + lines[1]) == (len(one["gaps"]) > MOST_GAPS)
        assert any("Often regulated" in line for line in lines) == ("regulated" in one)
        assert any("It also asks for" in line for line in lines) == bool(one["gates"])


def bundles() -> list[dict[str, Any]]:
    told = VERSION.plan(ANSWERS, 10, 12)
    return [*told["specialisations"], *(one["evidences"] for one in told["certifications"])]


def test_hours_that_rest_on_no_answer_are_marked_as_an_upper_bound() -> None:
    marked = {bool(bundled(visit(), words(), one).bound) == one["effort"]["upper_bound"] for one in bundles()}
    assert marked == {True}
    assert {one["effort"]["upper_bound"] for one in bundles()} == {True, False}


def test_what_a_bundle_consists_of_is_named_and_what_was_not_answered_is_marked() -> None:
    for one in bundles():
        told, unknown = bundled(visit(), words(), one), 0
        for item in one["items"]:
            answered = item["basis"] in ("asked", "held")
            unknown += not answered
            assert VERSION.name(item["id"]) + ("" if answered else " (not answered)") in told.items
        assert told.items.count("(not answered)") == unknown
        assert not unknown or f"{unknown} of {len(one['items'])}" in told.bound


def test_a_plan_without_a_step_says_which_of_three_reasons_it_has() -> None:
    # Given hours that are too few, skills that were all left open, and skills that are all at their best
    learnable = ("skills", "knowledge")
    unasked = {name: value for name, value in ANSWERS.items() if name not in learnable}
    best = {name: [{**one, "level": 4} for one in ANSWERS[name]] for name in learnable}
    best["skills"] = [{**one, "months": 0} for one in best["skills"]]
    cases = [(ANSWERS, 1, 1), (unasked, 200, 60), ({**ANSWERS, **best}, 200, 60)]
    plans = [VERSION.plan(answers, hours, months) for answers, hours, months in cases]
    assert not any(one["plan"]["steps"] for one in plans)
    # Then each is told what would help: hours, an answer, or nothing any more
    few, open_, learnt = (without_step(visit(), one) for one in plans)
    assert ("more hours" in few, "left open" in open_, "Nothing is left" in learnt) == (True, True, True)
    assert "hours" not in open_ + learnt
