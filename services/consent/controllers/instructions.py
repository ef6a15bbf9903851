"""Requests of employees that their employer, the controller, decides (GDPR Art. 28(3)(a), (e)).

What reaches the operator is told to the organisation at once (`schemas.rights.Notice`), by whatever it has results
told by. It is handed over, for which there are 24 hours, when a webhook has taken it, or the organisation has listed
or decided it. It is carried out on its word, or at once where its registration instructs so once for all. What the
organisation asks for on an employee's behalf is its word; the employee sees that it was the organisation.
"""

import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, case, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import now, written
from infra.db.engine import Database
from schemas.employees import AskedBy, AskForEmployee, Forwarded, InstructRequest
from schemas.purposes import INDIVIDUALS, Purpose
from schemas.remedies import REMEDIES
from schemas.rights import Notice, NoticeDelivered, RequestForwarded
from services.consent import ledger
from services.consent.controllers.employees import Employees
from services.consent.controllers.tenants import Tenants
from services.consent.entries import Entry, committed_entry, entry
from services.consent.erasure.cases import read_time
from services.consent.keys.keystore import KeyStore
from services.consent.outboxes import Outboxes
from services.consent.rights.asked import Asked
from services.consent.rights.carrying_out import CarryingOut
from services.consent.rights.deadline import answer_by
from services.consent.rights.disclosures import demand_portable
from services.consent.rights.filed import AlreadyErased
from services.consent.rights.rectifications import demand_own
from services.consent.tables import hand_ins, instructions

HAND_OVER = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class _Asked:
    tenant: str
    alias: str
    type: str
    purpose: Purpose | None
    assessment: str | None
    asked_by: AskedBy


