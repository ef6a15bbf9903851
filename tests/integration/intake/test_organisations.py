"""An organisation logs in with a secret that is shown once and stored as its hash."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from infra.db.engine import Database
from infra.http.problems import Problem
from services.intake.organisations.register import Organisations
from services.intake.tables import organisations as table


@pytest.fixture
def organisations(database: Database) -> Organisations:
    return Organisations(database)


async def test_its_secret_and_no_other_logs_it_in(organisations: Organisations) -> None:
    acme = await organisations.add("acme", "ACME Ltd")
    other = await organisations.add("other", "Other Ltd")
    assert await organisations.authenticated("acme", acme.client_secret)
    assert not await organisations.authenticated("acme", other.client_secret)
    assert not await organisations.authenticated("acme", "")


@pytest.mark.parametrize("client_id", ["nobody", "", "a\0b", "ACME", "é" * 1_000])
async def test_an_unknown_client_is_not_logged_in(organisations: Organisations, client_id: str) -> None:
    assert not await organisations.authenticated(client_id, "")


async def test_a_new_secret_replaces_the_old(organisations: Organisations) -> None:
    first = await organisations.add("acme", "ACME Ltd")
    second = await organisations.add("acme", "ACME Ltd")
    assert not await organisations.authenticated("acme", first.client_secret)
    assert await organisations.authenticated("acme", second.client_secret)


async def test_an_id_belongs_to_one_name(organisations: Organisations) -> None:
    await organisations.add("acme", "ACME Ltd")
    for refuse in (organisations.check, organisations.add):
        with pytest.raises(Problem) as refused:
            await refuse("acme", "Another Ltd")
        assert refused.value.status == 409


@pytest.mark.parametrize("tenant", ["individuals", "", "-a", "a-", "A", "a b", "a" * 41, "a\n"])
async def test_what_is_no_id_is_refused(organisations: Organisations, tenant: str) -> None:
    with pytest.raises(Problem) as refused:
        await organisations.check(tenant, "Name")
    assert refused.value.status == 422


async def test_the_secret_is_not_stored(organisations: Organisations, database: Database) -> None:
    secret = (await organisations.add("acme", "ACME Ltd")).client_secret
    async with database.read() as connection:
        assert secret.encode() not in repr((await connection.execute(select(table))).all()).encode()


async def test_an_error_of_the_database_says_nothing_of_what_was_to_be_stored(database: Database) -> None:
    with pytest.raises(DBAPIError) as error:
        async with database.write() as connection:
            await connection.execute(text("INSERT INTO nowhere VALUES (:body)"), {"body": "CANARY"})
    assert "CANARY" not in str(error.value)
