"""The command line, and the one place that knows all services: each command is loaded when it is called."""

import asyncio
import importlib
import importlib.util
import os
import signal
import sys
from pathlib import Path
from typing import Any

import click

from infra.local.services import SERVICES

COMMANDS = {
    "assess": "services.methodology.cli:assess",
    "audit": "services.audit.cli:audit",
    "client": "services.client.cli:client",
    "dead-letters": "services.audit.operations.cli:dead_letters",
    "demo": "services.demo.cli:demo",
    "income": "services.methodology.income_cli:income",
    "keys": "services.consent.keys.cli:keys",
    "officer": "services.audit.officers.cli:officer",
    "org": "services.intake.cli:org",
    "privacy": "services.consent.privacy_cli:privacy",
    "replay": "services.intake.advice.replay_cli:replay",
    "receipt": "services.consent.cli:receipt",
    "signal": "services.intake.signals_cli:signal",
    "witness": "services.audit.witness.cli:witness",
}
"""Commands that other packages bring, by dotted name."""

RUN_SERVICE = (sys.executable, "-m", "services.cli", "run", "{service}")
"""The command line of one service, as a stack starts it."""

DATA = Path(".careerpulse")

data_option = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=DATA,
    show_default=True,
    help="Where data lies.",
)
broker_option = click.option(
    "--broker",
    type=click.Choice(["auto", "apache", "embedded"]),
    default="auto",
    show_default=True,
    envvar="CAREERPULSE_BROKER",
    help="Which broker: the given one, else Apache Kafka, else the embedded one.",
)
database_option = click.option(
    "--database", envvar="DATABASE_URL", help="A PostgreSQL server; without it each service has an SQLite file."
)


def load(name: str) -> Any:
    """The object that `package.module:attribute` names."""
    module, _, attribute = name.partition(":")
    return getattr(importlib.import_module(module), attribute)


class LazyGroup(click.Group):
    """A group that imports the module of a command when it is asked for, and lists those that are installed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *filter(self._installed, COMMANDS)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS or not self._installed(cmd_name):
            return super().get_command(ctx, cmd_name)
        command: click.Command = load(COMMANDS[cmd_name])
        return command

    @staticmethod
    def _installed(name: str) -> bool:
        return importlib.util.find_spec(COMMANDS[name].partition(":")[0]) is not None


@click.group(cls=LazyGroup)
@click.version_option(package_name="careerpulse")
def main() -> None:
    """How future-proof is a career? Assessed, explained, audited, and erased when asked."""


@main.command()
@click.argument("service", type=click.Choice([service.name for service in SERVICES]))
def run(service: str) -> None:
    """Run one SERVICE against given KAFKA_BOOTSTRAP_SERVERS and DATABASE_URL."""
    from environs.exceptions import EnvError

    start = load(f"services.{service}.app:main")
    try:
        start()
    except EnvError as error:
        raise click.ClickException(f"{service} cannot start: {error}") from error


@main.command()
@broker_option
@database_option
@data_option
def up(broker: Any, database: str | None, data: Path) -> None:
    """Run a broker and all services on this machine, until Ctrl-C."""
    from infra.local.broker import BrokerError
    from infra.local.child import ChildError
    from infra.local.databases import DatabaseError
    from infra.local.stack import StackError
    from infra.local.topics import TopicError

    try:
        asyncio.run(_up(broker, database, data))
    except (KeyboardInterrupt, asyncio.CancelledError):
        click.echo("all ended")
    except (BrokerError, ChildError, DatabaseError, StackError, TopicError) as error:
        raise click.ClickException(str(error)) from error


async def _up(broker: Any, database: str | None, data: Path) -> None:
    from infra.local.stack import Stack
    from schemas.topics import TOPICS

    if task := asyncio.current_task():
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    async with Stack(data, RUN_SERVICE, TOPICS, broker=broker, database_url=database, notice=click.echo) as stack:
        click.echo(f"broker   {stack.bootstrap}")
        for name, url in stack.urls.items():
            click.echo(f"{name:8} {url}")
        click.echo(f"logs     {stack.logs}\nCtrl-C ends all")
        raise click.ClickException(await stack.broken())


@main.command()
def topics() -> None:
    """Create the topics at KAFKA_BOOTSTRAP_SERVERS, or bring their settings up to date."""
    from infra.local.topics import TopicError, create
    from schemas.topics import TOPICS

    bootstrap = os.environ.get("KAFKA_BOOTSTRAP_SERVERS")
    if not bootstrap:
        raise click.ClickException("KAFKA_BOOTSTRAP_SERVERS is missing, for example kafka:9092")
    try:
        created = asyncio.run(create(bootstrap, TOPICS))
    except TopicError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"created: {', '.join(created) or 'nothing, all are there'}")


@main.command("secrets")
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
def create_secrets(directory: Path) -> None:
    """Make the secrets of a deployment in DIRECTORY, where they are missing, and name its user in .env beside it."""
    from infra.container import secrets

    created = secrets.create_secrets(directory)
    secrets.write_user(directory.absolute().parent / ".env")
    click.echo(f"{len(created)} new files in {directory}, owned by user {secrets.container_user()[0]}")


if __name__ == "__main__":
    main()
