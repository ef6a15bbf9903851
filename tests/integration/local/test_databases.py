"""The fixture that runs a test on both databases."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine


async def test_a_test_over_database_url_runs_on_its_database(database_url: str) -> None:
    engine = create_async_engine(database_url)
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE mine (id integer)"))
        assert (await connection.execute(text("SELECT count(*) FROM mine"))).scalar_one() == 0
    await engine.dispose()
