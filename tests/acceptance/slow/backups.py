"""Backups of the stores' databases, as operators make them: copies of files, or dumps of PostgreSQL's databases."""

import asyncio
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy.engine import make_url

from infra.local.postgres import Postgres, server_programs


class Backup(Protocol):
    """A backup of some stores; it is made, and put back, with the services stopped."""

    async def make(self) -> None:
        """Back up what is there."""

    async def put_back(self) -> None:
        """Put the backup in the place of what is there."""


def backup_of(
    stores: Sequence[str], cluster: Postgres | None, database: str | None, data: Path, place: Path
) -> Backup:
    """The backup, in `place`, of these stores of the stack over `data` and, where there is one, over `database`."""
    place.mkdir()
    if cluster is None or database is None:
        return Copies(stores, data, place)
    return Dumps([f"{make_url(database).database}_{store}" for store in stores], cluster, place)


@dataclass(frozen=True, slots=True)
class Copies:
    """Copies of the files in `data`."""

    stores: Sequence[str]
    data: Path
    place: Path

    async def make(self) -> None:
        """See Backup."""
        for file in self._files():
            shutil.copy2(file, self.place)

    async def put_back(self) -> None:
        """See Backup."""
        for file in self._files():
            file.unlink()
        for file in self.place.iterdir():
            shutil.copy2(file, self.data)

    def _files(self) -> list[Path]:
        found = [file for store in self.stores for file in self.data.glob(f"{store}.db*") if file.suffix != ".lock"]
        assert found, f"no database of {self.stores} in {self.data}"
        return found


@dataclass(frozen=True, slots=True)
class Dumps:
    """Dumps of the databases by PostgreSQL's own programs."""

    databases: Sequence[str]
    cluster: Postgres
    place: Path

    async def make(self) -> None:
        """See Backup."""
        for database in self.databases:
            await self._run("pg_dump", "--format=custom", f"--file={self.place / database}", database)

    async def put_back(self) -> None:
        """See Backup."""
        for database in self.databases:
            await self._run("dropdb", "--force", database)
            await self._run("createdb", database)
            await self._run("pg_restore", "--exit-on-error", f"--dbname={database}", str(self.place / database))

    async def _run(self, program: str, *arguments: str) -> None:
        server = make_url(self.cluster.url())
        where = {"PGHOST": str(server.host), "PGPORT": str(server.port), "PGUSER": str(server.username)}
        found = shutil.which(program, path=os.pathsep.join((os.environ["PATH"], str(server_programs()))))
        assert found, f"{program} is neither on the PATH nor beside the server's programs"
        running = await asyncio.create_subprocess_exec(found, *arguments, env=os.environ | where)
        assert await running.wait() == 0, program
