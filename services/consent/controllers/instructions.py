"""Requests of employees that their employer, the controller, decides (GDPR Art. 28(3)(a), (e)).

What reaches the operator is told to the organisation at once (`schemas.rights.Notice`), by whatever it has results
told by. It is handed over, for which there are 24 hours, when a webhook has taken it, or the organisation has listed
or decided it. It is carried out on its word, or at once where its registration instructs so once for all. What the
organisation asks for on an employee's behalf is its word; the employee sees that it was the organisation.
"""

from collections.abc import Sequence
from contextlib import suppress

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import now, written
from infra.db.engine import Database
from schemas.employees import AskForEmployee, Forwarded, InstructRequest
from schemas.purposes import INDIVIDUALS
from schemas.remedies import REMEDIES
from schemas.rights import Notice, NoticeDelivered, RequestForwarded
from services.consent import ledger
from services.consent.controllers.employees import Employees
from services.consent.controllers.lifts import demand_told, is_untold
from services.consent.controllers.queue import Queue, Wanted, clock_of, the_same
from services.consent.controllers.tenants import Tenants
from services.consent.entries import Entry, committed_entry, entry
from services.consent.erasure.steps import NotCancellable
from services.consent.keys.keystore import KeyStore
from services.consent.outboxes import Outboxes
from services.consent.rights.asked import Asked
from services.consent.rights.carrying_out import CarryingOut
from services.consent.rights.disclosures import demand_portable
from services.consent.rights.filed import AlreadyErased, living
from services.consent.rights.rectifications import demand_own
from services.consent.tables import instructions


