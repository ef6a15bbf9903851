"""``careerpulse assess FILE.json``: score one document on this machine, without any server."""

import json
import sys
from collections.abc import Iterator
from typing import Any, NoReturn, TextIO

import click
from marshmallow import ValidationError
from rich.console import Console
from rich.padding import Padding

from schemas.answers import Answers
from schemas.points import UNITS_PER_POINT
from services.methodology.advice_report import advice_documents, advice_report
from services.methodology.finding import Refused
from services.methodology.misnamed import misnamed
from services.methodology.report import report
from services.methodology.version import Version, load
from services.methodology.wording import LANGUAGES, Wording


class TwiceError(ValueError):
    """A name stands twice in one JSON object, so it is not clear which of the two counts."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    loaded: dict[str, Any] = {}
    for name, value in pairs:
        if name in loaded:
            raise TwiceError(f'"{name}" stands twice in one object; keep one of the two')
        loaded[name] = value
    return loaded


def _number(text: str) -> Any:
    raise TwiceError(f"{text} is no number of JSON")


def read(file: TextIO) -> Any:
    """The document; raises ``ClickException`` that says where it is not JSON."""
    try:
        return json.load(file, object_pairs_hook=_once, parse_constant=_number)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise click.ClickException(f"{file.name} is not JSON: {error.msg} at {where}.") from None
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file.name} is not UTF-8: byte {error.start} cannot be read.") from None
    except RecursionError:
        raise click.ClickException(f"{file.name} is nested too deeply to be an assessment.") from None
    except ValueError as error:
        raise click.ClickException(f"{file.name}: {error}.") from None


def flat(messages: Any, path: str = "") -> Iterator[str]:
    """marshmallow's nested messages as lines ``path: message``."""
    if isinstance(messages, dict):
        for key, inner in messages.items():
            yield from flat(inner, str(key) if key == "_schema" or not path else f"{path}.{key}")
    else:
        for message in messages if isinstance(messages, list) else [messages]:
            yield f"{path.removesuffix('_schema') or 'document'}: {message}"


def _faults(version: Version, document: Any, messages: Any, language: str) -> list[str]:
    """Everything wrong with the form; an occupation that was not named by its code with the nearest titles."""
    meant = {f"occupations.{place}.code": right for place, right in misnamed(version, document, language).items()}
    told = [line for line in flat(messages) if line.partition(":")[0] not in meant]
    return sorted([*told, *(f"{path}: {right}" for path, right in meant.items())])


def refuse(lines: list[str], what: str = "This assessment was not scored") -> NoReturn:
    """Print everything to put right on standard error and end with 1."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    count = len(lines)
    console.print(f"{what}: {count} thing{'s' * (count > 1)} to put right.", style="bold")
    for line in lines:
        console.print(f"  {line}", markup=False)
    sys.exit(1)


def _way(version: Version, answers: dict[str, Any], to: str, language: str) -> dict[str, Any]:
    """The way to an occupation; ends with 1 where there is none of this code."""
    try:
        return version.career_path(answers, to, language)
    except LookupError as error:
        refuse([f"--to: {error.args[0]}"], "No way was looked for")


@click.command()
@click.argument("file", type=click.File("r", encoding="utf-8"))
@click.option("--json", "as_json", is_flag=True, help="Print result and trail as JSON for machines.")
@click.option("--plan", is_flag=True, help="Add forecasts, a plan, other occupations and market signals.")
@click.option(
    "--hours", type=click.IntRange(1, 200), default=10, show_default=True, help="Hours a month for the plan."
)
@click.option("--months", type=click.IntRange(1, 60), default=12, show_default=True, help="Months of the plan.")
@click.option(
    "--lang", type=click.Choice(LANGUAGES), default=LANGUAGES[0], show_default=True, help="Language of the report."
)
@click.option("--target", type=click.IntRange(0, 100), help="Points to reach by the smallest change; implies --plan.")
@click.option("--to", metavar="CODE", help="Show the shortest way to an occupation by its code, such as 15-1252.00.")
def assess(
    file: TextIO, *, as_json: bool, plan: bool, hours: int, months: int, lang: str, target: int | None, to: str | None
) -> None:
    """Score the assessment in FILE (- reads from standard input) and explain it.

    Nothing is stored and nothing leaves this machine. Exit code 1: it was not scored, and why is on standard
    error.
    """
    version, document = load(), read(file)
    try:
        answers = Answers().load(document)
        scored = version.score(answers, lang)
    except ValidationError as error:
        refuse(_faults(version, document, error.messages, lang))
    except Refused as error:
        refuse([f"{one.path}: {one.message} {one.suggestion}" for one in error.findings])
    else:
        told: dict[str, Any] = {}
        if plan or target is not None:
            units = None if target is None else target * UNITS_PER_POINT
            told = advice_documents(
                version, answers, hours_per_month=hours, months=months, target=units, language=lang
            )
        if to is not None:
            told["career_path"] = _way(version, answers, to, lang)
        if as_json:
            printed = {"result": scored.result(), "trail": scored.trail(), **told}
            click.echo(json.dumps(printed, ensure_ascii=False, indent=1))
        else:
            console, said = Console(highlight=False), Wording(version, lang)
            console.print(report(said, scored.trail()))
            if told:
                console.print(Padding(advice_report(said, told), (1, 0, 0, 0)))
