"""``careerpulse assess`` explains a score, or says in one go all that has to be put right."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from services.methodology import load
from services.methodology.cli import assess
from services.methodology.specimen import specimen


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
        "no issuer of these states any",
        "no choice can gain more than",
        "Path of the score",
        "Exposure of the work to AI",
        "Qualified now",
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
        "Jetzt qualifiziert",
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
