"""`careerpulse keys`: the epochs of the root key, and its rotation."""

import asyncio
from pathlib import Path
from typing import Any

import click

from infra.clock import now, written
from infra.local.operator_calls import NotAnswered, ask
from infra.local.sockets import admin_socket

_PAUSE_SECONDS = 0.2
_data = click.option("--data", type=click.Path(path_type=Path), default=Path(".careerpulse"), show_default=True)


@click.group()
def keys() -> None:
    """The root key: its epochs and its rotation."""


@keys.command()
@_data
def rotate(data: Path) -> None:
    """Wrap every living key in a new epoch; the old one ends when the backup window has passed.

    An interrupted rotation goes on by itself; to call this again shows how far it is.
    """
    try:
        status = asyncio.run(_rotate(admin_socket("consent", data)))
    except NotAnswered as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt:
        raise click.ClickException("not watched any more; the rotation goes on in the service") from None
    click.echo(as_text(status))


@keys.command("status")
@_data
def show_status(data: Path) -> None:
    """Each epoch: its keys, when it began, and the date on which its secret is destroyed."""
    try:
        status = asyncio.run(ask(admin_socket("consent", data), "GET", "/keys/epochs"))
    except NotAnswered as error:
        raise click.ClickException(str(error)) from error
    click.echo(as_text(status))


def as_text(status: dict[str, Any]) -> str:
    """The status as a table."""
    lines = [f"{'epoch':>5}  {'keys':>9}  {'began':20}  secret"]
    lines += [
        f"{one['epoch']:>5}  {one['keys']:>9}  {one['began_at']:20}  {_fate(one, status)}" for one in status["epochs"]
    ]
    return "\n".join(lines)


def _fate(epoch: dict[str, Any], status: dict[str, Any]) -> str:
    if epoch["destroyed_at"]:
        pending = epoch["destroyed_at"] > written(now())
        return f"{'opens nothing any more, is ' if pending else ''}destroyed {epoch['destroyed_at']}"
    if epoch["ends_at"]:
        return f"is destroyed {epoch['ends_at']}, with every backup made in it"
    if epoch["epoch"] == status["current"]:
        following = status["rotates_at"]
        return "current" + (f", until the next one begins {following}" if following else "; rotated by command only")
    return f"is destroyed {status['backup_window_days']} days after its last key is wrapped anew"


async def _rotate(socket: Path) -> dict[str, Any]:
    status = await ask(socket, "POST", "/keys/rotation")
    with click.progressbar(length=status["left"], label=f"epoch {status['current']}", show_pos=True) as bar:
        while not status["finished"]:
            await asyncio.sleep(_PAUSE_SECONDS)
            before, status = status["left"], await ask(socket, "GET", "/keys/epochs")
            bar.update(before - status["left"])
    return status
