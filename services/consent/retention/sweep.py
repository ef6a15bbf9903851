"""The sweep: whatever's storage time is over ends, with that as the cause; so does everybody of an ended contract.

A few at a time, driven by a timer. What is left to do is read from the database each time, so that a crash loses
nothing; where the last batch ended is kept in memory only, so that those who stay are not looked at again and again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import exists, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import now, written
from infra.db.engine import Database
from schemas.purposes import DRAFT_DAYS, INDIVIDUALS, PersonState, Purpose
from services.consent import ledger
from services.consent.erasure.requests import PrivacyRequests
from services.consent.erasure.steps import Cause
from services.consent.retention.expiry import START, Expiry, Place, kept_longer
from services.consent.retention.holds import not_held
from services.consent.retention.terms import EXPIRING, Category, kept_days, storage_days
from services.consent.rights.filed import AlreadyErased
from services.consent.tables import hand_ins, persons, tenants

BATCH = 100
_LATER_THAN_ALL = "9999"
_What = Category | Literal["drafts"]
_Swept = tuple[str, _What]
_SWEPT: tuple[Category, ...] = ("assessments", "earlier-assessments", "requests")


@dataclass(frozen=True, slots=True)
class _Due:
    """What of one tenant has ended: by category, and by purpose of a record, the time before which it began."""

    tenant: str
    before: dict[_What, str]
    cause: Cause
    records: dict[Purpose, str]

    @property
    def states(self) -> tuple[PersonState, ...]:
        """Whose people are taken: the restricted stay for as long as there is a contract."""
        return ("active", "restricted") if self.cause == "contract-ended" else ("active",)


@dataclass(frozen=True, slots=True)
class _Old:
    place: Place
    alias: str


class Sweep:
    """Sweeps tenant after tenant."""

    def __init__(self, database: Database, requests: PrivacyRequests, expiry: Expiry, batch: int = BATCH) -> None:
        self._database = database
        self._requests = requests
        self._expiry = expiry
        self._batch = batch
        self._places: dict[_Swept, Place] = {}

    async def once(self, moment: datetime | None = None) -> int:
        """One batch of each category in each tenant; give how many erasures began, and how much else ended."""
        async with self._database.read() as connection:
            due = await _due(connection, moment or now())
        return sum([await self._sweep(one) for one in due])

    async def _sweep(self, due: _Due) -> int:
        ended = await self._people(due, "assessments")
        if due.tenant == INDIVIDUALS:
            ended += await self._people(due, "drafts")
        if due.cause == "expired":
            place: _Swept = (due.tenant, "earlier-assessments")
            after, before = self._places.get(place, START), due.before["earlier-assessments"]
            count, self._places[place] = await self._expiry.of_assessments(due.tenant, before, after, self._batch)
            ended += count
            for purpose, given_before in due.records.items():
                ended += await self._expiry.of_records(due.tenant, purpose, given_before, self._batch)
        return ended + await self._expiry.of_requests(due.tenant, due.before["requests"], self._batch)

    async def _people(self, due: _Due, what: Literal["assessments", "drafts"]) -> int:
        place: _Swept = (due.tenant, what)
        async with self._database.read() as connection:
            after = self._places.get(place, START)
            old = await _old(connection, due, what, after, self._batch)
            stay = set() if due.cause == "contract-ended" else await _kept_longer(connection, old)
        began = 0
        for alias in dict.fromkeys(one.alias for one in old if one.alias not in stay):
            began += await self._begin(alias, due.cause)
        self._places[place] = old[-1].place if len(old) == self._batch else START
        return began

    async def _begin(self, alias: str, cause: Cause) -> bool:
        try:
            await self._requests.open_erasure(alias, "service:consent", cause)
        except AlreadyErased:
            return False
        return True


async def _due(connection: AsyncConnection, moment: datetime) -> list[_Due]:
    found = []
    for row in await connection.execute(select(tenants.c.tenant, tenants.c.ended_at).order_by(tenants.c.tenant)):
        days = {category: await kept_days(connection, row.tenant, category) for category in _SWEPT}
        times: list[tuple[_What, int]] = [*days.items(), ("drafts", DRAFT_DAYS)]
        before = {what: written(moment - timedelta(days=count)) for what, count in times}
        held = {purpose: await storage_days(connection, row.tenant, purpose) for purpose in EXPIRING}
        records = {purpose: written(moment - timedelta(days=count)) for purpose, count in held.items()}
        if row.ended_at is None:
            found.append(_Due(row.tenant, before, "expired", records))
        else:
            found.append(_Due(row.tenant, before | {"assessments": _LATER_THAN_ALL}, "contract-ended", {}))
    return found


async def _old(connection: AsyncConnection, due: _Due, what: _What, after: Place, batch: int) -> list[_Old]:
    """Hand-ins before the time, of people who may be taken, are not held and have handed in nothing since.

    Of drafts those only whose people never had anything scored.
    """
    before, newer, scored = due.before[what], hand_ins.alias("newer"), hand_ins.alias("scored")
    never_scored = ~exists().where(scored.c.alias == hand_ins.c.alias, scored.c.purpose == "scoring")
    place = tuple_(hand_ins.c.handed_in_at, hand_ins.c.event_id)
    rows = await connection.execute(
        select(hand_ins.c.handed_in_at, hand_ins.c.event_id, hand_ins.c.alias)
        .join(persons, persons.c.alias == hand_ins.c.alias)
        .where(
            hand_ins.c.tenant == due.tenant,
            hand_ins.c.handed_in_at < before,
            place > tuple_(*after),
            persons.c.state.in_(due.states),
            ~exists().where(newer.c.alias == hand_ins.c.alias, newer.c.handed_in_at >= before),
            not_held(hand_ins.c.alias),
            *((never_scored,) if what == "drafts" else ()),
        )
        .order_by(hand_ins.c.handed_in_at, hand_ins.c.event_id)
        .limit(batch)
    )
    return [_Old((row.handed_in_at, row.event_id), row.alias) for row in rows]


async def _kept_longer(connection: AsyncConnection, old: Sequence[_Old]) -> set[str]:
    """Those whose own record lets what is theirs be kept beyond the ordinary time."""
    found = await ledger.standings(connection, list({one.alias for one in old}))
    return {alias for alias, standing in found.items() if kept_longer(standing)}
