"""Bring a database to the newest version of its tables when the service starts.

Each service keeps its revisions in `services/<name>/migrations`, one after the other: `versions/r0007_what.py` is the
revision `0007`. Their `env.py` calls `infra.db.revisions.run_revisions`.
"""

from importlib import import_module
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from infra.db.engine import Database


async def migrate(database: Database, scripts: Path) -> None:
    """Apply what is missing of the revisions in `scripts`, in one transaction."""
    version_table = f"{database.service}_version"
    async with database.write() as connection:
        if await connection.run_sync(_version, version_table) != newest(scripts):
            # Alembic takes a tenth of a service's start to import, and nearly every start has nothing to apply.
            revisions = import_module("infra.db.revisions")
            await connection.run_sync(revisions.upgrade, scripts, version_table)


def newest(scripts: Path) -> str:
    """The last revision of `scripts`."""
    return max(path.name[1:5] for path in (scripts / "versions").glob("r[0-9]*.py"))


def _version(connection: Connection, version_table: str) -> str | None:
    if not inspect(connection).has_table(version_table):
        return None
    return connection.execute(text(f"SELECT version_num FROM {version_table}")).scalar()  # noqa: S608 - a name of ours