class Instructions:
    """The queue of each organisation."""

    def __init__(
        self,
        database: Database,
        tenants: Tenants,
        keystore: KeyStore,
        outboxes: Outboxes,
        *,
        queue: Queue,
        employees: Employees,
        carrying_out: CarryingOut,
    ) -> None:
        self._database = database
        self._tenants = tenants
        self._keystore = keystore
        self._outboxes = outboxes
        self._queue = queue
        self._employees = employees
        self._carrying_out = carrying_out

    async def open(self) -> None:
        """Seal the reasons that an earlier release kept in the clear."""
        async with self._database.write() as connection:
            sealed = await self._queue.seal_reasons(connection)
        if sealed:
            await self._database.wipe_traces()

    async def hold(self, alias: str, asked: Asked) -> Forwarded | None:
        """Forward an employee's request to the controller; None where nobody has to be asked.

        A review is one by a human, whom the operator provides, and waits for nobody. What could not be carried out is
        not forwarded. Raises UnknownAssessment, RightRefused.
        """
        if asked.type == "review":
            return None
        kind = asked.type
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
            if known := await self._queue.load(connection, *the_same(alias, asked)):
                return known[0]
            at = written(now())
            minted = await self._queue.keep(connection, Wanted(standing.tenant, alias, *asked.about, "employee"), at)
            trail = self._keystore.trail_of(standing)
            fields = [("request", minted), ("request_type", kind)]
            forwarded = committed_entry("request-forwarded", at, "person", trail, fields, tenant=standing.tenant)
            await self._outboxes.record(connection, [forwarded])
            (waits,) = await self._queue.load(connection, instructions.c.id == minted)
            await self._outboxes.notify(connection, standing.tenant, _notice(waits))
            return waits

    async def ask(self, asked: AskForEmployee) -> Forwarded | None:
        """Carry out what an organisation asks for on behalf of its employee; None where it knows nobody of that name.
        The end of a restriction is announced and waits for its word (`controllers.lifts`).

        Raises AlreadyErased, RightRefused, UnknownAssessment.
        """
        async with self._database.read() as connection:
            alias = await self._employees.alias(connection, asked.tenant, asked.external_id)
        if alias is None:
            return None
        what = Asked(asked.type, asked.purpose, asked.assessment)
        async with self._carrying_out.refusals.transaction(alias, what, "organisation") as connection:
            if asked.type == "restriction-lift":
                return await self._carrying_out.lifts.announce(connection, await living(connection, alias))
            done = await self._carrying_out.carry_out_within(connection, alias, what, "organisation")
            wanted, at = Wanted(asked.tenant, alias, *what.about, "organisation"), written(now())
            minted = await self._queue.keep(connection, wanted, at)
            await self._queue.carried_out(connection, minted, at, done.request)
            return (await self._queue.load(connection, instructions.c.id == minted))[0]

    async def waiting(self, tenant: str) -> Sequence[Forwarded]:
        """All of an organisation, those that wait first. Whatever is listed here has been handed over."""
        async with self._database.write() as connection:
            mine = instructions.c.tenant == tenant
            await self._hand_over(connection, written(now()), mine)
            return await self._queue.load(connection, mine)

    async def delivered(self, tenant: str, said: NoticeDelivered) -> None:
        """A webhook of the organisation has taken the request; what was handed over before stays so."""
        async with self._database.write() as connection:
            mine = instructions.c.tenant == tenant, instructions.c.id == said.notice
            await self._hand_over(connection, said.at, *mine)

    async def instruct(self, word: InstructRequest) -> Forwarded | None:
        """Take the controller's word in one transaction; None where it has no such request. What is decided stays so.

        Raises RightRefused, UnknownAssessment, NotTold.
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
            found = next(iter(await self._queue.load(connection, *mine)), None)
            if found is None or found.state != "waiting":
                return found  # taken back a moment ago, or decided
            if word.decision == "carry-out":
                await self._carry_out(connection, word, found, alias, what)
            else:
                await self._refuse(connection, word, alias)
            return (await self._queue.load(connection, *mine))[0]

    async def take_back(self, alias: str, forwarded: str) -> bool:
        """Cancel what the employee asked for; whether it is theirs. Raises NotCancellable for what is decided."""
        mine = instructions.c.id == forwarded, instructions.c.alias == alias, instructions.c.asked_by == "employee"
        async with self._database.write() as connection:
            waits = await self._queue.load(connection, *mine)
            if not waits:
                return False
            if waits[0].state != "waiting":
                raise NotCancellable(f"The request is {waits[0].state}; only what waits can be cancelled.")
            standing, at = await living(connection, alias), written(now())
            await self._queue.taken_back(connection, standing, waits[0], at)
            fields = [("request", forwarded), ("outcome", "cancelled")]
            trail = self._keystore.trail_of(standing)
            closed = committed_entry("request-closed", at, "person", trail, fields, tenant=standing.tenant)
            await self._outboxes.record(connection, [closed])
            return True

    async def opened_as(self, request: str) -> str:
        """The request as which a forwarded one was carried out; any other is itself."""
        wanted = select(instructions.c.request).where(instructions.c.id == request)
        async with self._database.read() as connection:
            return await connection.scalar(wanted) or request

    async def of(self, alias: str) -> Sequence[Forwarded]:
        """What was asked for this person, by whomever."""
        async with self._database.read() as connection:
            return await self._queue.load(connection, instructions.c.alias == alias)

    async def is_of(self, alias: str, forwarded: str) -> bool:
        """Whether a request of this id was asked for this person."""
        own = select(instructions.c.id).where(instructions.c.alias == alias, instructions.c.id == forwarded)
        async with self._database.read() as connection:
            return await connection.scalar(own) is not None

    async def show(self, alias: str) -> Sequence[Forwarded]:
        """The same for the person's own eyes: with it they are told what was asked for on their behalf."""
        found = await self.of(alias)
        if not any(map(is_untold, found)):
            return found
        with suppress(AlreadyErased):
            async with self._database.write() as connection:
                standing = await living(connection, alias)
                for one in await self._queue.load(connection, instructions.c.alias == alias):
                    await self._carrying_out.lifts.tell(connection, standing, one, "employee", now())
        return await self.of(alias)

    async def find(self, forwarded: str) -> Forwarded | None:
        """The request of this id: 128 random bits, which its person was told, and the organisation."""
        async with self._database.read() as connection:
            found = await self._queue.load(connection, instructions.c.id == forwarded)
        return found[0] if found else None

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
        self, connection: AsyncConnection, word: InstructRequest, found: Forwarded, alias: str | None, what: Asked
    ) -> None:
        """For somebody erased in the meantime there is nothing left to do."""
        done = None
        if alias is not None:
            with suppress(AlreadyErased):
                if (told_at := demand_told(found, word.told_at)) is not None:
                    standing = await living(connection, alias)
                    await self._carrying_out.lifts.tell(connection, standing, found, "organisation", told_at)
                opened = await self._carrying_out.carry_out_within(
                    connection, alias, what, "organisation", clock_of(found)
                )
                done = opened.request
        await self._queue.carried_out(connection, word.id, written(now()), done)

    async def _refuse(self, connection: AsyncConnection, word: InstructRequest, alias: str | None) -> None:
        at = written(now())
        standing = None if alias is None else (await ledger.standings(connection, [alias]))[alias]
        await self._queue.refused(connection, word.id, at, standing, word.reason)
        if standing is None:
            return
        fields = [("request", word.id), ("outcome", "refused"), ("reason", word.reason or "")]
        fields.append(("remedies", " ".join(one.article for one in REMEDIES)))
        trail = self._keystore.trail_of(standing)
        closed = committed_entry("request-closed", at, "organisation", trail, fields, tenant=standing.tenant)
        await self._outboxes.record(connection, [closed])


def _notice(waits: Forwarded) -> Notice:
    request = RequestForwarded(waits.type, waits.hand_over_by, waits.answer_by, waits.purpose, waits.assessment)
    return Notice(waits.id, "request-forwarded", waits.assessments, waits.opened_at, request=request)
