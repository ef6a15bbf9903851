"""A throwaway PostgreSQL: a cluster of its own on loopback, gone with its data at the end."""

import asyncio
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
from sqlalchemy.engine import URL

from infra.local.child import Child, Command
from infra.local.ports import LOOPBACK, free_port
from infra.local.tether import tethered

_OWNER = "app"
_SERVER_USER = "postgres"
_IN_NO_HURRY_TO_DISK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class PostgresError(Exception):
    """PostgreSQL's server programs are not here or do not start; one line that says why."""


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running cluster with one superuser, who needs no password; `home` holds its data and its log."""

    port: int
    home: Path

    def url(self, database: str = "postgres") -> str:
        """The SQLAlchemy URL of a database, by asyncpg."""
        return URL.create("postgresql+asyncpg", _OWNER, None, LOOPBACK, self.port, database).render_as_string()

    async def create_database(self, name: str) -> str:
        """Create an empty database; returns its URL."""
        connection = await asyncpg.connect(host=LOOPBACK, port=self.port, user=_OWNER, database="postgres", ssl=False)
        try:
            await connection.execute(f'CREATE DATABASE "{name}"')
        finally:
            await connection.close()
        return self.url(name)


def server_programs() -> Path:
    """The directory of `initdb` and `postgres`: on the PATH, else Debian's newest. Raises PostgresError."""
    on_path = shutil.which("initdb")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    for directory in [*([Path(on_path).parent] if on_path else []), *reversed(debian)]:
        if (directory / "initdb").exists() and (directory / "postgres").exists():
            return directory
    raise PostgresError("PostgreSQL's server programs (initdb, postgres) are not on the PATH")


def _server_user() -> str:
    """PostgreSQL refuses to run as root; then it runs as the system's user for it."""
    if os.geteuid() != 0:
        return ""
    try:
        pwd.getpwnam(_SERVER_USER)
    except KeyError:
        raise PostgresError(f"root may not run PostgreSQL and there is no user {_SERVER_USER}") from None
    return _SERVER_USER


@asynccontextmanager
async def throwaway_postgres(start_bound: float = 60.0) -> AsyncIterator[Postgres]:
    """Start a cluster; at the end it is stopped and deleted. Raises PostgresError and ChildError.

    It does not wait for the disk (no fsync), so it is for tests alone.
    """
    programs, user = server_programs(), _server_user()
    with tempfile.TemporaryDirectory(prefix="postgres-") as name:
        home = Path(name)
        if user:
            shutil.chown(home, user)
        _initdb(programs, home, user)
        server = Postgres(free_port(), home)
        child = await Child.start(_server(programs, home, user, server), home / "log")
        try:
            await child.ready(start_bound)
            yield server
        finally:
            await child.stop(start_bound)


def _initdb(programs: Path, home: Path, user: str) -> None:
    options = ("-U", _OWNER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
    result = subprocess.run(
        tethered((str(programs / "initdb"), "-D", str(home / "data"), *options), user),
        cwd=home,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if result.returncode != 0:
        raise PostgresError(f"initdb failed: {result.stdout.strip()}")


def _server(programs: Path, home: Path, user: str, server: Postgres) -> Command:
    settings = [f"listen_addresses={LOOPBACK}", f"port={server.port}", "unix_socket_directories="]
    flags = [part for setting in (*settings, *_IN_NO_HURRY_TO_DISK) for part in ("-c", setting)]

    async def probe() -> bool:
        try:
            connection = await asyncpg.connect(
                host=LOOPBACK, port=server.port, user=_OWNER, database="postgres", ssl=False
            )
        except (OSError, asyncpg.PostgresError, TimeoutError, asyncio.IncompleteReadError):
            return False
        await connection.close()
        return True

    argv = (str(programs / "postgres"), "-D", str(home / "data"), *flags)
    return Command("postgres", argv, probe, user=user)
