"""``careerpulse income FILE.json``: cover, stress cases and reminders of an income, on this machine alone."""

import json
from pathlib import Path
from typing import Any, TextIO

import click
from marshmallow import ValidationError
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from schemas.income import Income
from services.methodology.cli import flat, read, refuse
from services.methodology.finding import Refused
from services.methodology.version import load
from services.methodology.wording import LANGUAGES, Wording

Document = dict[str, Any]

NOT_TAKEN = "This income was not counted"


def _money(said: Wording, minor: int, currency: str) -> str:
    sign = "-" if minor < 0 else ""
    cents = said.decimal(f".{abs(minor) % 100:02d}")
    return f"{sign}{said.grouped(abs(minor) // 100)}{cents} {currency}"


def income_report(said: Wording, told: Document) -> Group:
    """``Version.income`` as a page for the terminal."""
    currency = told["currency"]
    cover = said.table(said.says("income.year"), ("month", "income", "cover", "balance"))
    for month in told["cover"]:
        income, balance = (_money(said, month[name], currency) for name in ("income", "balance"))
        cover.add_row(month["month"], income, f"{month['cover'] // 100} %", balance)
    stress = said.table(said.says("income.cases"), ("case", "lowest", "exhausted"))
    for case in told["cases"]:
        named = said.text(f"case.{case['id']}").format(source=case.get("source", ""))
        lowest = _money(said, case["lowest_balance"], currency)
        stress.add_row(named, lowest, case["exhausted"] or said.says("income.never"))
    helps = said.table(said.says("income.helps"), ("what", "much", "then"))
    for one in told["helps_most"]:
        amount = one["amount"]
        much = said.says("income.months", count=amount) if one["id"] == "notice" else _money(said, amount, currency)
        helps.add_row(said.says(f"help.{one['id']}"), much, _money(said, one["worst_balance_after"], currency))
    return Group(cover, Text(), stress, Text(), helps, Text(), _target(said, told, currency))


def _target(said: Wording, told: Document, currency: str) -> Table:
    """What to aim at, line by line: amounts of money, and months for what is about one source."""
    target = said.table(said.says("income.target"), ("line", "now", "target", "why"))
    for line in told["target_portfolio"]:
        kind, _, source = line["id"].partition(".")
        shown = [
            said.says("income.months", count=line[name]) if source else _money(said, line[name], currency)
            for name in ("now", "target")
        ]
        target.add_row(f"{said.says(f'aim.{kind}')} {source}".rstrip(), *shown, line["reason"])
    return target


@click.command()
@click.argument("file", type=click.File("r", encoding="utf-8"))
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON for machines.")
@click.option("--calendar", type=click.Path(path_type=Path, dir_okay=False), help="Write the reminders to this file.")
@click.option(
    "--lang", type=click.Choice(LANGUAGES), default=LANGUAGES[0], show_default=True, help="Language of the report."
)
def income(file: TextIO, *, as_json: bool, calendar: Path | None, lang: str) -> None:
    """Say how the income in FILE (- reads from standard input) holds over twelve months.

    It changes no score. Nothing is stored but the calendar asked for, and nothing leaves this machine.
    """
    try:
        version = load()
        told = version.income(Income().load(read(file)), lang)
    except ValidationError as error:
        refuse(sorted(flat(error.messages)), NOT_TAKEN)
    except Refused as error:
        refuse([f"{one.path}: {one.message} {one.suggestion}" for one in error.findings], NOT_TAKEN)
    else:
        if calendar is not None:
            calendar.write_text(told["calendar"], encoding="utf-8", newline="")
        if as_json:
            click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        else:
            Console(highlight=False).print(income_report(Wording(version, lang), told))
