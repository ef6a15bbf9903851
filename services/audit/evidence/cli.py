"""`careerpulse audit evidence`: fetch a pack from a running audit service, and write the verifier that checks it."""

from pathlib import Path
from typing import Any, NoReturn
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import click
import orjson

from services.audit.evidence.single_file import single_file
from services.audit.sources import UnreachableError, check_address

_PATH = click.Path(path_type=Path)
_TIMEOUT_SECONDS = 60
_PIECE = 64 * 1024
_NOT_DONE = 2


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
@click.option("--token-file", type=_PATH, required=True, help="A file with an auditor's token.")
@click.option("--purpose", required=True, help="Why it is asked for; it is kept with the entry of this export.")
@click.option("--decision", "decisions", type=int, multiple=True, help="The index of a decision; may be repeated.")
@click.option("--person", type=int, help="The index of any decision of a person: the pack holds all of theirs.")
@click.option("--period", nargs=2, metavar="FROM TO", help="Two days, 2026-11-01 2026-12-01; the second is left out.")
@click.option("--methodology", help="The hash of a methodology, sha256:…")
@click.option("--open/--sealed", "opened", default=None, help="Whether decisions are opened, with consent's leave.")
@click.option("--earlier", type=_PATH, help="A checkpoint that you kept: the pack proves that the log continues it.")
def fetch(url: str, file: Path, token_file: Path, purpose: str, **options: Any) -> None:
    """Fetch a pack from the audit service at URL into FILE."""
    token = token_file.read_text().strip()
    try:
        check_address(url, token)
        _save(Request(f"{url.rstrip('/')}/v1/audit/evidence-packs", _body(purpose, options), _headers(token)), file)  # noqa: S310 - checked above
    except HTTPError as error:
        _give_up(_problem(error))
    except (UnreachableError, URLError, OSError) as error:
        _give_up(str(error))
    click.echo(f"Written to {file}. Verify it with the file that `careerpulse audit evidence verifier` writes.")


def _body(purpose: str, options: dict[str, Any]) -> bytes:
    asked: dict[str, Any] = {"purpose": purpose}
    asked |= {name: options[name] for name in ("person", "methodology") if options[name] is not None}
    if options["decisions"]:
        asked["decisions"] = list(options["decisions"])
    if options["period"]:
        asked["period"] = dict(zip(("start", "end"), options["period"], strict=True))
    if options["opened"] is not None:
        asked["open"] = options["opened"]
    if options["earlier"] is not None:
        asked["earlier_checkpoint"] = options["earlier"].read_text()
    return orjson.dumps(asked)


def _headers(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}


def _save(request: Request, file: Path) -> None:
    """Write the answer to a file that only its owner can read, because a pack may hold what was opened."""
    with urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310 - the address is checked
        file.touch(mode=0o600)
        with file.open("wb") as out:
            while piece := answer.read(_PIECE):
                out.write(piece)


def _problem(error: HTTPError) -> str:
    try:
        told = orjson.loads(error.read())
    except orjson.JSONDecodeError:
        return f"HTTP {error.code}"
    details = [told.get("detail", told.get("title", ""))] + [one["detail"] for one in told.get("errors", ())]
    return "; ".join(one for one in details if one)


def _give_up(reason: str) -> NoReturn:
    click.echo(f"There is no pack: {reason}", err=True)
    raise SystemExit(_NOT_DONE)
