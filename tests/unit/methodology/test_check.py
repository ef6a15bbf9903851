"""Every finding names the answer and says what would be right."""

from typing import Any

import pytest

from services.methodology import Refused, load
from services.methodology.specimen import specimen
from services.methodology.v1.text import texts

VERSION = load("1")
CODE = "11-1011.00"


def person(**changes: Any) -> dict[str, Any]:
    answers: dict[str, Any] = {
        "as_of": "2026-11",
        "profile": "core",
        "occupations": [{"code": CODE, "share": 1000}],
        "skills": [{"id": "2.C.1.a", "level": 3, "months": 4}],
        "behaviours": [{"id": "ai.used", "level": 2}],
    }
    return {**answers, **changes}


def income(**changes: int) -> dict[str, Any]:
    figures = {
        "largest_source": 1000,
        "sources_total": 2000,
        "expenses": 1500,
        "reserve": 0,
        "months_covered": 12,
    }
    return {"currency": "EUR", **figures, **changes}


@pytest.mark.parametrize(
    ("changes", "code", "path"),
    [
        ({"occupations": [{"code": CODE, "share": 900}]}, "shares_sum", "occupations"),
        ({"occupations": [{"code": CODE, "share": 500}] * 2}, "given_twice", "occupations.1.code"),
        (
            {"occupations": [{"code": "15-1259.00", "share": 1000}]},
            "occupation_unknown",
            "occupations.0.code",
        ),
        (
            {"occupations": [{"code": "15-1299.00", "share": 1000}]},
            "occupation_without_figures",
            "occupations.0.code",
        ),
        ({"skills": [{"id": "2.C.1.a", "level": 3, "months": 4}] * 2}, "given_twice", "skills.1.id"),
        ({"skills": [{"id": "tech.medical-software", "level": 3, "months": 4}]}, "not_asked", "skills.0.id"),
        ({"skills": [{"id": "2.C.1.a", "level": 3}]}, "months_missing", "skills.0.months"),
        ({"knowledge": [{"id": "2.C.1.a", "level": 3}]}, "asked_as_skill", "knowledge.0.id"),
        ({"knowledge": [{"id": "2.C.9.b", "level": 3}]}, "not_asked", "knowledge.0.id"),
        ({"knowledge": [{"id": "2.C.4.a", "level": 3}] * 2}, "given_twice", "knowledge.1.id"),
        ({"behaviours": [{"id": "ai.loved", "level": 3}]}, "not_asked", "behaviours.0.id"),
        ({"behaviours": [{"id": "ai.used", "level": 3}] * 2}, "given_twice", "behaviours.1.id"),
        ({"activities": [{"id": "4.A.9", "factor": 500}]}, "not_asked", "activities.0.id"),
        ({"activities": [{"id": "rest", "factor": 500}] * 2}, "given_twice", "activities.1.id"),
        (
            {"activities": [{"occupation": "15-1252.00", "id": "rest", "factor": 500}]},
            "occupation_not_named",
            "activities.0.occupation",
        ),
        ({"income": income()}, "not_asked", "income"),
        ({"profile": "core+income", "income": income(expenses=0)}, "expenses_zero", "income.expenses"),
        (
            {"profile": "core+income", "income": income(largest_source=3000)},
            "largest_above_total",
            "income.largest_source",
        ),
    ],
)
def test_a_finding_names_the_rule_and_the_answer(changes: dict[str, Any], code: str, path: str) -> None:
    # Given answers of the right form that break one rule
    answers = person(**changes)
    # When they are scored
    with pytest.raises(Refused) as caught:
        VERSION.score(answers)
    # Then exactly that rule is named, with what would be right
    (finding,) = caught.value.findings
    assert (finding.code, finding.path) == (code, path)
    assert finding.message.endswith(".") and finding.suggestion.endswith(".")


def test_an_unknown_occupation_gets_the_nearest_titles() -> None:
    (finding,) = VERSION.validate(person(occupations=[{"code": "15-1259.00", "share": 1000}]))
    assert "Web and Digital Interface Designers (15-1255.00)" in finding.suggestion


def test_a_title_without_figures_is_refused_with_what_can_be_said() -> None:
    (finding,) = VERSION.validate(person(occupations=[{"code": "15-1299.00", "share": 1000}]))
    assert finding.message.startswith("Computer Occupations, All Other (15-1299.00) gathers several kinds of work")
    assert "15-1299.0" in finding.suggestion


def test_an_activity_of_a_portfolio_names_its_occupation() -> None:
    shares = [{"code": CODE, "share": 600}, {"code": "15-1252.00", "share": 400}]
    (finding,) = VERSION.validate(person(occupations=shares, activities=[{"id": "rest", "factor": 500}]))
    assert finding.code == "occupation_not_named"
    assert finding.suggestion == "Name one of Chief Executives (11-1011.00); Software Developers (15-1252.00)."


def test_a_mix_without_any_work_is_refused() -> None:
    mix = VERSION.score(person()).parts.plan.mixes[0]
    (finding,) = VERSION.validate(person(activities=[{"id": item, "factor": 0} for item in mix.ids]))
    assert finding.code == "mix_empty"


def test_all_findings_are_named_at_once() -> None:
    found = VERSION.validate(
        person(
            skills=[{"id": "x", "level": 0}],
            knowledge=[{"id": "y", "level": 0}],
            behaviours=[{"id": "z", "level": 0}],
            income=income(),
        )
    )
    assert [one.path for one in found] == ["skills.0.id", "knowledge.0.id", "behaviours.0.id", "income"]


def test_what_is_asked_is_listed_by_name_with_its_id() -> None:
    (finding,) = VERSION.validate(person(behaviours=[{"id": "ai.loved", "level": 3}]))
    assert finding.suggestion.startswith("Asked are Built or taught something reusable with AI (ai.built); ")
    (finding,) = VERSION.validate(person(skills=[{"id": "tech.medical-software", "level": 3, "months": 4}]))
    assert finding.message.startswith("Medical software (tech.medical-software) is not a skill item of Chief Executi")


def test_every_finding_can_be_said_in_every_language() -> None:
    german = person(
        occupations=[{"code": CODE, "share": 900}],
        income=income(expenses=0),
    )
    shares, not_asked, expenses = VERSION.validate(german, "de")
    assert shares.suggestion.startswith("Die Anteile von einem bis drei Berufen")
    assert (not_asked.title, expenses.title) == ("Nicht gefragt", "Ausgaben sind 0")
    english, german_texts = ({key for key in texts(one) if key.startswith("finding.")} for one in ("en", "de"))
    assert english == german_texts and len(english) > 40


def test_who_is_refused_in_german_reads_german_names() -> None:
    with pytest.raises(Refused) as caught:
        VERSION.score(person(knowledge=[{"id": "2.C.9.b", "level": 3}]), "de")
    (finding,) = caught.value.findings
    assert finding.message == "Kommunikation und Medien (2.C.9.b) ist hier nicht gefragt."
    assert "Mathematik (2.C.4.a)" in finding.suggestion


def test_a_level_of_zero_needs_no_months() -> None:
    assert VERSION.validate(person(skills=[{"id": "2.C.1.a", "level": 0}])) == []


@pytest.mark.parametrize("seed", range(20))
def test_specimens_have_no_findings(seed: int) -> None:
    assert VERSION.validate(specimen(str(seed), profile="core+income", occupations=1 + seed % 3)) == []
