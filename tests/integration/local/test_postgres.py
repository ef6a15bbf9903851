"""A throwaway PostgreSQL."""

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from infra.local.postgres import throwaway_postgres

pytestmark = pytest.mark.postgres


async def test_it_gives_databases_and_is_gone_at_the_end() -> None:
    async with throwaway_postgres() as server:
        engine = create_async_engine(await server.create_database("one"))
        async with engine.connect() as connection:
            assert (await connection.execute(text("SELECT current_database()"))).scalar_one() == "one"
        await engine.dispose()

    with pytest.raises(ConnectionRefusedError):
        await asyncpg.connect(host="127.0.0.1", port=server.port, user="app", ssl=False)


async def test_each_test_has_an_empty_database_first(postgres_url: str) -> None:
    await claim_the_database(postgres_url)


async def test_each_test_has_an_empty_database_second(postgres_url: str) -> None:
    await claim_the_database(postgres_url)


async def claim_the_database(url: str) -> None:
    """Fails where another has been before."""
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE mine (id integer)"))
    await engine.dispose()
