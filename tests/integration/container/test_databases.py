"""The set-up script of the deployment's PostgreSQL, over a real server."""

import asyncio
import os
from pathlib import Path

import asyncpg

from infra.container import secrets
from infra.local.postgres import Postgres, server_programs

SCRIPT = Path(secrets.__file__).with_name("databases.sh")


async def test_each_store_gets_a_role_and_a_database_that_no_other_enters(
    tmp_path: Path, postgres_cluster: Postgres
) -> None:
    # Given the secrets of a deployment
    secrets.create_secrets(tmp_path)
    environment = {
        "PATH": f"{server_programs()}:{os.environ['PATH']}",
        "SECRETS": str(tmp_path / "postgres"),
        "PGHOST": "127.0.0.1",
        "PGPORT": str(postgres_cluster.port),
        "PGUSER": "app",
    }

    # When the script runs
    process = await asyncio.create_subprocess_exec(SCRIPT, env=environment, stderr=asyncio.subprocess.PIPE)
    _, errors = await process.communicate()
    assert (process.returncode, errors) == (0, b"")

    # Then the roles own their databases, have passwords stored as SCRAM verifiers and enter no other's
    connection = await asyncpg.connect(host="127.0.0.1", port=postgres_cluster.port, user="app", database="postgres")
    rows = await connection.fetch(
        "SELECT rolname, left(rolpassword, 13) AS kind, array(SELECT datname::text FROM pg_database"
        " WHERE datname LIKE 'careerpulse_%' AND has_database_privilege(pg_authid.oid, oid, 'CONNECT')) AS enters"
        " FROM pg_authid WHERE rolname LIKE 'careerpulse_%'"
    )
    await connection.close()
    assert {row["rolname"]: (row["kind"], row["enters"]) for row in rows} == {
        f"careerpulse_{store}": ("SCRAM-SHA-256", [f"careerpulse_{store}"]) for store in secrets.STORES
    }
