"""The entry of settings that are others than at the last start."""

import secrets

from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import now, written
from infra.db.configuration import Change, Put
from infra.kafka.entry_outbox import EntryOutbox, NewEntry
from infra.version import SOFTWARE
from schemas.entry import leaf, payload_name


def configured(outbox: EntryOutbox) -> Put:
    """Puts it; its payload is the document that says which."""

    async def put(connection: AsyncConnection, change: Change) -> str:
        minted, payload = secrets.token_hex(16), payload_name(change.document)
        made = leaf("configuration-changed", minted, written(now()), "operator", SOFTWARE, payload=payload)
        await outbox.put(connection, [NewEntry(minted, made)])
        return minted

    return put
