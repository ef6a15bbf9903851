"""`careerpulse witness`: a small witness for somebody else's log, on a second machine or at a second organisation."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from infra.crypto.root_key import RootKeyError, secret_made_once
from services.audit.tlog.note import NoteError, VerifierKey
from services.audit.witness.cosignature import RECOMMENDED, SIGNERS, parse_signer

_KEY = "witness-key"
_directory = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="The witness's own directory: its key and what it has cosigned.",
)


@click.group()
def witness() -> None:
    """Cosign the checkpoints of a log that you do not run."""


@witness.command()
@_directory
@click.option("--name", required=True, help="The witness's name, like witness.example.org/one.")
@click.option(
    "--algorithm",
    type=click.Choice(list(SIGNERS)),
    help=f"Of a new key: {RECOMMENDED} if not given. A log whose software does not know it needs ed25519.",
)
def key(data: Path, name: str, algorithm: str | None) -> None:
    """Make the witness's key where there is none, and print its public half for the log's policy."""
    try:
        fresh = SIGNERS[algorithm or RECOMMENDED].generate(name)
        kept = parse_signer(secret_made_once(data / _KEY, fresh.encode().encode()).decode())
    except (NoteError, RootKeyError, OSError) as error:
        raise click.ClickException(str(error)) from error
    if kept.name != name:
        raise click.ClickException(f"{data / _KEY} is the key of {kept.name}; a witness keeps its name")
    if algorithm and kept.kind != fresh.kind:
        raise click.ClickException(
            f"{data / _KEY} is a key for {kept.kind.name}; for another give another directory and another name"
        )
    click.echo(kept.verifier().encode())


@witness.command()
@_directory
@click.option(
    "--log",
    "logs",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    multiple=True,
    required=True,
    help="A file with a log's verifier key, from a source you trust; once for each log, and for each key of one.",
)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8084, show_default=True)
def run(data: Path, logs: tuple[Path, ...], host: str, port: int) -> None:
    """Answer `POST /add-checkpoint` until a signal comes."""
    from infra.http.server import run as serve
    from services.audit.witness.app import build

    try:
        signer = parse_signer((data / _KEY).read_text())
        keys = [VerifierKey.parse(path.read_text().strip()) for path in logs]
    except FileNotFoundError as error:
        raise click.ClickException(f"{error.filename} is missing; make it with `careerpulse witness key`") from error
    except (NoteError, OSError) as error:
        raise click.ClickException(str(error)) from error
    serve("witness", partial(build, data, signer, keys, host, port), after=_nothing)


async def _nothing() -> None:
    """A witness waits for nobody."""
