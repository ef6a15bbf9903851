"""The rotation of the root key: a new epoch, every living key wrapped in it, and the end of the old one.

    begun ─all keys wrapped anew─▶ end set ─backup window over─▶ secret destroyed

It begins by itself when the current epoch has lasted its interval, and by command. So there is a date for each
erasure by which the secret is gone that its key was wrapped under.

Each step is decided from what is stored, so that a crash in the middle of it loses nothing: whatever is wrapped in an
epoch before the current one is still to be done. What holds the root key may need a while to destroy (its `lag`): the
end is that much later, and the destruction begins that much before it. With its secret every backup of an epoch is
unreadable, and with it the keys that were erased since.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import now, written
from infra.crypto.root_key import RootKey, RootKeyError, unwrap, wrap
from infra.db.engine import Database
from services.consent.controllers.tenants import rewrap_tenants
from services.consent.entries import entry
from services.consent.erasure.cases import read_time
from services.consent.keys import epochs
from services.consent.keys.epochs import Epoch
from services.consent.keys.rotation_terms import RotationTerms
from services.consent.outboxes import Outboxes
from services.consent.tables import persons

log = structlog.get_logger(__name__)
BATCH = 500


@dataclass(frozen=True, slots=True)
class RotationStatus:
    """How far it is. `left` counts the keys that are still wrapped in an epoch before the current one, `rotates_at`
    is when the next rotation begins by itself; None where it does not.
    """

    current: int
    backup_window_days: int
    rotates_at: str | None
    left: int
    finished: bool
    epochs: tuple[Epoch, ...]


class Rotation:
    """Drives the epochs by these terms."""

    def __init__(
        self, database: Database, root: RootKey, outboxes: Outboxes, terms: RotationTerms, batch: int = BATCH
    ) -> None:
        self._database = database
        self._root = root
        self._outboxes = outboxes
        self._terms = terms
        self._batch = batch
        self._back: set[int] = set()

    async def open(self) -> None:
        """Know every epoch that has a secret, and destroy one again that was destroyed and is back."""
        async with self._database.write() as connection:
            for number in self._root.epochs():
                await epochs.note(connection, number, now())
            gone = set(await epochs.destroyed(connection))
        for number in gone.intersection(self._root.epochs()):
            log.warning("epoch-was-back", epoch=number)
            try:
                self._root.destroy(number)
            except RootKeyError as error:
                log.error("epoch-is-still-back", epoch=number, reason=str(error))
                self._back.add(number)

    async def begin(self) -> RotationStatus:
        """Begin a new epoch, unless one is unfinished. Raises RootKeyError where no secret can be made."""
        # Under the writer's lock: no key is made in the old epoch after the new one has begun.
        async with self._database.write() as connection:
            if not await epochs.without_end(connection, self._root.epoch):
                await epochs.note(connection, await asyncio.to_thread(self._root.begin_epoch), now())
        return await self.status()

    async def status(self) -> RotationStatus:
        """How far it is, and every epoch with its dates."""
        current = self._root.epoch
        async with self._database.read() as connection:
            rotates_at = await self._next(connection)
            known = tuple(await epochs.all_epochs(connection))
        past = [one for one in known if one.epoch < current]
        finished = all(one.ends_at is not None for one in past)
        return RotationStatus(
            current,
            self._terms.window.days,
            None if rotates_at is None else written(rotates_at),
            sum(one.keys for one in past),
            finished,
            known,
        )

    async def advance(self) -> bool:
        """Take one step if there is one to take; say whether there was."""
        return await self._rewrap() or await self._set_end() or await self._destroy() or await self._begin_when_due()

    async def _begin_when_due(self) -> bool:
        async with self._database.read() as connection:
            rotates_at = await self._next(connection)
        if rotates_at is None or rotates_at > now():
            return False
        await self.begin()
        return True

    async def _next(self, connection: AsyncConnection) -> datetime | None:
        found = await epochs.found(connection, self._root.epoch)
        return None if found is None else self._terms.next_rotation(read_time(found[0]))

    async def _rewrap(self) -> bool:
        current = self._root.epoch
        if not (rows := await self._outdated(current)):
            return False
        anew = await asyncio.to_thread(lambda: [self._anew(row, current) for row in rows])
        # Who was erased since the reading has no epoch any more, and is left alone.
        unchanged = persons.c.alias == bindparam("whose"), persons.c.epoch == bindparam("old")
        statement = update(persons).where(*unchanged).values(epoch=bindparam("new"), wrapped_key=bindparam("key"))
        async with self._database.write() as connection:
            await connection.execute(statement, anew)
        return True

    async def _outdated(self, current: int) -> Sequence[Row[str, str, int, bytes]]:
        async with self._database.read() as connection:
            found = await connection.execute(
                select(persons.c.alias, persons.c.tenant, persons.c.epoch, persons.c.wrapped_key)
                .where(persons.c.epoch < current)
                .limit(self._batch)
            )
            return found.all()

    def _anew(self, row: "Row[str, str, int, bytes]", current: int) -> dict[str, object]:
        alias, tenant, epoch, wrapped = row
        data_key = unwrap(self._root.tenant_key(epoch, tenant), bytes(wrapped), alias)
        key = wrap(self._root.tenant_key(current, tenant), data_key, alias)
        return {"whose": alias, "old": epoch, "new": current, "key": key}

    async def _set_end(self) -> bool:
        current = self._root.epoch
        async with self._database.read() as connection:
            if not (past := await epochs.without_end(connection, current)):
                return False
        async with self._database.write() as connection:
            if await _first_wrapped_before(connection, current) is not None:
                return True
            await epochs.note(connection, current, now())
            await rewrap_tenants(connection, self._root)
        for number in past:
            # What holds the secret may be far away: no transaction waits for it.
            ends = written(await asyncio.to_thread(self._ended, number))
            async with self._database.write() as connection:
                await epochs.mark(connection, number, ends_at=ends)
                await self._outboxes.record(connection, [entry("epoch-rotated", written(now()), "service:consent")])
            log.info("epoch-rotated", epoch=number, ends=ends)
        return True

    def _ended(self, number: int) -> datetime:
        self._root.set_end(number, now() + self._terms.window + self._terms.lag)
        return self._root.end_of(number) or now()

    async def _destroy(self) -> bool:
        async with self._database.read() as connection:
            due = [*await epochs.due(connection, now() + self._root.lag), *self._back]
        for number in due:
            async with self._database.read() as connection:
                if await _first_wrapped_before(connection, number + 1) is not None:
                    return True
            # First the secret, then the word that it is gone; a crash between them repeats both.
            await asyncio.to_thread(self._root.destroy, number)
            self._back.discard(number)
            async with self._database.write() as connection:
                await epochs.mark(connection, number, destroyed_at=written(now() + self._root.lag))
                await self._outboxes.record(connection, [entry("epoch-destroyed", written(now()), "service:consent")])
            log.info("epoch-destroyed", epoch=number)
        return bool(due)


async def _first_wrapped_before(connection: AsyncConnection, epoch: int) -> str | None:
    alias: str | None = await connection.scalar(select(persons.c.alias).where(persons.c.epoch < epoch).limit(1))
    return alias
