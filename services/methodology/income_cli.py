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

Document = dict[str, Any]

NOT_TAKEN = "This income was not counted"


def _money(minor: int, currency: str) -> str:
    sign = "-" if minor < 0 else ""
    return f"{sign}{abs(minor) // 100:,}.{abs(minor) % 100:02d} {currency}"


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", box=None, padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(column)
    return table


def income_report(told: Document) -> Group:
    """``Version.income`` as a page for the terminal."""
    currency = told["currency"]
    cover = _table("The next twelve months", "month", "income", "cover", "balance")
    for month in told["cover"]:
        cells = (_money(month[name], currency) for name in ("income", "balance"))
        income, balance = cells
        cover.add_row(month["month"], income, f"{month['cover'] // 100} %", balance)
    stress = _table("What if", "case", "source", "lowest balance", "reserve exhausted")
    for case in told["cases"]:
        lowest = _money(case["lowest_balance"], currency)
        stress.add_row(case["id"].replace("_", " "), case.get("source", ""), lowest, case["exhausted"] or "no")
    helps = _table("What helps the worst case", "what", "how much", "lowest balance then")
    for one in told["helps_most"]:
        much = f"{one['amount']} months" if one["id"] == "notice" else _money(one["amount"], currency)
        helps.add_row(one["id"], much, _money(one["worst_balance_after"], currency))
    target = _table("To aim at", "line", "now", "target", "why")
    for line in told["target_portfolio"]:
        target.add_row(line["id"], str(line["now"]), str(line["target"]), line["reason"])
    return Group(cover, Text(), stress, Text(), helps, Text(), target)


@click.command()
@click.argument("file", type=click.File("r", encoding="utf-8"))
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON for machines.")
@click.option("--calendar", type=click.Path(path_type=Path, dir_okay=False), help="Write the reminders to this file.")
def income(file: TextIO, *, as_json: bool, calendar: Path | None) -> None:
    """Say how the income in FILE (- reads from standard input) holds over twelve months.

    It changes no score. Nothing is stored but the calendar asked for, and nothing leaves this machine.
    """
    try:
        told = load().income(Income().load(read(file)))
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
            Console(highlight=False).print(income_report(told))
