"""`careerpulse org`: organisations whose platforms hand in for their employees."""

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import click

from infra.local.sockets import admin_socket
from schemas.privacy_request import REQUEST_TYPES
from schemas.purposes import EMPLOYER_BASES


class NotAdded(Exception):
    """The organisation was not registered; says why and what to do."""


_data = click.option("--data", type=click.Path(path_type=Path), default=Path(".careerpulse"), show_default=True)


@click.group()
def org() -> None:
    """Organisations and their credentials."""


@org.command()
@click.argument("tenant", metavar="ID")
@click.option("--name", required=True, help="The organisation's legal name, the controller of the data.")
@click.option(
    "--basis",
    type=click.Choice(EMPLOYER_BASES),
    required=True,
    help="The legal basis on which it processes its employees' assessments (GDPR Art. 6(1), Art. 88).",
)
@click.option("--notice", default="employees-1", show_default=True, help="The notice that employees were given.")
@click.option("--contact", default="", help="Where its data protection officer is reached; stands in every record.")
@click.option("--agreement", help="The works-council agreement or national law, by reference (for employment-law).")
@click.option(
    "--instruct",
    "instructs",
    multiple=True,
    type=click.Choice(REQUEST_TYPES),
    help="A request of its employees that is carried out by standing instruction; the others wait for its word.",
)
@click.option("--research", is_flag=True, help="It instructs research with its people's data; off without it.")
@_data
def add(tenant: str, name: str, basis: str, notice: str, data: Path, **terms: Any) -> None:
    """Register an organisation under ID, or give one that is registered new terms and a new secret."""
    try:
        credentials = asyncio.run(register(admin_socket("intake", data), tenant, name, basis, notice, **terms))
    except NotAdded as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"client id      {credentials['client_id']}")
    click.echo(f"client secret  {credentials['client_secret']}")
    click.echo("The secret is shown this once; only its hash is kept.")


async def register(socket: Path, tenant: str, name: str, basis: str, notice: str, **terms: Any) -> dict[str, str]:
    """The credentials of a registered organisation; `terms` as `schemas.keys.RegisterTenant`. Raises NotAdded."""
    new = {"tenant": tenant, "name": name, "legal_basis": basis, "notice": notice, **terms}
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
