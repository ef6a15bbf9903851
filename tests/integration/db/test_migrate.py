"""Tables come to their newest version when a service starts, and a start with nothing to apply needs no alembic."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from infra.db.engine import Database
from infra.db.migrate import migrate, newest

SERVICES = Path(__file__).parents[3] / "services"


@pytest.mark.parametrize("service", ["intake", "consent", "audit"])
async def test_a_new_database_comes_to_the_newest_revision_and_stays_there(service: str, tmp_path: Path) -> None:
    scripts = SERVICES / service / "migrations"
    async with Database(f"sqlite:///{tmp_path}/one.db", service) as database:
        for _ in range(2):
            await migrate(database, scripts)
        async with database.read() as connection:
            versions = list(await connection.scalars(text(f"SELECT version_num FROM {service}_version")))  # noqa: S608
    assert versions == [newest(scripts)]


@pytest.mark.parametrize("service", ["intake", "consent", "audit"])
def test_a_service_starts_without_importing_alembic(service: str) -> None:
    program = f"import sys, services.{service}.app; sys.exit('alembic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
