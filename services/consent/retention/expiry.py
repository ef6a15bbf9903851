"""What is kept too long of people who stay: single assessments, and requests that have ended.

An assessment expires while its person has handed in since. Its own row, sealed answers, result and trail are deleted
in every store, on an order; the person's key stays, for it seals what came later. Each leaves an entry `expired`.
Of who has restricted the processing nothing is (Art. 18(2)).
Orders are kept for a backup window and given again at every start: a store may have been restored meanwhile.
"""

import secrets
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, func, insert, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import now, written
from infra.db.engine import Database
from schemas.purposes import INDIVIDUALS, Purpose
from schemas.rights import ExpiryOrder
from services.consent import ledger
from services.consent.entries import Entry, committed_entry, entry
from services.consent.keys.keystore import KeyStore
from services.consent.ledger import Standing
from services.consent.outboxes import Outboxes
from services.consent.purpose_table import Allowed
from services.consent.retention.holds import not_held
from services.consent.retention.record_expiry import expire_records
from services.consent.retention.restricted import not_restricted
from services.consent.tables import (
    expiries,
    hand_ins,
    instructions,
    notices,
    parts,
    persons,
    receipts,
    requests,
    store_reports,
)

Place = tuple[str, str]
START: Place = ("", "")
_CLOSED = ("complete", "cancelled", "over")
_OF_A_REQUEST = (parts, notices, store_reports, receipts)


class Expiry:
    """Ends storage times within one tenant, a batch at a time."""

    def __init__(self, database: Database, keystore: KeyStore, outboxes: Outboxes) -> None:
        self._database = database
        self._keystore = keystore
        self._outboxes = outboxes

    async def of_assessments(self, tenant: str, before: str, after: Place, batch: int) -> tuple[int, Place]:
        """End those handed in before then whose people have handed in since; how many, and where to go on."""
        async with self._database.write() as connection:
            found = await _earlier(connection, tenant, before, after, batch)
            whose = await ledger.standings(connection, list({row.alias for row in found}))
            ours = [row for row in found if not kept_longer(whose[row.alias])]
            await self._end_assessments(connection, ours, whose)
        if ours:
            await self._database.wipe_traces()
        return len(ours), _place(found, batch)

    async def of_requests(self, tenant: str, before: str, batch: int) -> int:
        """Delete requests that ended before then, with all that hangs on them; how many."""
        async with self._database.write() as connection:
            closed = (await connection.execute(_closed(tenant, before).limit(batch))).all()
            decided = (await connection.execute(_decided(tenant, before).limit(batch))).all()
            await self._record(connection, "request", [*closed, *decided])
            await _delete(connection, [row.id for row in closed], [row.id for row in decided])
        return len(closed) + len(decided)

    async def of_records(self, tenant: str, purpose: Purpose, before: str, batch: int) -> int:
        """End the records of a purpose that were given before then; how many."""
        async with self._database.write() as connection:
            return await expire_records(connection, self._keystore, self._outboxes, (tenant, purpose, before), batch)

    async def forget(self, before: str) -> None:
        """Give the orders of before then no more: no backup is older."""
        async with self._database.write() as connection:
            await connection.execute(delete(expiries).where(expiries.c.expired_at < before))

    async def _end_assessments(
        self, connection: AsyncConnection, ours: Sequence[Any], whose: dict[str, Standing]
    ) -> None:
        at = written(now())
        by_alias: defaultdict[str, list[str]] = defaultdict(list)
        for row in ours:
            by_alias[row.alias].append(row.id)
        for alias, ids in by_alias.items():
            order = ExpiryOrder(secrets.token_hex(16), tuple(ids))
            mine = hand_ins.c.alias == alias, hand_ins.c.event_id.in_(ids)
            await connection.execute(update(hand_ins).where(*mine).values(alias=None))
            kept = {"alias": alias, "request": order.request, "expired_at": at}
            await connection.execute(insert(expiries), [{"assessment": one, **kept} for one in ids])
            await self._outboxes.order(connection, alias, order)
        entries = [self._entry(whose.get(row.alias), "assessment", row.id) for row in ours]
        await self._outboxes.record(connection, entries)

    async def _record(self, connection: AsyncConnection, what: str, rows: Sequence[Any]) -> None:
        whose = await ledger.standings(connection, list({row.alias for row in rows} - {None}))
        await self._outboxes.record(connection, [self._entry(whose.get(row.alias), what, row.id) for row in rows])

    def _entry(self, standing: Standing | None, what: str, expired: str) -> Entry:
        at = written(now())
        if standing is None or standing.state == "erased":
            return entry("expired", at, "service:consent")
        fields = [(what, expired), ("cause", "expired")]
        return committed_entry(
            "expired", at, "service:consent", self._keystore.trail_of(standing), fields, tenant=standing.tenant
        )


