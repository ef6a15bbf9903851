"""`careerpulse org`: organisations whose platforms hand in for their employees."""

import asyncio
import json
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote

import aiohttp
import click

from infra.local.sockets import admin_socket
from schemas.boundary import EXCEPTIONAL
from schemas.privacy_request import REQUEST_TYPES
from schemas.purposes import EMPLOYER_BASES


class NotAdded(Exception):
    """The organisation was not registered, or not ended; says why and what to do."""


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
@click.option("--notice", default="employees-3", show_default=True, help="The notice that employees were given.")
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
@click.option("--sandbox", is_flag=True, help="It is for trying things out, with made-up people; ID is sandbox-….")
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


@org.command("list")
@_data
def listed(data: Path) -> None:
    """Show every organisation."""
    found = _told(data, "GET", "/organisations")["organisations"]
    for one in found:
        click.echo(
            f"{one['tenant']:40} {'' if one['enabled'] else 'disabled  '}{'test data  ' if one['sandbox'] else ''}"
            f"{one['name']}, since {one['since'][:10]}"
        )
    if not found:
        click.echo("There is none yet; 'careerpulse org add' registers one.")


@org.command()
@click.argument("tenant", metavar="ID")
@_data
def rotate(tenant: str, data: Path) -> None:
    """Give the organisation ID a new secret; the old one ends at once, tokens within ten minutes."""
    credentials = _told(data, "POST", f"/organisations/{quote(tenant, safe='')}/secret")
    click.echo(f"client secret  {credentials['client_secret']}")
    click.echo("The secret is shown this once; only its hash is kept.")


@org.command("partner-key")
@click.argument("tenant", metavar="ID")
@click.option(
    "--overlap",
    type=click.IntRange(0, 9_999),
    default=168,
    show_default=True,
    help="For how many hours the former key goes on, so that it can be replaced where it is used.",
)
@_data
def partner_key(tenant: str, overlap: int, data: Path) -> None:
    """Give the organisation ID a key for its applicant-tracking system, which opens nothing else."""
    try:
        key = asyncio.run(partner_key_of(admin_socket("intake", data), tenant, overlap))
    except NotAdded as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"partner key    {key}")
    click.echo("The key is shown this once; only its hash is kept.")


@org.command()
@click.argument("tenant", metavar="ID")
@_data
def disable(tenant: str, data: Path) -> None:
    """Let nobody log in as the organisation ID; 'careerpulse org rotate' lets it in again."""
    _told(data, "POST", f"/organisations/{quote(tenant, safe='')}/disable")
    click.echo(f"{tenant} gets no new token, those it has open nothing any more, and its partner keys have ended.")


@org.command("allow-use")
@click.argument("tenant", metavar="ID")
@click.argument("use", type=click.Choice(EXCEPTIONAL))
@click.option("--reason", help="Why, in 10 characters at least: it stands in the audit log, bound to its entry.")
@click.option("--revoke", is_flag=True, help="Allow it no more; the organisation's boundary for it ends.")
@_data
def allow_use(tenant: str, use: str, reason: str | None, revoke: bool, data: Path) -> None:
    """Allow the organisation ID to set a boundary for hiring or dismissal, which is refused without this.

    A score that others draw strongly on is itself a decision (CJEU C-634/21): have a basis in Art. 22(2) GDPR first.
    """
    path = f"/organisations/{quote(tenant, safe='')}/uses/{use}"
    if revoke:
        _told(data, "DELETE", path)
        click.echo(f"{tenant} may not declare {use} any more; a boundary for it has ended.")
        return
    if not reason:
        raise click.UsageError("say why with --reason, or take it back with --revoke")
    _told(data, "PUT", path, json.dumps({"reason": reason}).encode())
    click.echo(f"{tenant} may set a boundary for {use}; that and why stands in the audit log.")


