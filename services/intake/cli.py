"""`careerpulse org`: organisations whose platforms hand in for their employees."""

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import click

from infra.local.sockets import admin_socket
from schemas.purposes import LEGAL_BASES


class NotAdded(Exception):
    """The organisation was not registered; says why and what to do."""


@click.group()
def org() -> None:
    """Organisations and their credentials."""


@org.command()
@click.argument("tenant", metavar="ID")
@click.option("--name", required=True, help="The organisation's legal name, the controller of the data.")
@click.option(
    "--basis",
    type=click.Choice([basis for basis in LEGAL_BASES if basis != "consent"]),
    required=True,
    help="The legal basis on which it processes its employees' assessments (GDPR Art. 6(1), Art. 88).",
)
@click.option("--notice", default="employees-1", show_default=True, help="The notice that employees were given.")
@click.option("--data", type=click.Path(path_type=Path), default=Path(".careerpulse"), show_default=True)
def add(tenant: str, name: str, basis: str, notice: str, data: Path) -> None:
    """Register an organisation under ID, or give one that is registered a new secret."""
    try:
        credentials = asyncio.run(register(admin_socket("intake", data), tenant, name, basis, notice))
    except NotAdded as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"client id      {credentials['client_id']}")
    click.echo(f"client secret  {credentials['client_secret']}")
    click.echo("The secret is shown this once; only its hash is kept.")


async def register(socket: Path, tenant: str, name: str, basis: str, notice: str) -> dict[str, str]:
    """The credentials of a registered organisation. Raises NotAdded."""
    new = {"tenant": tenant, "name": name, "legal_basis": basis, "notice": notice}
    try:
        async with (
            aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(socket))) as session,
            session.post("http://admin/organisations", json=new) as response,
        ):
            answer: dict[str, Any] = await response.json(content_type=None)
    except OSError as error:
        raise NotAdded(f"no intake listens at {socket}; start it with 'careerpulse up'") from error
    if response.status != 201:
        raise NotAdded(f"{answer.get('title')}: {answer.get('detail')}")
    return answer
