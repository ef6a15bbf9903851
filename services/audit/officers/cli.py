"""`careerpulse officer`: who may use the officers' console."""

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click

from infra.local.operator_calls import NotAnswered, ask
from infra.local.sockets import admin_socket
from services.audit.officers.roles import ROLES

_data = click.option("--data", type=click.Path(path_type=Path), default=Path(".careerpulse"), show_default=True)


@click.group()
def officer() -> None:
    """Officers: who may use the console, and in which role."""


@officer.command()
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice(ROLES),
    required=True,
    help="auditor: reads and opens; overseer: also decides reviews; operator: sees the work, replays dead letters.",
)
@_data
def add(name: str, role: str, data: Path) -> None:
    """Register NAME and print, once, how they log in for the first time."""
    admission = _told(data, "POST", "/officers", {"name": name, "role": role})
    click.echo(f"name               {name}")
    click.echo(f"one-time password  {admission['password']}")
    click.echo(f"authenticator      {admission['uri']}")
    click.echo("Both are shown this once. The password is changed at the first log-in.")


@officer.command("list")
@_data
def listed(data: Path) -> None:
    """Show every officer."""
    found = _told(data, "GET", "/officers")["officers"]
    for one in found:
        token = f"  token since {one['token_since'][:10]}" if one["token_since"] else ""
        click.echo(f"{one['name']:40} {one['role']:9} since {one['since'][:10]}{token}")
    if not found:
        click.echo("There is none yet; 'careerpulse officer add' registers one.")


@officer.command()
@click.argument("name")
@_data
def remove(name: str, data: Path) -> None:
    """Let NAME in no more; open sessions end at once."""
    _told(data, "DELETE", f"/officers/{quote(name, safe='')}")
    click.echo(f"{name} is no officer any more; what they did stays in the log.")


@officer.command()
@click.argument("name")
@click.option("--file", type=click.Path(path_type=Path), help="Write it to this file, which only you can read.")
@click.option("--revoke", is_flag=True, help="End NAME's token instead.")
@_data
def token(name: str, file: Path | None, revoke: bool, data: Path) -> None:
    """Make a token by which NAME uses /v1 in their role, and print it once; NAME's earlier one ends."""
    path = f"/officers/{quote(name, safe='')}/token"
    if revoke:
        _told(data, "DELETE", path)
        click.echo(f"{name} has no token any more.")
        return
    made = _told(data, "POST", path)["token"]
    if file is None:
        click.echo(made)
        return
    file.touch(mode=0o600)
    file.chmod(0o600)
    file.write_text(f"{made}\n")
    click.echo(f"Written to {file}; what it does stands in the log under the name of {name}.")


def _told(data: Path, method: str, path: str, body: object | None = None) -> dict[str, Any]:
    try:
        return asyncio.run(ask(admin_socket("audit", data), method, path, body))
    except NotAnswered as error:
        raise click.ClickException(str(error)) from error