@org.command("rotate-token-key")
@_data
def rotate_token_key(data: Path) -> None:
    """Sign access tokens with a new key; tokens in use hold to their end.

    The key before the former one is forgotten: leave ten minutes between two rotations.
    """
    click.echo(f"Access tokens are signed with the key {_told(data, 'POST', '/token-key')['kid']} from now on.")


@org.command("rotate-inbound-key")
@_data
def rotate_inbound_key(data: Path) -> None:
    """Let platforms seal what they hand in over Kafka to a new key.

    What was sealed to the former one opens until the next rotation, 26 hours later at the earliest.
    """
    told = _told(data, "POST", "/inbound-key")
    click.echo(f"Platforms seal to the key {told['kid']} from now on; it is published for them.")


def _told(data: Path, method: str, path: str, body: bytes = b"") -> dict[str, Any]:
    try:
        return asyncio.run(_asked(admin_socket("intake", data), method, path, body, 200))
    except NotAdded as error:
        raise click.ClickException(str(error)) from error


@org.command()
@click.argument("tenant", metavar="ID")
@click.option(
    "--public-key",
    type=click.File("rb"),
    required=True,
    help="A public JWK on P-256 or X25519; results and errors are sealed to it.",
)
@click.option("--data", type=click.Path(path_type=Path), default=Path(".careerpulse"), show_default=True)
def kafka(tenant: str, public_key: BinaryIO, data: Path) -> None:
    """Give the organisation ID topics of its own, or a new key to seal to."""
    try:
        topics = asyncio.run(open_topics(admin_socket("intake", data), tenant, public_key.read()))
    except NotAdded as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"hand in to        {topics[0]}\nerrors come in    {topics[1]}\nresults come in   {topics[2]}")


@org.command()
@click.argument("tenant", metavar="ID")
@click.option("--yes", is_flag=True, help="Do not ask again.")
@_data
def end(tenant: str, yes: bool, data: Path) -> None:
    """End the contract with an organisation: its credentials end, and all of its people are erased.

    Let it fetch its results first: what is erased cannot be returned any more (GDPR Art. 28(3)(g)).
    """
    if not yes:
        click.confirm(f"Erase every person of {tenant}? Nothing brings them back", abort=True)
    try:
        asyncio.run(_asked(admin_socket("intake", data), "POST", f"/organisations/{tenant}/end", b"", 200))
    except NotAdded as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{tenant} has ended; its people are erased batch by batch: see 'careerpulse privacy report'")


async def partner_key_of(socket: Path, tenant: str, overlap: int) -> str:
    """A new partner key of the organisation; the former ones end after so many hours. Raises NotAdded."""
    path = f"/organisations/{quote(tenant, safe='')}/partner-key/{overlap}"
    key: str = (await _asked(socket, "POST", path, b"", 200))["partner_key"]
    return key


async def open_topics(socket: Path, tenant: str, public_key: bytes) -> list[str]:
    """The names of the organisation's topics. Raises NotAdded."""
    topics: list[str] = (await _asked(socket, "PUT", f"/organisations/{tenant}/kafka", public_key, 200))["topics"]
    return topics


async def register(socket: Path, tenant: str, name: str, basis: str, notice: str, **terms: Any) -> dict[str, str]:
    """The credentials of a registered organisation; `terms` as `schemas.keys.RegisterTenant`. Raises NotAdded."""
    new = {"tenant": tenant, "name": name, "legal_basis": basis, "notice": notice, **terms}
    return await _asked(socket, "POST", "/organisations", json.dumps(new).encode(), 201)


async def _asked(socket: Path, method: str, path: str, body: bytes, expected: int) -> dict[str, Any]:
    try:
        async with (
            aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(socket))) as session,
            session.request(method, f"http://admin{path}", data=body) as response,
        ):
            answer: dict[str, Any] = await response.json(content_type=None)
    except OSError as error:
        raise NotAdded(f"no intake listens at {socket}; start it with 'careerpulse up'") from error
    if response.status != expected:
        raise NotAdded(f"{answer.get('title')}: {answer.get('detail')}")
    return answer
