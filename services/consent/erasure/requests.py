"""People's requests for erasure, in the database: opened, cancelled, and driven to their receipt step by step.

Each step is one transaction and is decided anew from what is stored, so that a crash between two of them loses
nothing and repeats nothing.
"""

import asyncio
import secrets
from datetime import datetime, timedelta

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import now, written
from infra.db.engine import Database
from schemas.events import ErasureOrder, PendingErasure, Revoked, StoreReport
from schemas.purposes import PersonState
from services.consent import ledger
from services.consent.entries import Actor, committed_entry, entry
from services.consent.erasure.cases import Case, load_cases
from services.consent.erasure.due import due_cases
from services.consent.erasure.erased_journal import ErasedJournal
from services.consent.erasure.issued import Receipts, newest
from services.consent.erasure.reports import OURSELVES, keep_report
from services.consent.erasure.steps import STORES, UNFINISHED, Cause, Erasure, Step, demand_cancellable, next_step
from services.consent.erasure.tombstones import destroy
from services.consent.keys.clients import KeyClients
from services.consent.keys.keystore import KeyStore
from services.consent.outboxes import Outboxes
from services.consent.rights.disclosures import order_anew
from services.consent.rights.filed import AlreadyErased
from services.consent.rights.notices import Notices
from services.consent.tables import persons, requests


