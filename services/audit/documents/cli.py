"""`careerpulse audit documents` and `careerpulse audit incident`: what the AI Act asks for, written from the log.

Exit codes: 0 written, 1 the log is broken, 2 it could not be read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import click
import orjson

from infra.clock import now, written
from schemas.incident import INCIDENT_KINDS, WHAT_MAXIMUM
from services.audit.calling import posted
from services.audit.documents import MEMO, documents
from services.audit.documents.grounds import Grounds, read_grounds
from services.audit.printing import NOT_CHECKED, give_up, print_table
from services.audit.tlog.at import At
from services.audit.tlog.checkpoint import Checkpoint
from services.audit.tlog.note import Note, SignerKey, VerifierKey
from services.audit.tlog.places import is_log
from services.audit.tlog.seams import Seams
from services.audit.tlog.sources import Source, directory_source, web_source
from services.audit.tlog.stored import stored_log
from services.audit.tlog.verify import Report, check_stored, verify

_PATH = click.Path(path_type=Path)
_BROKEN = 1


@click.command("documents")
@click.argument("directory", type=_PATH)
@click.option(
    "--log", "place", metavar="DIR_OR_URL", default=".careerpulse/log", show_default=True, help="A log or its export."
)
@click.option("--key", "key_file", type=_PATH, help="SECRETS_DIR/log-key, which signs the memo; unsigned without it.")
@click.option("--token-file", type=_PATH, help="A file with an auditor's token, to fetch entries from a URL.")
def documents_command(directory: Path, place: str, key_file: Path | None, token_file: Path | None) -> None:
    """Write what the AI Act asks for to DIRECTORY, each with the leaves of a verified log that it rests on."""
    try:
        signer = None if key_file is None else SignerKey.parse(key_file.read_text().strip())
        found = _verified(place, token_file)
        if signer is not None and signer.name != found.checkpoint.origin:
            give_up(f"{key_file} is the key of {signer.name}; the log is {found.checkpoint.origin}")
        _write(directory, documents(found, written(now()), signer))
    except (OSError, ValueError) as error:
        give_up(str(error))
    if signer is None:
        click.echo(f"{MEMO} is not signed: give the log's key with --key SECRETS_DIR/log-key")


def _verified(place: str, token_file: Path | None) -> Grounds:
    """The grounds of a sound log, whose sources may go on in another one; leaves with 1 where it is broken.

    Raises OSError, NoteError.
    """
    if not place.startswith(("http://", "https://")) and is_log(place):
        stored = stored_log(place)
        _demand_sound(check_stored(stored, stored.state.key, seams=Seams()))
        return read_grounds(stored, _checkpoint(stored.checkpoint()))
    if place.startswith(("http://", "https://")):
        source: Source = web_source(place, token_file.read_text().strip() if token_file else None)
    else:
        source = directory_source(Path(place))
    checkpoint = source.checkpoint()
    _demand_sound(verify(_Pinned(source, checkpoint), VerifierKey.parse(source.vkey()), seams=Seams()))
    return read_grounds(source, _checkpoint(checkpoint))


class _Pinned:
    """A source that stays at one checkpoint, though the log grows meanwhile."""

    def __init__(self, source: Source, checkpoint: bytes) -> None:
        self._checkpoint = checkpoint
        self.vkey, self.tile, self.bundle = source.vkey, source.tile, source.bundle

    def checkpoint(self) -> bytes:
        return self._checkpoint


def _checkpoint(data: bytes) -> Checkpoint:
    return Checkpoint.parse(Note.parse(data).text)


def _demand_sound(report: Report) -> None:
    if report.finding is not None:
        print_table(("Result", "BROKEN"), ("Where", report.finding.place), ("What", report.finding.message))
        click.echo("No document is written: they would rest on a broken log.", err=True)
        raise SystemExit(_BROKEN)


def _write(directory: Path, files: Mapping[str, str]) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (directory / name).write_text(text, encoding="utf-8")
        click.echo(directory / name)


@click.command("incident")
@click.argument("url")
@click.argument("file", type=_PATH)
@click.option("--token-file", type=_PATH, required=True, help="A file with an officer's token.")
@click.option(
    "--kind", type=click.Choice(INCIDENT_KINDS), required=True, help="15, 10 or 2 days run; of a breach 72 hours."
)
@click.option("--aware", required=True, metavar="TIME", help="Since when, in UTC: 2026-11-23T18:00:00Z.")
@click.option("--what", required=True, help=f"What happened, without a name; at most {WHAT_MAXIMUM} characters.")
@click.option(
    "--entry",
    "entries",
    type=At.parse,
    multiple=True,
    help="The index of an entry that it concerns, 1-120 for one of log 1; repeatable.",
)
def incident_command(
    *, url: str, file: Path, token_file: Path, kind: str, aware: str, what: str, entries: tuple[At, ...]
) -> None:
    """Record a serious incident at the audit service at URL, and write the draft of its report to FILE."""
    asked = {"kind": kind, "aware_at": aware, "what": what, "numbered": [asdict(at) for at in entries]}
    try:
        with posted(url, "/v1/audit/incidents", token_file, orjson.dumps(asked)) as answer:
            told = orjson.loads(answer.read())
        file.write_text(told["report"], encoding="utf-8")
    except OSError as error:
        click.echo(f"Nothing was recorded: {error}", err=True)
        raise SystemExit(NOT_CHECKED) from error
    print_table(("Report by", told["report_by"]), ("Entry", told["entry"]), ("Draft", str(file)))
