"""What the revisions make is what the code expects."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from services.consent.tables import metadata
from tests.integration.consent.conftest import Running


async def test_the_revisions_make_exactly_the_tables_of_the_code(running: Running) -> None:
    def differences(connection):
        context = MigrationContext.configure(connection, opts={"version_table": "consent_version"})
        return compare_metadata(context, metadata)

    async with running.stores.database.write() as connection:
        assert await connection.run_sync(differences) == []