async def order_again(connection: AsyncConnection, outboxes: Outboxes) -> None:
    """Give every kept order again, in the caller's transaction; whoever has carried it out changes nothing."""
    given: dict[tuple[str, str], list[str]] = {}
    for row in await connection.execute(select(expiries).order_by(expiries.c.expired_at, expiries.c.assessment)):
        given.setdefault((row.alias, row.request), []).append(row.assessment)
    for (alias, request), ids in given.items():
        await outboxes.order(connection, alias, ExpiryOrder(request, tuple(ids)))


async def _earlier(connection: AsyncConnection, tenant: str, before: str, after: Place, batch: int) -> Sequence[Any]:
    later = hand_ins.alias("later")
    place = tuple_(hand_ins.c.handed_in_at, hand_ins.c.event_id)
    since = tuple_(later.c.handed_in_at, later.c.event_id) > place
    rows = await connection.execute(
        select(hand_ins.c.event_id.label("id"), hand_ins.c.alias, hand_ins.c.handed_in_at.label("at"))
        .join(persons, persons.c.alias == hand_ins.c.alias)
        .where(
            hand_ins.c.tenant == tenant,
            hand_ins.c.purpose == "scoring",
            hand_ins.c.handed_in_at < before,
            place > tuple_(*after),
            persons.c.state == "active",
            exists().where(later.c.alias == hand_ins.c.alias, later.c.purpose == "scoring", since),
            not_held(hand_ins.c.alias),
        )
        .order_by(hand_ins.c.handed_in_at, hand_ins.c.event_id)
        .limit(batch)
    )
    return rows.all()


def _place(found: Sequence[Any], batch: int) -> Place:
    return (found[-1].at, found[-1].id) if len(found) == batch else START


def kept_longer(standing: Standing) -> bool:
    """Whether the person's own record lets what is theirs be kept beyond the ordinary time."""
    return isinstance(standing.decide("retention-beyond-result"), Allowed)


def _closed(tenant: str, before: str) -> Any:
    ended = func.coalesce(requests.c.cancelled_at, requests.c.completed_at)
    return (
        select(requests.c.id, requests.c.alias)
        .where(_of(tenant), requests.c.state.in_(_CLOSED), ended < before)
        .where(or_(requests.c.alias.is_(None), _may_go(requests.c.alias)))
        .order_by(ended, requests.c.id)
    )


def _may_go(alias: ColumnElement[str]) -> ColumnElement[bool]:
    return and_(not_held(alias), not_restricted(alias))


def _of(tenant: str) -> ColumnElement[bool]:
    """Those of a tenant; whose tenant nobody knows any more go with those of individuals."""
    mine = requests.c.tenant == tenant
    return or_(mine, requests.c.tenant.is_(None)) if tenant == INDIVIDUALS else mine


def _decided(tenant: str, before: str) -> Any:
    ended = and_(instructions.c.state != "waiting", instructions.c.decided_at < before)
    return (
        select(instructions.c.id, instructions.c.alias)
        .where(instructions.c.tenant == tenant, ended)
        .where(or_(instructions.c.alias.is_(None), _may_go(instructions.c.alias)))
        .order_by(instructions.c.decided_at, instructions.c.id)
    )


async def _delete(connection: AsyncConnection, closed: Sequence[str], decided: Sequence[str]) -> None:
    for table in _OF_A_REQUEST:
        await connection.execute(delete(table).where(table.c.request.in_(closed)))
    await connection.execute(delete(requests).where(requests.c.id.in_(closed)))
    await connection.execute(delete(instructions).where(instructions.c.id.in_(decided)))
