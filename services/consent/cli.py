"""Commands about consent that need no server."""

import sys
from pathlib import Path

import click
import orjson

from services.consent.erasure.receipt import NotVerified, from_pem, verify


@click.group()
def receipt() -> None:
    """Receipts of erasures."""


@receipt.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--key",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The published key (GET /v1/receipts/key).",
)
def verify_receipt(file: Path, key: Path | None) -> None:
    """Verify the receipt in FILE without asking anybody. Exit code 1 where it proves nothing."""
    try:
        verified = verify(file.read_bytes(), from_pem(key.read_bytes()) if key else None)
    except NotVerified as error:
        click.echo(f"not verified: {error}", err=True)
        sys.exit(1)
    click.echo(orjson.dumps(verified.document, option=orjson.OPT_INDENT_2).decode())
    against = "the key given" if verified.pinned else "the key inside; compare its id with the published one"
    click.echo(f"verified: signature by key {verified.key_id}, checked against {against}")
