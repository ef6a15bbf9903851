"""`careerpulse dead-letters`: look at what no reader could use, and send it again."""

import asyncio
import secrets
from pathlib import Path
from typing import Any

import click

from infra.local.operator_calls import NotAnswered, ask
from infra.local.sockets import admin_socket
from services.audit.printing import print_table

_NO_REPLAY = {
    "unreadable": "it is no dead letter of ours, or names a topic that there is not",
    "not-carried": "the record was too large to be copied",
    "in-order": "entries of an outbox count in their order; a late one changes nothing",
}
_data = click.option("--data", type=click.Path(path_type=Path), default=Path(".careerpulse"), show_default=True)


class Place(click.ParamType):
    """A dead letter by its topic and offset."""

    name = "letter"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The place itself, where it is one."""
        topic, _, offset = value.partition("/")
        if not topic.startswith("dead.") or not offset.isdecimal():
            self.fail(f"{value} must be like dead.scoring/7, as the list shows it", param, ctx)
        return value


@click.group("dead-letters")
def dead_letters() -> None:
    """Records that no reader could use: look, and replay. Their content is never shown."""


@dead_letters.command("list")
@_data
def listed(data: Path) -> None:
    """Show the newest of each service."""
    found = _told(data, "GET", "/dead-letters")["letters"]
    for one in found:
        click.echo(f"{one['id']:20} {one['at']}  {one['cause'] or '':28} {one['reason'] or 'unreadable'}")
    if not found:
        click.echo("There is none.")


@dead_letters.command()
@click.argument("letter", type=Place())
@_data
def show(letter: str, data: Path) -> None:
    """Show one LETTER, such as dead.scoring/7."""
    _print(_told(data, "GET", f"/dead-letters/{letter}"))


@dead_letters.command()
@click.argument("letter", type=Place())
@click.option("--reason", required=True, help="Why it will be usable now; an entry of the log binds it.")
@_data
def replay(letter: str, reason: str, data: Path) -> None:
    """Send the record of LETTER to its topic again. It has its effect once, however often it is sent."""
    asked = {"replay": secrets.token_hex(16), "reason": reason}
    _print(_told(data, "POST", f"/dead-letters/{letter}/replay", asked))


def _print(told: dict[str, Any]) -> None:
    print_table(
        ("Dead letter", told["id"]),
        ("Set aside", f"{told['at']} by {told['consumer'] or 'nobody that is known'}"),
        ("Why", told["reason"] or "unreadable"),
        ("First stood at", told["cause"] or "unknown"),
        ("Size", f"{told['bytes']:,} bytes"),
        ("Can be replayed", f"no: {_NO_REPLAY[told['no_replay']]}" if told["no_replay"] else "yes"),
        ("Replayed", ", ".join(told["replayed"]) or "never"),
    )


def _told(data: Path, method: str, path: str, body: object | None = None) -> dict[str, Any]:
    try:
        return asyncio.run(ask(admin_socket("audit", data), method, path, body))
    except NotAnswered as error:
        raise click.ClickException(str(error)) from error
