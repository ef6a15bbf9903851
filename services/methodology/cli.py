"""``careerpulse assess FILE.json``: score one document on this machine, without any server."""

import json
import sys
from collections.abc import Iterator
from typing import Any, TextIO

import click
from marshmallow import ValidationError
from rich.console import Console

from schemas.answers import Answers
from services.methodology.finding import Refused
from services.methodology.report import report
from services.methodology.version import load


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


def _read(file: TextIO) -> Any:
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


def _flat(messages: Any, path: str = "") -> Iterator[str]:
    """marshmallow's nested messages as lines ``path: message``."""
    if isinstance(messages, dict):
        for key, inner in messages.items():
            yield from _flat(inner, str(key) if key == "_schema" or not path else f"{path}.{key}")
    else:
        for message in messages if isinstance(messages, list) else [messages]:
            yield f"{path.removesuffix('_schema') or 'document'}: {message}"


def _refuse(lines: list[str]) -> None:
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    count = len(lines)
    console.print(f"This assessment was not scored: {count} thing{'s' * (count > 1)} to put right.", style="bold")
    for line in lines:
        console.print(f"  {line}", markup=False)
    sys.exit(1)


@click.command()
@click.argument("file", type=click.File("r", encoding="utf-8"))
@click.option("--json", "as_json", is_flag=True, help="Print result and trail as JSON for machines.")
def assess(file: TextIO, *, as_json: bool) -> None:
    """Score the assessment in FILE (- reads from standard input) and explain it.

    Nothing is stored and nothing leaves this machine. Exit code 1: it was not scored, and why is on standard
    error.
    """
    version = load()
    try:
        answers = Answers().load(_read(file))
        scored = version.score(answers)
    except ValidationError as error:
        _refuse(sorted(_flat(error.messages)))
    except Refused as error:
        _refuse([f"{one.path}: {one.message} {one.suggestion}" for one in error.findings])
    else:
        if as_json:
            click.echo(json.dumps({"result": scored.result(), "trail": scored.trail()}, ensure_ascii=False, indent=1))
        else:
            Console(highlight=False).print(report(version, scored.trail()))
