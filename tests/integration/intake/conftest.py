"""Intake's store on a real database."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import services.intake
from infra.db.engine import Database
from infra.db.migrate import migrate


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with Database(database_url, "intake") as opened:
        await migrate(opened, Path(services.intake.__file__).with_name("migrations"))
        yield opened
