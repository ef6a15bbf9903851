"""A database for each service that stores: SQLite files, or databases of a PostgreSQL server."""

from collections.abc import Sequence
from pathlib import Path

import asyncpg
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError


class DatabaseError(Exception):
    """DATABASE_URL cannot serve; says why."""


def sqlite_databases(data: Path, services: Sequence[str]) -> dict[str, str]:
    """The URL of each service's own file in the data directory."""
    return {service: f"sqlite+aiosqlite:///{data.absolute() / service}.db" for service in services}


async def postgres_databases(url: str, services: Sequence[str], *, fresh: bool = False) -> dict[str, str]:
    """The URL of each service's database `<name>_<service>` beside the one of `url`; created where it is missing.

    `fresh` makes them anew: for stores that may not outlive a broker that keeps nothing. These are called
    `<name>_embedded_<service>`, so nothing else is ever dropped. Raises DatabaseError.
    """
    server = _server(url)
    prefix = f"{server.database}_embedded" if fresh else server.database
    names = {service: f"{prefix}_{service}" for service in services}
    try:
        connection = await asyncpg.connect(server.set(drivername="postgresql").render_as_string(hide_password=False))
    except (OSError, asyncpg.PostgresError) as error:
        raise DatabaseError(f"no connection to {server.render_as_string()}: {error}") from error
    try:
        for name in names.values():
            await _create(connection, name, fresh=fresh)
    finally:
        await connection.close()
    target = server.set(drivername="postgresql+asyncpg")
    return {
        service: target.set(database=name).render_as_string(hide_password=False) for service, name in names.items()
    }


def _server(url: str) -> URL:
    try:
        server = make_url(url)
    except ArgumentError as error:
        raise DatabaseError(f"DATABASE_URL is no database URL: {error}") from error
    if server.get_backend_name() != "postgresql" or not server.database:
        raise DatabaseError(
            "DATABASE_URL must be postgresql://USER@HOST/NAME here; without it each service has an SQLite file"
        )
    return server


async def _create(connection: asyncpg.Connection, name: str, *, fresh: bool) -> None:
    quoted = '"' + name.replace('"', '""') + '"'
    if fresh:
        await connection.execute(f"DROP DATABASE IF EXISTS {quoted} WITH (FORCE)")
    elif await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
        return
    await connection.execute(f"CREATE DATABASE {quoted}")
