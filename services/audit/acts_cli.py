"""`careerpulse audit act`: who did it and why, opened at a running audit service and held against its entry here.

Exit codes: 0 opened and bound, 1 what was answered is not what the entry binds, 2 it was not opened.
"""

from pathlib import Path
from typing import Any

import click
import orjson

from infra.crypto.salted_fields import SaltedField, commit
from services.audit.calling import posted
from services.audit.printing import give_up, print_table

_UNBOUND = 1


@click.command("act")
@click.argument("url")
@click.argument("index", type=click.IntRange(min=0))
@click.option(
    "--token-file", type=click.Path(path_type=Path), required=True, help="A file with your officer's token."
)
@click.option("--purpose", required=True, help="Why you look; it is kept sealed with the entry that this leaves.")
@click.option("--key", type=click.Choice(["review", "access"]), default="review", show_default=True)
def act_command(url: str, index: int, token_file: Path, purpose: str, key: str) -> None:
    """Open the act behind entry INDEX at the audit service URL: who, for which purpose, what was decided and why."""
    asked = orjson.dumps({"purpose": purpose, "key": key})
    try:
        with posted(url, f"/v1/audit/entries/0/{index}/act", token_file, asked) as answer:
            opened: dict[str, Any] = orjson.loads(answer.read())
    except (OSError, ValueError) as error:
        give_up(str(error))
    entry, fields = opened["entry"], opened["fields"]
    bound = commit([_field(one) for one in fields]) == entry.get("commitment")
    print_table(
        ("entry", f"{index}: {entry['type']} by {entry['actor']} at {entry['time']}"),
        *((one["name"], one["value"]) for one in fields),
        ("result", "this is what the entry binds" if bound else "BROKEN: the entry binds something else"),
    )
    if not bound:
        raise SystemExit(_UNBOUND)


def _field(one: dict[str, str]) -> SaltedField:
    return SaltedField(one["name"], bytes.fromhex(one["salt"]), one["value"].encode())
