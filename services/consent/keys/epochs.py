"""The epochs of the root key as the database knows them, and when the last of an epoch is gone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import written
from services.consent.tables import epochs, persons


@dataclass(frozen=True, slots=True)
class Epoch:
    """One epoch. `keys` counts the living persons' keys wrapped in it; times are written as in every table.

    `ends_at` is set once all keys are wrapped anew; then it lies one backup window ahead.
    """

    epoch: int
    began_at: str
    keys: int
    ends_at: str | None
    destroyed_at: str | None


async def all_epochs(connection: AsyncConnection) -> Sequence[Epoch]:
    """Every epoch, oldest first."""
    counted = await connection.execute(
        select(persons.c.epoch, func.count()).where(persons.c.epoch.is_not(None)).group_by(persons.c.epoch)
    )
    keys: dict[int, int] = {row[0]: row[1] for row in counted}
    rows = await connection.execute(select(epochs).order_by(epochs.c.epoch))
    return [Epoch(row.epoch, row.began_at, keys.get(row.epoch, 0), row.ends_at, row.destroyed_at) for row in rows]


async def found(connection: AsyncConnection, epoch: int | None) -> tuple[str, str | None] | None:
    """When an epoch (the last, without a number) began, and when its secret is destroyed or was, once that is set."""
    wanted = select(func.max(epochs.c.epoch)).scalar_subquery() if epoch is None else epoch
    rows = await connection.execute(select(epochs.c.began_at, epochs.c.ends_at).where(epochs.c.epoch == wanted))
    row = rows.one_or_none()
    return None if row is None else (row.began_at, row.ends_at)


async def note(connection: AsyncConnection, epoch: int, moment: datetime) -> None:
    """Write down an epoch that began; one that is known stays as it is."""
    if await connection.scalar(select(epochs.c.epoch).where(epochs.c.epoch == epoch)) is None:
        await connection.execute(insert(epochs).values(epoch=epoch, began_at=written(moment)))


async def without_end(connection: AsyncConnection, current: int) -> Sequence[int]:
    """The epochs before the current one whose end is not set."""
    return (
        await connection.scalars(select(epochs.c.epoch).where(epochs.c.epoch < current, epochs.c.ends_at.is_(None)))
    ).all()


async def due(connection: AsyncConnection, moment: datetime) -> Sequence[int]:
    """The epochs whose end has come and whose secret is still there."""
    return (
        await connection.scalars(
            select(epochs.c.epoch).where(epochs.c.ends_at <= written(moment), epochs.c.destroyed_at.is_(None))
        )
    ).all()


async def destroyed(connection: AsyncConnection) -> Sequence[int]:
    """The epochs whose secret was destroyed."""
    return (await connection.scalars(select(epochs.c.epoch).where(epochs.c.destroyed_at.is_not(None)))).all()


async def mark(connection: AsyncConnection, epoch: int, **moments: str) -> None:
    """Set `ends_at` or `destroyed_at`."""
    await connection.execute(update(epochs).where(epochs.c.epoch == epoch).values(**moments))
