"""What a slow test starts a stack of its own with."""

import pytest

from infra.local.postgres import Postgres


@pytest.fixture
def database(cluster: Postgres | None, request: pytest.FixtureRequest) -> str | None:
    """An empty database of PostgreSQL, beside which a stack makes its own; None where it has SQLite files."""
    return request.getfixturevalue("postgres_url") if cluster else None
