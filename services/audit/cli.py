"""`careerpulse audit`: export the log, verify it offline, check it on disk; `complete` has its own file.

Exit codes: 0 sound, 1 a finding, 2 it could not be checked.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from infra.clock import written
from infra.crypto.root_key import RootKeyError
from services.audit.acts_cli import act_command
from services.audit.completeness.cli import complete
from services.audit.documents.cli import documents_command, incident_command
from services.audit.evidence.cli import disclose_command, evidence
from services.audit.printing import give_up, print_table
from services.audit.tlog.checkpoint import CheckpointError
from services.audit.tlog.export import ExportError, export
from services.audit.tlog.key_change import KeyChangeError, change_key
from services.audit.tlog.lock import LockedError
from services.audit.tlog.note import NoteError, VerifierKey
from services.audit.tlog.seams import Seams
from services.audit.tlog.sources import Source, directory_source, web_source
from services.audit.tlog.state import StateError
from services.audit.tlog.stored import StoredLog, stored_log
from services.audit.tlog.verify import Report, check_stored, verify
from services.audit.witness.cosignature import moment_of
from services.audit.witness.policy import NO_POLICY, Policy, PolicyError, parse_policy

_FINDING = 1
_PATH = click.Path(path_type=Path)
_policy_option = click.option(
    "--policy", type=_PATH, help="A file that names the witnesses and the quorum of them that you require."
)
_log_option = click.option(
    "--log", "log", required=True, metavar="DIR", help="The log's directory, or s3://bucket/prefix."
)


@click.group()
def audit() -> None:
    """The audit log: export it, verify it, check it, prove that nothing is missing."""


audit.add_command(complete)


audit.add_command(act_command)


audit.add_command(evidence)


audit.add_command(disclose_command)


audit.add_command(documents_command)


audit.add_command(incident_command)


@audit.command("export")
@click.argument("directory", type=_PATH)
@_log_option
def export_command(directory: Path, log: str) -> None:
    """Write the log into DIRECTORY as static files that any tlog-tiles tool reads."""
    try:
        checkpoint = export(_stored(log), directory)
    except (ExportError, OSError) as error:
        give_up(str(error))
    except CheckpointError as error:
        give_up(f"{error}; run `careerpulse audit fsck --log {log}`")
    print_table(
        ("Log", checkpoint.origin),
        ("Entries", f"{checkpoint.size:,}"),
        ("Root", checkpoint.root.hex()),
        ("Written to", str(directory)),
    )


@audit.command("new-key")
@_log_option
@click.option(
    "--key", "key_file", type=_PATH, required=True, help="The file of its private key: SECRETS_DIR/log-key."
)
def new_key_command(log: str, key_file: Path) -> None:
    """Give the log a new key; both sign the checkpoint at which it changes. Audit must not run."""
    try:
        old, new = change_key(log, key_file)
    except (KeyChangeError, LockedError, NoteError, OSError, RootKeyError, StateError) as error:
        give_up(str(error))
    print_table(("Old key", old.encode()), ("New key", new.encode()))


@audit.command("verify")
@click.argument("places", metavar="DIR_OR_URL...", nargs=-1, required=True)
@click.option(
    "--vkey", "vkeys", type=_PATH, multiple=True, help="A file with the log's verifier key, from a source you trust."
)
@_policy_option
@click.option("--token-file", type=_PATH, help="A file with an auditor's token, to fetch entries from a URL.")
def verify_command(
    places: tuple[str, ...], vkeys: tuple[Path, ...], policy: Path | None, token_file: Path | None
) -> None:
    """Recompute everything in an exported log, or one behind a URL, without trusting whoever runs it.

    Of a service with several logs give all of them, and a --vkey for each in the same order: a source that moved from
    one to another goes on there.
    """
    if vkeys and len(vkeys) != len(places):
        give_up(f"{len(places)} logs have {len(places)} keys; {len(vkeys)} were given")
    seams = Seams() if len(places) > 1 else None
    checked: list[tuple[Report, VerifierKey]] = []
    try:
        sources = [_source(place, token_file) for place in places]
        keys = [_key(vkey) for vkey in vkeys] or [_own_key(source) for source in sources]
        for source, key in zip(sources, keys, strict=True):
            checked.append((verify(source, key, _policy(policy), seams=seams), key))
    except OSError as error:
        give_up(str(error))
    _finish(checked, seams, given=bool(vkeys))


@audit.command("fsck")
@click.option(
    "--log",
    "logs",
    required=True,
    multiple=True,
    metavar="DIR",
    help="The log's directory, or s3://bucket/prefix; of a service with several logs all of them.",
)
@click.option("--vkey", type=_PATH, help="A file with the log's verifier key, from a source you trust.")
@_policy_option
def fsck_command(logs: tuple[str, ...], vkey: Path | None, policy: Path | None) -> None:
    """Check everything that the log has on disk, up to its last entry.

    A source that moved from one log to another goes on there, so several logs are checked together.
    """
    if vkey and len(logs) > 1:
        give_up("--vkey names the key of one log; check several with the keys that lie with them")
    seams = Seams() if len(logs) > 1 else None
    checked: list[tuple[Report, VerifierKey]] = []
    try:
        for stored in map(_stored, logs):
            key = _key(vkey) if vkey else stored.state.key
            checked.append((check_stored(stored, key, _policy(policy), seams=seams), key))
    except OSError as error:
        give_up(str(error))
    _finish(checked, seams, given=vkey is not None)


def _source(place: str, token_file: Path | None) -> Source:
    if place.startswith(("http://", "https://")):
        return web_source(place, token_file.read_text().strip() if token_file else None)
    return directory_source(_existing(Path(place)))


def _existing(directory: Path) -> Path:
    if not directory.is_dir():
        give_up(f"{directory} is not a directory; give an exported log or an http(s) address")
    return directory


def _stored(log: str) -> StoredLog:
    try:
        return stored_log(log)
    except ValueError as error:
        if not isinstance(error, (StateError, CheckpointError)):
            give_up(str(error))
        print_table(("Result", "BROKEN"), ("Where", f"{log}/state.json"), ("What", str(error)))
        raise SystemExit(_FINDING) from error


def _own_key(source: Source) -> VerifierKey:
    """The key that lies beside the log itself."""
    try:
        return _parsed(source.vkey())
    except FileNotFoundError:
        give_up("there is no `vkey` beside the log; give the log's verifier key with --vkey FILE")


def _key(file: Path) -> VerifierKey:
    return _parsed(file.read_text("utf-8", "replace").strip())


def _policy(file: Path | None) -> Policy:
    if file is None:
        return NO_POLICY
    try:
        return parse_policy(file.read_bytes())
    except PolicyError as error:
        give_up(f"the policy {file} cannot be used: {error}")


def _parsed(text: str) -> VerifierKey:
    try:
        return VerifierKey.parse(text)
    except NoteError as error:
        give_up(f"the verifier key cannot be used: {error}")


def _finish(checked: Sequence[tuple[Report, VerifierKey]], seams: Seams | None, given: bool) -> None:
    """Print what was found of each log and what does not fit between them, and leave with the code that says it."""
    for report, key in checked:
        _print(report, key, given)
    seam = None if seams is None else seams.finding()
    if seam is not None:
        print_table(("Between them", "BROKEN"), ("Where", seam.place), ("What", seam.message))
    if seam is not None or not all(report.sound for report, _ in checked):
        raise SystemExit(_FINDING)


def _print(report: Report, key: VerifierKey, given: bool) -> None:
    rows = [
        ("Log", key.name),
        ("Entries", f"{report.entries:,} recomputed"),
        ("Root", report.root.hex() if report.root else "not reached"),
        ("Signatures", _signatures(report)),
    ]
    if not given:
        rows.append(("Key", f"{key.encode()}: it came with the log; compare it with one from elsewhere"))
    if report.finding is None:
        print_table(*rows, ("Result", "sound: every entry and every hash fits, up to the root"))
        return
    print_table(*rows, ("Result", "BROKEN"), ("Where", report.finding.place), ("What", report.finding.message))


def _signatures(report: Report) -> str:
    if not report.signed_by:
        return "none that is valid"
    times = dict(report.witnessed)
    shown = [f"{name} at {_time(times[name])}" if name in times else name for name in report.signed_by]
    text = f"valid, by {', '.join(shown)}"
    return f"{text}; {report.unknown_signatures} by unknown keys" if report.unknown_signatures else text


def _time(seconds: int) -> str:
    moment = moment_of(seconds)
    return written(moment) if moment else f"an impossible time ({seconds})"