class PrivacyRequests:
    """Requests of persons who have proved who they are."""

    def __init__(
        self,
        database: Database,
        keystore: KeyStore,
        outboxes: Outboxes,
        key_clients: KeyClients,
        notices: Notices,
        *,
        journal: ErasedJournal,
        receipts: Receipts,
        window_seconds: int,
    ) -> None:
        self._database = database
        self._keystore = keystore
        self._outboxes = outboxes
        self._key_clients = key_clients
        self._notices = notices
        self._journal = journal
        self._receipts = receipts
        self._window = timedelta(seconds=window_seconds)

    async def open_erasure(
        self,
        alias: str,
        actor: Actor = "person",
        cause: Cause = "asked",
        *,
        asked_at: datetime | None = None,
        within: AsyncConnection | None = None,
    ) -> Erasure:
        """Stop everything but access at once and open the window. A second request is the first one.

        Its clock runs since it was asked, where that was earlier; the window is counted from now. Only what was asked
        for can be cancelled: what expired, or ended with a contract, has no window.
        """
        async with self._database.write(within) as connection:
            known = await load_cases(connection, requests.c.alias == alias, requests.c.state.in_(UNFINISHED))
            if known:
                return known[0].erasure
            standing = (await ledger.standings(connection, [alias])).get(alias)
            if standing is None or standing.state == "erased":
                raise AlreadyErased
            moment, sequence = now(), await ledger.advance(connection)
            since = written(asked_at or moment)
            request, due_at = secrets.token_hex(16), now() + (self._window if cause == "asked" else timedelta())
            await connection.execute(
                insert(requests).values(
                    id=request,
                    type="erasure",
                    alias=alias,
                    tenant=standing.tenant,
                    state="pending",
                    prior_state=standing.state,
                    opened_at=since,
                    due_at=written(due_at),
                    cause=cause,
                )
            )
            await _set_person(connection, alias, "erasure-pending")
            fields = [("request", request), ("request_type", "erasure"), ("cause", cause)]
            trail = self._keystore.trail_of(standing)
            opened = committed_entry("request-opened", written(moment), actor, trail, fields, tenant=standing.tenant)
            await self._outboxes.record(connection, [opened])
            pending = PendingErasure(request, since, written(due_at))
            revoked = Revoked(sequence, "erasure-pending", standing.withdrawn, pending)
            await self._outboxes.revoke(connection, alias, revoked)
            return (await load_cases(connection, requests.c.id == request))[0].erasure

    async def cancel(self, request: str, alias: str) -> Erasure | None:
        """Undo the request within its window; None where this person has no such request. Raises NotCancellable."""
        async with self._database.write() as connection:
            found = await load_cases(connection, requests.c.id == request, requests.c.alias == alias)
            if not found:
                return None
            case, moment = found[0], now()
            demand_cancellable(case.erasure, moment)
            standing = (await ledger.standings(connection, [alias]))[alias]
            sequence = await ledger.advance(connection)
            await _set_person(connection, alias, case.prior)
            await _set_request(connection, request, state="cancelled", cancelled_at=written(moment))
            await order_anew(connection, alias)
            fields = [("request", request), ("outcome", "cancelled")]
            trail = self._keystore.trail_of(standing)
            await self._outboxes.record(
                connection,
                [committed_entry("request-closed", written(moment), "person", trail, fields, tenant=standing.tenant)],
            )
            await self._outboxes.revoke(connection, alias, Revoked(sequence, "erasure-cancelled", standing.withdrawn))
            return (await load_cases(connection, requests.c.id == request))[0].erasure

    async def find(self, request: str) -> Erasure | None:
        """The request of this id: 128 random bits, which only its person was told."""
        async with self._database.read() as connection:
            found = await load_cases(connection, requests.c.id == request)
        return found[0].erasure if found else None

    async def receipt(self, request: str) -> bytes | None:
        """The signed receipt at its latest stage, or None as long as there is none."""
        async with self._database.read() as connection:
            return await newest(connection, request)

    async def take_report(self, report: StoreReport) -> None:
        """Keep what a store deleted because it was ordered to; the last report completes the erasure.

        Before the order nothing can have been deleted: such a report, a repetition, and one of no store of ours
        change nothing.
        """
        if report.service not in STORES:
            return
        async with self._database.write() as connection:
            mine = requests.c.id == report.request, requests.c.state == "ordered"
            if not await load_cases(connection, *mine):
                return
            await keep_report(connection, report)
            (case,) = await load_cases(connection, *mine)
            if self._next(case) == "complete":
                await self._complete(connection, case)

    async def advance(self) -> bool:
        """Take steps that can be taken now, oldest request first; say whether any was."""
        async with self._database.read() as connection:
            cases = await due_cases(connection, now(), self._key_clients.let_go())
        steps = [(case, step) for case in cases if (step := self._next(case)) is not None]
        for case, step in steps:
            if step != "wipe":
                await self._take(case, step)
        if wiping := [case for case, step in steps if step == "wipe"]:
            await self._wipe(wiping)
        return bool(steps)

    def _next(self, case: Case) -> Step | None:
        published, let_go = case.erasure.published_at, False
        if case.revocation is not None and published is not None:
            let_go = self._key_clients.let_go().covers(case.revocation, published)
        return next_step(case.erasure, now(), let_go)

    async def _take(self, case: Case, step: Step) -> None:
        async with self._database.write() as connection:
            fresh = (await load_cases(connection, requests.c.id == case.erasure.request))[0]
            if self._next(fresh) != step:
                return  # cancelled or held a moment ago
            if step == "erase":
                await self._erase(connection, fresh)
            else:
                await self._order(connection, fresh)
        if step == "erase":
            await asyncio.to_thread(self._journal.carried_out, _alias(case))

    async def _erase(self, connection: AsyncConnection, case: Case) -> None:
        alias, moment = _alias(case), now()
        standing = (await ledger.standings(connection, [alias]))[alias]
        await self._notices.issue_erased(connection, standing, case.erasure.request)
        counts = await destroy(connection, alias)
        sequence = await ledger.advance(connection)
        erased = entry("erased", written(moment), "service:consent", standing.tenant)
        await self._outboxes.record(connection, [erased])
        revocation = await self._outboxes.revoke(connection, alias, Revoked(sequence, "erased"))
        request = case.erasure.request
        await _set_request(
            connection,
            request,
            state="erased",
            erased_at=written(moment),
            entry=erased.entry_id,
            revocation=revocation,
            epoch=standing.epoch or None,
        )
        await keep_report(connection, StoreReport(OURSELVES, request, dict(counts)))
        # Before the commit: whatever is restored after it, what was carried out is never forgotten.
        await asyncio.to_thread(self._journal.begin, alias)

    async def _wipe(self, cases: list[Case]) -> None:
        await self._database.wipe_traces()
        for case in cases:
            async with self._database.write() as connection:
                await _set_request(connection, case.erasure.request, state="revoked")
                await self._receipts.issue(connection, case.erasure.request, "revoked")

    async def _order(self, connection: AsyncConnection, case: Case) -> None:
        request = case.erasure.request
        await _set_request(connection, request, state="ordered", acknowledged_at=written(now()))
        await self._outboxes.order(connection, _alias(case), ErasureOrder(request, case.entry or ""))

    async def _complete(self, connection: AsyncConnection, case: Case) -> None:
        request, moment = case.erasure.request, written(now())
        await _set_request(connection, request, state="complete", completed_at=moment, alias=None)
        await self._receipts.issue(connection, request, "complete")
        await self._outboxes.record(connection, [entry("request-closed", moment, "service:consent")])


def _alias(case: Case) -> str:
    if case.alias is None:
        raise LookupError(f"request {case.erasure.request} has lost its person before it was complete")
    return case.alias


async def _set_person(connection: AsyncConnection, alias: str, state: PersonState) -> None:
    await connection.execute(update(persons).where(persons.c.alias == alias).values(state=state))


async def _set_request(connection: AsyncConnection, request: str, **values: object) -> None:
    await connection.execute(update(requests).where(requests.c.id == request).values(**values))
