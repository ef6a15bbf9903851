"""Whom a breach concerns: by epochs of the root key, organisations and time, with what a controller knows them by."""

from itertools import groupby

import msgspec
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.consent.erasure.canary import no_canary
from services.consent.tables import hand_ins, persons


class Exposure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was exposed. Of `epochs` and `tenants` none means any; nobody who came after `until` is concerned."""

    epochs: tuple[int, ...] = ()
    tenants: tuple[str, ...] = ()
    until: str | None = None


class AffectedPerson(msgspec.Struct, frozen=True):
    """A living person: their key by its id, which tells nothing of it, the epochs in which it was wrapped from the
    first to the last, and the ids of their assessments, which their controller and they themselves were given.
    """

    tenant: str
    key_id: str
    first_epoch: int
    last_epoch: int
    since: str
    assessments: tuple[str, ...]


class AffectedPeople(msgspec.Struct, frozen=True):
    """All of them, by tenant."""

    people: tuple[AffectedPerson, ...]


async def affected(connection: AsyncConnection, exposure: Exposure) -> AffectedPeople:
    """The living whom it concerns. Between its first epoch and its last a key was wrapped in each: a rotation begins
    when the one before has wrapped them all.
    """
    came = [] if exposure.until is None else [hand_ins.c.handed_in_at <= exposure.until]
    rows = await connection.execute(
        select(persons, hand_ins.c.event_id, hand_ins.c.handed_in_at)
        .join(hand_ins, and_(hand_ins.c.alias == persons.c.alias, *came))
        .where(persons.c.state != "erased", no_canary(), *_concerned(exposure))
        .order_by(persons.c.tenant, persons.c.alias, hand_ins.c.handed_in_at, hand_ins.c.event_id)
    )
    people = []
    for _, each in groupby(rows, key=lambda row: row.alias):
        first, *others = each
        ids = tuple(row.event_id for row in (first, *others))
        people.append(
            AffectedPerson(first.tenant, first.key_id, first.first_epoch, first.epoch, first.handed_in_at, ids)
        )
    return AffectedPeople(tuple(people))


def _concerned(exposure: Exposure) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if exposure.epochs:
        first = func.coalesce(persons.c.first_epoch, 1)
        conditions.append(or_(*(and_(first <= one, persons.c.epoch >= one) for one in exposure.epochs)))
    if exposure.tenants:
        conditions.append(persons.c.tenant.in_(exposure.tenants))
    return conditions