class Instructions:
    """The queue of each organisation."""

    def __init__(
        self,
        database: Database,
        tenants: Tenants,
        keystore: KeyStore,
        outboxes: Outboxes,
        *,
        employees: Employees,
        carrying_out: CarryingOut,
    ) -> None:
        self._database = database
        self._tenants = tenants
        self._keystore = keystore
        self._outboxes = outboxes
        self._employees = employees
        self._carrying_out = carrying_out

    async def hold(self, alias: str, asked: Asked) -> Forwarded | None:
        """Forward an employee's request to the controller; None where nobody has to be asked.

        A review is one by a human, whom the operator provides, and waits for nobody. What could not be carried out is
        not forwarded. Raises UnknownAssessment, RightRefused.
        """
        if asked.type == "review":
            return None
        kind, purpose = asked.type, asked.purpose
        async with self._carrying_out.refusals.transaction(alias, asked) as connection:
            standing = (await ledger.standings(connection, [alias])).get(alias)
            if standing is None or standing.state == "erased" or standing.tenant == INDIVIDUALS:
                return None
            terms = self._tenants.find(standing.tenant).registration
            if terms is not None and kind in terms.instructs:
                return None
            if asked.assessment is not None:
                await demand_own(connection, alias, asked.assessment)
            if kind == "portability":
                await demand_portable(connection, standing)
            waiting = [*_the_same(alias, asked), instructions.c.state == "waiting"]
            if known := await _forwarded(connection, *waiting):
                return known[0]
            at, minted = written(now()), secrets.token_hex(16)
            what = _Asked(standing.tenant, alias, kind, purpose, asked.assessment, "employee")
            await _keep(connection, minted, what, at)
            trail = self._keystore.trail_of(standing)
            fields = [("request", minted), ("request_type", kind)]
            forwarded = committed_entry("request-forwarded", at, "person", trail, fields, tenant=standing.tenant)
            await self._outboxes.record(connection, [forwarded])
            (waits,) = await _forwarded(connection, instructions.c.id == minted)
            await self._outboxes.notify(connection, standing.tenant, _notice(waits))
            return waits

    async def ask(self, asked: AskForEmployee) -> Forwarded | None:
        """Carry out what an organisation asks for on behalf of its employee; None where it knows nobody of that name.

        Raises AlreadyErased, RightRefused, UnknownAssessment.
        """
        async with self._database.read() as connection:
            alias = await self._employees.alias(connection, asked.tenant, asked.external_id)
        if alias is None:
            return None
        what = Asked(asked.type, asked.purpose, asked.assessment)
        async with self._carrying_out.refusals.transaction(alias, what, "organisation") as connection:
            done = await self._carrying_out.carry_out_within(connection, alias, what, "organisation")
            minted, at = secrets.token_hex(16), written(now())
            kept = _Asked(asked.tenant, alias, asked.type, asked.purpose, asked.assessment, "organisation")
            await _keep(connection, minted, kept, at)
            await _decide(connection, minted, "carried-out", at, request=done.request)
            return (await _forwarded(connection, instructions.c.id == minted))[0]

    async def waiting(self, tenant: str) -> Sequence[Forwarded]:
        """All of an organisation, those that wait first. Whatever is listed here has been handed over."""
        async with self._database.write() as connection:
            mine = instructions.c.tenant == tenant
            await self._hand_over(connection, written(now()), mine)
            return await _forwarded(connection, mine)

    async def delivered(self, tenant: str, said: NoticeDelivered) -> None:
        """A webhook of the organisation has taken the request; what was handed over before stays so."""
        async with self._database.write() as connection:
            mine = instructions.c.tenant == tenant, instructions.c.id == said.notice
            await self._hand_over(connection, said.at, *mine)

    async def instruct(self, word: InstructRequest) -> Forwarded | None:
        """Take the controller's word in one transaction; None where it has no such request. What is decided stays so.

        Raises RightRefused, UnknownAssessment.
        """
        mine = [instructions.c.id == word.id, instructions.c.tenant == word.tenant]
        async with self._database.read() as connection:
            row = (await connection.execute(select(instructions).where(*mine))).one_or_none()
        if row is None:
            return None
        what = Asked(row.type, row.purpose, row.assessment)
        async with self._carrying_out.refusals.transaction(row.alias, what, "organisation") as connection:
            await self._hand_over(connection, written(now()), *mine)
            alias = await connection.scalar(select(instructions.c.alias).where(*mine))
            (found,) = await _forwarded(connection, *mine)
            if found.state != "waiting":
                return found
            if word.decision == "carry-out":
                await self._carry_out(connection, word, alias, what)
            else:
                await self._refuse(connection, word, alias)
            return (await _forwarded(connection, *mine))[0]

    async def of(self, alias: str) -> Sequence[Forwarded]:
        """What was asked for this person, by whomever."""
        async with self._database.read() as connection:
            return await _forwarded(connection, instructions.c.alias == alias)

    async def find(self, forwarded: str) -> Forwarded | None:
        """The request of this id: 128 random bits, which its person was told, and the organisation."""
        async with self._database.read() as connection:
            found = await _forwarded(connection, instructions.c.id == forwarded)
        return found[0] if found else None

    async def undecided(self) -> Sequence[Forwarded]:
        """Every request that waits, of all organisations."""
        async with self._database.read() as connection:
            return await _forwarded(connection, instructions.c.state == "waiting")

    async def _hand_over(self, connection: AsyncConnection, at: str, *conditions: ColumnElement[bool]) -> None:
        """Those that are not handed over yet are from now on, each with its entry."""
        fresh = update(instructions).where(*conditions, instructions.c.handed_over_at.is_(None))
        rows = (
            await connection.execute(
                fresh.values(handed_over_at=at).returning(instructions.c.id, instructions.c.alias)
            )
        ).all()
        standings = await ledger.standings(connection, [row.alias for row in rows if row.alias is not None])
        await self._outboxes.record(
            connection, [self._handed_over(row.id, at, standings.get(row.alias)) for row in rows]
        )

    def _handed_over(self, forwarded: str, at: str, standing: ledger.Standing | None) -> Entry:
        if standing is None or not standing.wrapped_key:
            return entry("request-handed-over", at, "organisation")
        trail = self._keystore.trail_of(standing)
        return committed_entry(
            "request-handed-over", at, "organisation", trail, [("request", forwarded)], tenant=standing.tenant
        )

    async def _carry_out(
        self, connection: AsyncConnection, word: InstructRequest, alias: str | None, what: Asked
    ) -> None:
        """For somebody erased in the meantime there is nothing left to do."""
        done = None
        if alias is not None:
            with suppress(AlreadyErased):
                opened = await self._carrying_out.carry_out_within(connection, alias, what, "organisation")
                done = opened.request
        await _decide(connection, word.id, "carried-out", written(now()), request=done)

    async def _refuse(self, connection: AsyncConnection, word: InstructRequest, alias: str | None) -> None:
        at = written(now())
        await _decide(connection, word.id, "refused", at, reason=word.reason)
        if alias is None:
            return
        standing = (await ledger.standings(connection, [alias]))[alias]
        fields = [("request", word.id), ("outcome", "refused"), ("reason", word.reason or "")]
        fields.append(("remedies", " ".join(one.article for one in REMEDIES)))
        trail = self._keystore.trail_of(standing)
        closed = committed_entry("request-closed", at, "organisation", trail, fields, tenant=standing.tenant)
        await self._outboxes.record(connection, [closed])


