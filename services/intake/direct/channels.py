"""Which organisations have topics of their own, and the keys that they registered for them."""

from collections.abc import Mapping

from sqlalchemy import delete, insert, select

from infra.clock import now, written
from infra.db.engine import Database
from infra.local.topics import create
from schemas.topics import inbound, inbound_errors, results
from services.intake.direct.sealing import OrganisationKey
from services.intake.tables import direct_channels


class Channels:
    """The register."""

    def __init__(self, database: Database, bootstrap: str) -> None:
        self._database = database
        self._bootstrap = bootstrap
        self._read: dict[str, OrganisationKey] = {}

    async def register(self, tenant: str, public_key: bytes) -> list[str]:
        """Make the topics and seal to this key from now on; gives their names. Raises NotAKey or TopicError."""
        OrganisationKey(public_key)
        topics = (inbound(tenant), inbound_errors(tenant), results(tenant))
        await create(self._bootstrap, topics)
        async with self._database.write() as connection:
            await connection.execute(delete(direct_channels).where(direct_channels.c.tenant == tenant))
            await connection.execute(
                insert(direct_channels).values(
                    tenant=tenant, public_key=public_key.decode(), registered_at=written(now())
                )
            )
        return [topic.name for topic in topics]

    async def all(self) -> Mapping[str, OrganisationKey]:
        """The organisations with their keys; each is read, and tried, once."""
        async with self._database.read() as connection:
            rows = (await connection.execute(select(direct_channels.c.tenant, direct_channels.c.public_key))).all()
        documents = {row.tenant: row.public_key for row in rows}
        self._read = {one: self._read.get(one) or OrganisationKey(one) for one in documents.values()}
        return {tenant: self._read[document] for tenant, document in documents.items()}
