"""`careerpulse audit evidence`: fetch a pack from a running audit service, and write the verifier that checks it."""

import zipfile
from http.client import HTTPResponse
from pathlib import Path
from typing import Any

import click
import orjson

from services.audit.calling import posted
from services.audit.evidence.single_file import single_file
from services.audit.printing import NOT_CHECKED

_PATH = click.Path(path_type=Path)
_PIECE = 64 * 1024


@click.group()
def evidence() -> None:
    """Packs of evidence for those who do not trust us."""


@evidence.command()
@click.argument("file", type=_PATH)
def verifier(file: Path) -> None:
    """Write the single-file verifier to FILE. It needs Python and the package `cryptography`, and no network."""
    file.write_bytes(single_file())
    click.echo(f"Verify a pack with: python -I {file} PACK.zip --vkey VKEY_FILE")


@evidence.command()
@click.argument("url")
@click.argument("file", type=_PATH)
@click.option("--token-file", type=_PATH, required=True, help="A file with an officer's token.")
@click.option("--purpose", required=True, help="Why it is asked for; it is kept with the entry of this export.")
@click.option("--decision", "decisions", type=int, multiple=True, help="The index of a decision; may be repeated.")
@click.option("--log", type=click.IntRange(min=0), help="Of this log alone; of decisions, where they stand.")
@click.option("--person", type=int, help="The index of any decision of a person: the pack holds all of theirs.")
@click.option("--period", nargs=2, metavar="FROM TO", help="Two days, 2026-11-01 2026-12-01; the second is left out.")
@click.option("--methodology", help="The hash of a methodology, sha256:…")
@click.option("--open/--sealed", "opened", default=None, help="Whether decisions are opened, with consent's leave.")
@click.option("--start", type=click.IntRange(min=0), help="Where a part begins, as the part before it says.")
@click.option("--earlier", type=_PATH, help="A checkpoint that you kept: the pack proves that the log continues it.")
def fetch(url: str, file: Path, token_file: Path, purpose: str, **options: Any) -> None:
    """Fetch a pack from the audit service at URL into FILE."""
    try:
        with posted(url, "/v1/audit/evidence-packs", token_file, _body(purpose, options)) as answer:
            _save(answer, file)
    except OSError as error:
        click.echo(f"There is no pack: {error}", err=True)
        raise SystemExit(NOT_CHECKED) from error
    _told(file)


@click.command("disclose")
@click.argument("url")
@click.argument("index", type=click.IntRange(min=0))
@click.argument("file", type=_PATH)
@click.option(
    "--field", "fields", multiple=True, required=True, help="A field to show, such as result; may be repeated."
)
@click.option("--token-file", type=_PATH, required=True, help="A file with an officer's token.")
@click.option("--purpose", required=True, help="Why it is shown; it is kept with the entry of this export.")
def disclose_command(url: str, index: int, file: Path, **options: Any) -> None:
    """Show single fields of entry INDEX, as to a court: a pack in FILE with these and nothing else of what is sealed.

    Of a decision there are tenant, result, detail and trail; of an act officer, purpose, reason and the like.
    """
    asked = {
        "purpose": options["purpose"],
        "decisions": [index],
        "disclose": list(options["fields"]),
        "letters": False,
        "documents": False,
    }
    try:
        with posted(url, "/v1/audit/evidence-packs", options["token_file"], orjson.dumps(asked)) as answer:
            _save(answer, file)
    except OSError as error:
        click.echo(f"Nothing was disclosed: {error}", err=True)
        raise SystemExit(NOT_CHECKED) from error
    _told(file)


def _told(file: Path) -> None:
    click.echo(f"Written to {file}. Verify it with the file that `careerpulse audit evidence verifier` writes.")
    with zipfile.ZipFile(file) as pack:
        told = orjson.loads(pack.read("pack.json"))
    first = told.get("log", told["selection"].get("log", 0))
    for log, one in {str(first): told, **told.get("logs", {})}.items():
        if one["next"] is not None:
            click.echo(f"More fits than one pack takes: ask again with --log {log} --start {one['next']}.")


def _body(purpose: str, options: dict[str, Any]) -> bytes:
    asked: dict[str, Any] = {"purpose": purpose}
    asked |= {name: options[name] for name in ("person", "methodology", "start", "log") if options[name] is not None}
    if options["decisions"]:
        asked["decisions"] = list(options["decisions"])
    if options["period"]:
        asked["period"] = dict(zip(("start", "end"), options["period"], strict=True))
    if options["opened"] is not None:
        asked["open"] = options["opened"]
    if options["earlier"] is not None:
        asked["earlier_checkpoint"] = options["earlier"].read_text()
    return orjson.dumps(asked)


def _save(answer: HTTPResponse, file: Path) -> None:
    """Write the answer to a file that only its owner can read, because a pack may hold what was opened."""
    file.touch(mode=0o600)
    with file.open("wb") as out:
        while piece := answer.read(_PIECE):
            out.write(piece)
