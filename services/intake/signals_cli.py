"""`careerpulse signal`: market signals of the operator, beside those that the methodology publishes."""

import asyncio
import json
from pathlib import Path
from typing import Any, TextIO

import aiohttp
import click

from infra.local.sockets import admin_socket

data_option = click.option(
    "--data",
    type=click.Path(path_type=Path),
    default=Path(".careerpulse"),
    show_default=True,
    help="Where data lies.",
)


class NotChanged(Exception):
    """Nothing was changed; says why and what would be right."""


@click.group()
def signal() -> None:
    """Market signals: shown beside every score and part of none. Each change stands in the audit log."""


@signal.command()
@click.argument("file", type=click.File("r", encoding="utf-8"))
@data_option
def add(file: TextIO, data: Path) -> None:
    """Add the signal in FILE, JSON; - reads from standard input.

    It has an id, a statement, its publisher, the source where it was read, its month (date), the day it was last
    checked, a grade A to D, primary_checked, and added_by: who answers for it. All of it is told to everybody.
    """
    try:
        document = json.load(file)
    except ValueError as error:
        raise click.ClickException(f"{file.name} is not JSON: {error}") from error
    _change(data, "POST", "/signals", document)
    click.echo(f"added    {document['id']}")


@signal.command()
@click.argument("name", metavar="ID")
@data_option
def remove(name: str, data: Path) -> None:
    """Take the signal ID back. Those of the methodology stay: they are part of a published version."""
    _change(data, "DELETE", f"/signals/{name}")
    click.echo(f"removed  {name}")


@signal.command("list")
@data_option
def listed(data: Path) -> None:
    """The signals that were added here."""
    for one in _change(data, "GET", "/signals")["signals"]:
        click.echo(f"{one['id']}  {one['date']}  grade {one['grade']}  {one['statement']}")
        click.echo(f"    {one['publisher']}; {one['source']}; added by {one['added_by']} at {one['added_at']}")


def _change(data: Path, method: str, path: str, document: object = None) -> dict[str, Any]:
    try:
        return asyncio.run(ask(admin_socket("intake", data), method, path, document))
    except NotChanged as error:
        raise click.ClickException(str(error)) from error


async def ask(socket: Path, method: str, path: str, document: object = None) -> dict[str, Any]:
    """The answer of intake's admin socket. Raises NotChanged."""
    try:
        async with (
            aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(socket))) as session,
            session.request(method, f"http://admin{path}", json=document) as response,
        ):
            answer: dict[str, Any] = await response.json(content_type=None)
    except OSError as error:
        raise NotChanged(f"no intake listens at {socket}; start it with 'careerpulse up'") from error
    if response.status >= 400:
        faults = "".join(f"\n  {one['pointer']}: {one['detail']}" for one in answer.get("errors", ()))
        raise NotChanged(f"{answer.get('title')}. {answer.get('detail', '')}".rstrip() + faults)
    return answer
