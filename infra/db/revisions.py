"""Revisions as alembic applies them, on the connection that `migrate` has open."""

from pathlib import Path

from alembic import command, context
from alembic.config import Config
from sqlalchemy import Connection


def run_revisions() -> None:
    """For `env.py`: run on the connection that was handed over."""
    attributes = context.config.attributes
    context.configure(connection=attributes["connection"], version_table=attributes["version_table"])
    context.run_migrations()


def upgrade(connection: Connection, scripts: Path, version_table: str) -> None:
    """Apply what is missing."""
    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes.update(connection=connection, version_table=version_table)
    command.upgrade(config, "head")
