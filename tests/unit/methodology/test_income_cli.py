"""``careerpulse income`` shows cover, stress and what helps, and writes the reminders where it is told to."""

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from services.methodology import load
from services.methodology.income_cli import income

DOCUMENT: dict[str, Any] = {
    "as_of": "2026-11",
    "currency": "EUR",
    "expenses": 250_000,
    "reserve": 500_000,
    "sources": [
        {"id": "client", "kind": "contract", "monthly": 300_000, "contract": {"ends": "2027-03", "notice_months": 1}}
    ],
}


def run(tmp_path: Path, document: Any, *options: str) -> Any:
    path = tmp_path / "income.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return CliRunner().invoke(income, [str(path), *options])


def test_it_prints_cover_stress_help_and_target(tmp_path: Path) -> None:
    done = run(tmp_path, DOCUMENT)
    assert done.exit_code == 0
    printed = " ".join(done.stdout.split())
    for text in ("The next twelve months", "3,000.00 120 %", "the loss of client", "What helps", "To aim at"):
        assert text in printed


def test_it_prints_ranges_worst_case_and_what_hangs_on_one_source(tmp_path: Path) -> None:
    document = {
        **DOCUMENT,
        "sources": [{**DOCUMENT["sources"][0], "contract": {"ends": "2027-03", "renewal": "negotiated"}}],
    }
    told = load("1").income(document)
    printed = " ".join(run(tmp_path, document).stdout.split())
    lowest = told["ranges"][0]["lowest_balance"]["5"]
    for text in (
        "The worst of these: the loss of client, down to -25,000.00 EUR",
        f"renewals as a draw {lowest // 100:,}.{lowest % 100:02d} EUR",
        "100.0 % come from the largest source",
        "if renewed",
        "by what equal money does",
    ):
        assert text in printed


def test_yen_are_told_whole_in_every_table(tmp_path: Path) -> None:
    # Given the same amounts in a currency whose minor unit is the yen itself
    printed = " ".join(run(tmp_path, {**DOCUMENT, "currency": "JPY"}).stdout.split())
    # Then no amount is told at a hundredth, and a hundred put aside are worth a hundred
    assert "300,000 120 %" in printed
    assert "100 JPY" in printed
    assert "0.00" not in printed


def test_it_is_told_in_german_where_that_is_asked_for(tmp_path: Path) -> None:
    printed = " ".join(run(tmp_path, DOCUMENT, "--lang", "de").stdout.split())
    for text in ("Die nächsten zwölf Monate", "3.000,00 120 %", "Verlust von client", "Anzustreben"):
        assert text in printed


def test_the_calendar_is_written_byte_for_byte(tmp_path: Path) -> None:
    target = tmp_path / "reminders.ics"
    done = run(tmp_path, DOCUMENT, "--calendar", str(target))
    assert (done.exit_code, done.stderr) == (0, f"2 reminders written to {target}\n")
    assert target.read_bytes().decode() == load("1").income(DOCUMENT)["calendar"]


def test_json_is_the_whole_answer(tmp_path: Path) -> None:
    assert json.loads(run(tmp_path, DOCUMENT, "--json").stdout) == load("1").income(DOCUMENT)


def test_everything_to_put_right_is_said_with_exit_code_1(tmp_path: Path) -> None:
    for wrong, said in (({"expenses": 0}, "expenses:"), ({"as_of": "2028-01"}, "sources.0.contract.ends:")):
        done = run(tmp_path, {**DOCUMENT, **wrong})
        assert done.exit_code == 1
        assert "This income was not counted: 1 thing to put right." in done.stderr
        assert said in done.stderr