def _notice(waits: Forwarded) -> Notice:
    request = RequestForwarded(waits.type, waits.hand_over_by, waits.answer_by, waits.purpose, waits.assessment)
    return Notice(waits.id, "request-forwarded", waits.assessments, waits.opened_at, request=request)


def _the_same(alias: str, asked: Asked) -> list[ColumnElement[bool]]:
    named = [instructions.c.purpose.is_not_distinct_from(asked.purpose)]
    named.append(instructions.c.assessment.is_not_distinct_from(asked.assessment))
    return [instructions.c.alias == alias, instructions.c.type == asked.type, *named]


async def _keep(connection: AsyncConnection, minted: str, asked: _Asked, at: str) -> None:
    handed_over = at if asked.asked_by == "organisation" else None
    await connection.execute(
        insert(instructions).values(
            id=minted, state="waiting", opened_at=at, handed_over_at=handed_over, **asdict(asked)
        )
    )


async def _decide(connection: AsyncConnection, minted: str, state: str, at: str, **told: str | None) -> None:
    await connection.execute(
        update(instructions).where(instructions.c.id == minted).values(state=state, decided_at=at, **told)
    )


async def _forwarded(connection: AsyncConnection, *conditions: ColumnElement[bool]) -> list[Forwarded]:
    first = case((instructions.c.state == "waiting", 0), else_=1)
    rows = (
        await connection.execute(
            select(instructions).where(*conditions).order_by(first, instructions.c.opened_at, instructions.c.id)
        )
    ).all()
    return [_read(row, await _assessments(connection, row)) for row in rows]


async def _assessments(connection: AsyncConnection, row: Row[Any]) -> tuple[str, ...]:
    if row.alias is None:
        return ()
    mine = hand_ins.c.alias == row.alias, hand_ins.c.tenant == row.tenant
    found = await connection.scalars(select(hand_ins.c.event_id).where(*mine).order_by(hand_ins.c.handed_in_at))
    return tuple(found)


def _read(row: Row[Any], assessments: tuple[str, ...]) -> Forwarded:
    opened = read_time(row.opened_at)
    return Forwarded(
        row.id,
        row.type,
        row.purpose,
        row.asked_by,
        row.state,
        row.opened_at,
        written(opened + HAND_OVER),
        row.handed_over_at,
        written(answer_by(opened)),
        row.decided_at,
        row.reason,
        row.request,
        row.assessment,
        assessments,
        REMEDIES if row.state == "refused" else (),
    )
