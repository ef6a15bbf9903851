"""What auditors do: each search, opening and export is stored with its entry before anything is answered.

The entry says that it happened; who stated which purpose and what was looked for are salted fields, sealed beside it.
Where the act concerns a person, both hang on that person's key and go with the erasure; else on audit's own.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson
from sqlalchemy import insert, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import now, written
from infra.crypto.salted_fields import SaltedField, commit, salted
from infra.crypto.sealed import Context, open_sealed, seal
from infra.crypto.subkeys import derive, key_id
from infra.db.engine import Database
from infra.http.problems import unavailable
from infra.kafka.entry_outbox import EntryOutbox, NewEntry
from infra.version import SOFTWARE
from schemas.entry import EntryType, leaf, payload_name, role
from schemas.events import Cause
from schemas.keys import ReleasedKey, Subkey
from schemas.rights import ACT_SCHEMA
from schemas.topics import AUDIT_ENTRIES
from services.audit.tables import acts, fence

SOURCE = "audit"
"""The outbox of audit's own entries, as the log names its source."""
ACTOR = "auditor"
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Holder:
    """Under whose key an act is sealed: a person's, or audit's own, which has neither alias nor tenant."""

    trail: Subkey
    key_id: str
    alias: str = ""
    tenant: str = ""


@dataclass(frozen=True, slots=True)
class By:
    """Who acts: the role, which the entry says, and the name, which is a salted field; `id` is an officer's handle.

    The shared token has neither name nor id.
    """

    role: str = ACTOR
    name: str = ""
    id: str = ""

    def fields(self) -> tuple[tuple[str, str], ...]:
        """The name as a field of an act, where there is one."""
        return (("officer", self.name),) if self.name else ()


BEARER = By()
"""Whoever bears the shared token."""


@dataclass(frozen=True, slots=True)
class Act:
    """An act with its fields in order, whom it concerns, and the record or the methodology that it is about.

    `about` is the event id of the decision that it is about, if one.
    """

    entry_type: EntryType
    fields: tuple[tuple[str, str], ...]
    holder: Holder | None = None
    cause: Cause | None = None
    by: By = BEARER
    methodology: str | None = None
    about: str | None = None


@dataclass(frozen=True, slots=True)
class OwnAct:
    """An act that concerned no person, opened again: its entry's id and type, when it was done, and its fields."""

    entry: str
    entry_type: str
    done_at: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SealedAct:
    """An act as it is kept; `alias` and `tenant` are empty where it concerned no person."""

    entry: str
    alias: str
    tenant: str
    sealed: bytes

    def holder(self, key: ReleasedKey) -> Holder:
        """Under whose key its fields lie, where this is its person's."""
        return Holder(key.subkeys["trail"], key.key_id, self.alias, self.tenant)


class Erased(Exception):
    """A person whom an act concerns was erased meanwhile: nothing was stored, and nothing may be shown."""


class Acts:
    """Stores acts with their entries. `secret` is audit's own, 32 random bytes."""

    def __init__(self, database: Database, outbox: EntryOutbox, secret: bytes) -> None:
        self._database = database
        self._outbox = outbox
        self._own = Holder(derive(secret, "trail"), key_id(secret))

    async def record(self, *done: Act) -> list[str]:
        """The ids of their entries, when all are stored in one transaction. Raises Erased, or Problem (503): then
        show nothing.
        """
        try:
            async with self._database.write() as connection:
                ids = await self.put(connection, *done)
        except (SQLAlchemyError, OSError):
            raise unavailable("The record of what auditors do") from None
        self.wake()
        return ids

    async def put(self, connection: AsyncConnection, *done: Act) -> list[str]:
        """Store them in the caller's transaction and give the ids of their entries; then `wake`. Raises Erased."""
        made = [_made(act, act.holder or self._own) for act in done]
        aliases = {act.holder.alias for act in done if act.holder is not None}
        if aliases and await connection.scalar(select(fence.c.alias).where(fence.c.alias.in_(aliases))):
            raise Erased
        await connection.execute(insert(acts), [row for _, row in made])
        await self._outbox.put(connection, [entry for entry, _ in made])
        return [entry.entry_id for entry, _ in made]

    async def of_ours(self, *types: EntryType) -> list[OwnAct]:
        """The acts of these types that are sealed under audit's own key, oldest first."""
        own = acts.c.alias == "", acts.c.entry_type.in_(types)
        async with self._database.read() as connection:
            rows = await connection.execute(select(acts).where(*own).order_by(acts.c.done_at, acts.c.entry_id))
            return [
                OwnAct(row.entry_id, row.entry_type, row.done_at, self._opened(row.entry_id, row.sealed))
                for row in rows
            ]

    async def kept(self, entries: Sequence[str]) -> list[SealedAct]:
        """Those of these entries' ids whose acts are kept."""
        found: list[SealedAct] = []
        async with self._database.read() as connection:
            for start in range(0, len(entries), _CHUNK):
                wanted = select(acts).where(acts.c.entry_id.in_(entries[start : start + _CHUNK]))
                found += [
                    SealedAct(row.entry_id, row.alias, row.tenant, bytes(row.sealed))
                    for row in await connection.execute(wanted)
                ]
        return found

    async def about(self, alias: str) -> list[str]:
        """The ids of the entries of what was done with this person's data."""
        wanted = select(acts.c.entry_id).where(acts.c.alias == alias).order_by(acts.c.done_at, acts.c.entry_id)
        async with self._database.read() as connection:
            return list(await connection.scalars(wanted))

    def fields_of(self, act: SealedAct, holder: Holder | None = None) -> tuple[SaltedField, ...]:
        """The salted fields of an act, opened under its holder's key, by default audit's own. Raises NotOpened."""
        key = holder or self._own
        plain = orjson.loads(open_sealed(key.trail, act.sealed, context(act.entry, key)))
        return salted(key.trail, act.entry, [(name, value.encode()) for name, value in plain.items()])

    def _opened(self, entry: str, sealed: bytes) -> dict[str, str]:
        told: dict[str, str] = orjson.loads(open_sealed(self._own.trail, sealed, context(entry, self._own)))
        return told

    def wake(self) -> None:
        """There are entries to send."""
        self._outbox.wake()


def context(entry_id: str, holder: Holder) -> Context:
    """Where the sealed fields of an act belong."""
    return Context(holder.tenant, holder.alias, AUDIT_ENTRIES.name, ACT_SCHEMA, entry_id, holder.key_id)


def _made(act: Act, holder: Holder) -> tuple[NewEntry, dict[str, object]]:
    entry_id = secrets.token_hex(16)
    told = (*act.fields, *act.by.fields())
    fields = salted(holder.trail, entry_id, [(name, value.encode()) for name, value in told])
    sealed = seal(holder.trail, orjson.dumps(dict(told)), context(entry_id, holder))  # in the order that is bound
    written_leaf = leaf(
        act.entry_type,
        entry_id,
        at := written(now()),
        act.by.role if act.holder is None else role(act.by.role, act.holder.tenant),
        SOFTWARE,
        cause=act.cause,
        methodology=act.methodology,
        commitment=commit(fields),
        payload=payload_name(sealed),
    )
    row: dict[str, object] = {
        "entry_id": entry_id,
        "alias": holder.alias,
        "tenant": holder.tenant,
        "sealed": sealed,
        "entry_type": act.entry_type,
        "done_at": at,
        "about": act.about,
        "officer": act.by.id or None,
    }
    return NewEntry(entry_id, written_leaf), row
