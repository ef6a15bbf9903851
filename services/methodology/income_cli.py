"""``careerpulse income FILE.json``: cover, stress cases and reminders of an income, on this machine alone."""

import json
from pathlib import Path
from typing import Any, TextIO

import click
from marshmallow import ValidationError
from rich.console import Console

from schemas.income import Income
from services.methodology.cli import flat, read, refuse
from services.methodology.finding import Refused
from services.methodology.income_report import income_report
from services.methodology.version import load
from services.methodology.wording import LANGUAGES, Wording

Document = dict[str, Any]

NOT_TAKEN = "This income was not counted"


@click.command()
@click.argument("file", type=click.File("r", encoding="utf-8"))
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON for machines.")
@click.option("--calendar", type=click.Path(path_type=Path, dir_okay=False), help="Write the reminders to this file.")
@click.option(
    "--lang", type=click.Choice(LANGUAGES), default=LANGUAGES[0], show_default=True, help="Language of the report."
)
def income(file: TextIO, *, as_json: bool, calendar: Path | None, lang: str) -> None:
    """Say how the income in FILE (- reads from standard input) holds over twelve months.

    It changes no score. Nothing is stored but the calendar asked for, and nothing leaves this machine. The form of
    FILE is that of POST /v1/income:review.
    """
    try:
        version = load()
        told = version.income(Income().load(read(file)), lang)
    except ValidationError as error:
        refuse(sorted(flat(error.messages)), NOT_TAKEN)
    except Refused as error:
        refuse([f"{one.path}: {one.message} {one.suggestion}" for one in error.findings], NOT_TAKEN)
    said = Wording(version, lang)
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        Console(highlight=False).print(income_report(said, told))
    if calendar is not None:
        calendar.write_text(told["calendar"], encoding="utf-8", newline="")
        count = told["calendar"].count("BEGIN:VEVENT")
        click.echo(said.says("income.written", file=calendar, count=count), err=True)
