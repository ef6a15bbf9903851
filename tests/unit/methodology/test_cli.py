"""``careerpulse assess`` explains a score, or says in one go all that has to be put right."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from schemas.points import written
from services.methodology import load
from services.methodology.cli import assess
from services.methodology.report import why
from services.methodology.specimen import specimen
from services.methodology.wording import Wording


def run(tmp_path: Path, document: Any, *options: str) -> Any:
    path = tmp_path / "answers.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return CliRunner().invoke(assess, [str(path), *options])


def test_it_prints_score_band_dimensions_and_limits(tmp_path: Path) -> None:
    done = run(tmp_path, specimen("cli", profile="core+income", occupations=2))
    assert done.exit_code == 0
    for text in (
        "Career Pulse Score",
        "band",
        "Task resilience",
        "Income resilience",
        "What weighs most",
    ):
        assert text in done.stdout
    assert "not a probability of losing a job" in " ".join(done.stdout.split())


def test_json_holds_result_and_trail(tmp_path: Path) -> None:
    answers = specimen("cli")
    done = run(tmp_path, answers, "--json")
    scored = load("1").score(answers)
    assert json.loads(done.stdout) == {"result": scored.result(), "trail": scored.trail()}


def test_open_items_are_listed_with_what_they_can_change(tmp_path: Path) -> None:
    done = run(tmp_path, {**specimen("cli"), "behaviours": []})
    assert "12 items are open" in done.stdout


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("{", "is not JSON: Expecting property name"),
        ('{"as_of": "2026-11", "as_of": "2026-12"}', '"as_of" stands twice'),
        ('{"as_of": NaN}', "NaN is no number of JSON"),
        ("[" * 100_000, "nested too deeply"),
        ("[]", "document: Invalid input type."),
        ('"text"', "document: Invalid input type."),
        ({"as_of": "2026-11"}, "occupations: Missing data for required field."),
        ({**specimen("cli"), "sex": "f"}, "sex: Unknown field."),
        (
            {**specimen("cli"), "knowledge": [{"id": "2.C.4.a", "level": 2.5}]},
            "knowledge.0.level: Must be a whole number",
        ),
        (
            {**specimen("cli"), "occupations": [{"code": "15-1252.00", "share": 1}]},
            "The shares sum to 1 per mille.",
        ),
    ],
)
def test_bad_input_is_said_plainly_and_ends_with_1(tmp_path: Path, document: Any, said: str) -> None:
    done = run(tmp_path, document)
    assert done.exit_code == 1
    assert said in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("named", "language", "meant"),
    [
        ("nurse", "en", "Nearest are Registered Nurses (29-1141.00)"),
        ("29-1141", "en", "Nearest are Registered Nurses (29-1141.00)"),
        ("29-1149", "en", "(29-1141."),
        ("Krankenschwester", "de", "Am nächsten kommen Pflegefachkraft (29-1141.00)"),
        ("qqqqqqq", "en", "GET /v1/occupations?q= finds it"),
    ],
)
def test_an_occupation_named_by_a_title_is_answered_with_the_code_that_was_meant(
    tmp_path: Path, named: str, language: str, meant: str
) -> None:
    document = {**specimen("cli"), "occupations": [{"code": named, "share": 1000}]}
    done = run(tmp_path, document, "--lang", language)
    assert done.exit_code == 1
    assert "occupations.0.code:" in done.stderr and "15-1252.00" in done.stderr
    assert meant in done.stderr
    assert "characters" not in done.stderr


def test_findings_are_told_in_the_language_that_is_asked_for(tmp_path: Path) -> None:
    document = {**specimen("cli"), "occupations": [{"code": "15-1252.00", "share": 1}]}
    assert "Die Anteile ergeben zusammen 1 Promille." in run(tmp_path, document, "--lang", "de").stderr


def test_a_file_that_is_not_utf_8_is_said_to_be_so(tmp_path: Path) -> None:
    path = tmp_path / "answers.json"
    path.write_bytes(b'{"as_of": "\xff"}')
    done = CliRunner().invoke(assess, [str(path)])
    assert done.exit_code == 1
    assert "is not UTF-8" in done.stderr


def test_a_missing_file_is_named() -> None:
    done = CliRunner().invoke(assess, ["missing.json"])
    assert done.exit_code == 2
    assert "missing.json" in done.stderr


def test_a_plan_adds_every_advice_to_the_page(tmp_path: Path) -> None:
    done = run(tmp_path, specimen("cli"), "--plan", "--hours", "20", "--target", "80")
    assert done.exit_code == 0
    printed = " ".join(done.stdout.split())
    for text in (
        "80.0 points",
        "Plan for 20 hours a month over 12 months",
        "Machine learning",
        "Certifications",
        "Hours are our assumption",
        "Nothing in these hours gains more",
        "When: 20",
        "Habits that take no hours of study",
        "Path of the score",
        "Exposure of the work to AI",
        "Knowledge and skills suffice now",
        "They suffice nearly",
        "no licence, degree or place",
        "Market signals",
    ):
        assert text in printed


def test_the_whole_page_is_told_in_german_where_that_is_asked_for(tmp_path: Path) -> None:
    done = run(tmp_path, specimen("cli", codes=("29-1141.00",)), "--plan", "--target", "80", "--lang", "de")
    assert done.exit_code == 0
    printed = " ".join(done.stdout.split())
    for text in (
        "Pflegefachkraft (29-1141.00)",
        "Was am meisten wiegt",
        "80,0 Punkte",
        "Plan für 10 Stunden im Monat über 12 Monate",
        "KI-Exposition der Arbeit",
        "Wissen und Können reichen jetzt",
        "Signale vom Arbeitsmarkt",
        "unsere eigene Übersetzung",
    ):
        assert text in printed
    assert [word for word in (" points", " level ", " asked ", " months", "Nurses") if word in printed] == []


def test_json_holds_the_advice_that_was_asked_for(tmp_path: Path) -> None:
    answers, version = specimen("cli"), load("1")
    told = json.loads(run(tmp_path, answers, "--json", "--plan", "--months", "6").stdout)
    assert told["plan"] == version.plan(answers, 10, 6)
    assert told["forecast"] == version.forecast(answers)
    assert "counterfactual" not in told


def test_a_target_out_of_reach_is_said_with_the_maximum(tmp_path: Path) -> None:
    printed = " ".join(run(tmp_path, specimen("cli"), "--target", "100").stdout.split())
    assert "100.0 points cannot be reached; the most is" in printed


def printed(tmp_path: Path, document: Any, *options: str) -> str:
    done = run(tmp_path, document, *options)
    assert done.exit_code == 0, done.stderr
    return " ".join(done.stdout.split())


def test_the_detectable_change_of_each_profile_is_printed(tmp_path: Path) -> None:
    answers = specimen("cli", profile="core+income")
    told = load("1").score(answers).trail()["explanations"]
    page = printed(tmp_path, answers)
    for one in told:
        change = written(one["detectable_change"])
        assert (
            f"{one['profile']}: A later score of yours under this version and occupation differs only from {change}"
            in page
        )


def test_what_somebody_does_not_have_was_never_refreshed(tmp_path: Path) -> None:
    # Given a skill at level 0 that weighs much
    answers = specimen("cli", codes=("35-3011.00",))
    answers["skills"] = [{**one, "level": 0, "months": 1} for one in answers["skills"]]
    # Then it says so, and nothing of months or of what is current
    page = printed(tmp_path, answers)
    assert "not there, asked 3" in page
    assert "refreshed" not in page


def test_a_skill_of_a_portfolio_names_who_asks_for_what(tmp_path: Path) -> None:
    answers = specimen("cli", codes=("25-2021.00", "49-2091.00"), occupations=2)
    answers["skills"] = [{**one, "level": 4, "months": 1} for one in answers["skills"]]
    page = printed(tmp_path, answers)
    assert "(Elementary School Teachers, Except Special Education), asked" in page
    assert "refreshed 1 month ago" in page


def test_income_items_say_the_amounts_that_they_come_from() -> None:
    version = load("1")
    answers = specimen("cli", profile="core+income")
    answers["income"] = {**answers["income"], "largest_source": 100_000, "sources_total": 140_000}
    answers["income"] |= {"expenses": 200_000, "reserve": 0, "months_covered": 9}
    items = version.score(answers).trail()["explanations"][-1]["dimensions"][-1]["items"]
    assert [why(Wording(version), item, "EUR") for item in items] == [
        "400.00 EUR a month beside the largest source, expenses 2,000.00 EUR a month",
        "reserve 0.00 EUR, expenses 2,000.00 EUR a month",
        "9 of the last 12 months covered",
    ]


def test_amounts_of_a_smallest_change_stand_with_their_currency(tmp_path: Path) -> None:
    answers = specimen("cli", profile="core+income")
    answers["income"] = {**answers["income"], "currency": "CHF", "expenses": 200_000, "reserve": 0}
    told = load("1").counterfactual(answers, 0)
    page = printed(tmp_path, answers, "--target", str(told["maximum"] // 10**8))
    assert "12,000.00 CHF" in page


def test_the_proof_of_a_smallest_change_is_told_in_points_and_its_units_stand_in_json(tmp_path: Path) -> None:
    answers = specimen("cli")
    target = (load("1").score(answers).low + 5 * 10**8) // 10**8
    proof = json.loads(run(tmp_path, answers, "--target", str(target), "--json").stdout)["counterfactual"]["proof"]
    page = printed(tmp_path, answers, "--target", str(target))
    assert f"those of {proof['items']} sum to {written(proof['sum_of_as_many'], 2)}" in page
    assert str(proof["needed"]) not in page


def test_the_way_to_an_occupation_is_shown_with_all_that_each_move_asks_for(tmp_path: Path) -> None:
    answers, version = specimen("cli", codes=("35-3011.00",)), load("1")
    told = version.career_path(answers, "13-2011.00")
    page = printed(tmp_path, answers, "--to", "13-2011.00")
    assert f"The shortest way to Accountants and Auditors: {len(told['moves'])} moves" in page
    for move in told["moves"]:
        for gap in move["gaps"]:
            assert version.name(gap["id"]) in page
    assert "Plan for" not in page
    assert json.loads(run(tmp_path, answers, "--to", "13-2011.00", "--json").stdout)["career_path"] == told


def test_a_way_to_what_is_too_little_measured_says_so(tmp_path: Path) -> None:
    assert "Too little is measured of Dishwashers" in printed(tmp_path, specimen("cli"), "--to", "35-9021.00")


def test_a_way_to_an_occupation_that_there_is_none_of_ends_with_1(tmp_path: Path) -> None:
    done = run(tmp_path, specimen("cli"), "--to", "99-9999.00")
    assert done.exit_code == 1
    assert "--to: There is no profile of 99-9999.00" in done.stderr


def test_gaps_stand_with_level_and_requirement(tmp_path: Path) -> None:
    answers = {"as_of": "2026-11", "profile": "core", "occupations": [{"code": "15-1252.00", "share": 1000}]}
    told = load("1").qualification(answers)["nearly"][0]
    gap = told["gaps"][0]
    levels = [f"{gap[end] // 100}.{gap[end] % 100:02d}" for end in ("level", "required")]
    assert f"{load('1').name(gap['id'])} {levels[0]} → {levels[1]}*" in printed(tmp_path, answers, "--plan")
