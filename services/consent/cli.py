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
    help="The published key (GET /v1/receipts/key). Without it nobody knows who signed.",
)
def verify_receipt(file: Path, key: Path | None) -> None:
    """Verify the receipt in FILE without asking anybody.

    Exit code 0 where the key of --key has signed it, 1 where it proves nothing, 2 where it is whole but, without
    --key, may have been signed by anybody.
    """
    try:
        verified = verify(file.read_bytes(), from_pem(key.read_bytes()) if key else None)
    except NotVerified as error:
        click.echo(f"not verified: {error}", err=True)
        sys.exit(1)
    click.echo(orjson.dumps(verified.document, option=orjson.OPT_INDENT_2).decode())
    if not verified.pinned:
        click.echo(
            f"not verified: whoever has key {verified.key_id} signed this, and that may be anybody; fetch the "
            "published key (GET /v1/receipts/key) and give it with --key",
            err=True,
        )
        sys.exit(2)
    click.echo(f"verified: signature by key {verified.key_id}, checked against the key given")
