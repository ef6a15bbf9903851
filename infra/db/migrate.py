"""Bring a database to the newest version of its tables when the service starts.

Each service keeps its revisions in `services/<name>/migrations`; their `env.py` calls `run_revisions`.
"""

from pathlib import Path

from alembic import command, context
from alembic.config import Config
from sqlalchemy import Connection

from infra.db.engine import Database


async def migrate(database: Database, scripts: Path) -> None:
    """Apply what is missing of the revisions in `scripts`, in one transaction."""
    async with database.write() as connection:
        await connection.run_sync(_upgrade, scripts, f"{database.service}_version")


def run_revisions() -> None:
    """For `env.py`: run on the connection that `migrate` hands over."""
    attributes = context.config.attributes
    context.configure(connection=attributes["connection"], version_table=attributes["version_table"])
    context.run_migrations()


def _upgrade(connection: Connection, scripts: Path, version_table: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes.update(connection=connection, version_table=version_table)
    command.upgrade(config, "head")
