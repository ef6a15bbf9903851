"""People's requests for erasure, in the database: opened, cancelled, and driven to their receipt step by step.

Each step is one transaction and is decided anew from what is stored, so that a crash between two of them loses
nothing and repeats nothing.
"""

import asyncio
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import now, written
from infra.db.engine import Database
from schemas.events import ErasureOrder, PendingErasure, Revoked, StoreReport
from schemas.purposes import PersonState
from services.consent import ledger
from services.consent.entries import Actor, committed_entry, entry
from services.consent.erasure.cases import Case, load_cases, read_time
from services.consent.erasure.erased_journal import ErasedJournal
from services.consent.erasure.receipt import Destroyed, LogPlace, Receipt, Stage, sign
from services.consent.erasure.reports import OURSELVES, keep_report
from services.consent.erasure.steps import UNFINISHED, Cause, Erasure, Step, demand_cancellable, next_step
from services.consent.erasure.tombstones import destroy
from services.consent.keys import epochs
from services.consent.keys.clients import KeyClients
from services.consent.keys.keystore import KeyStore
from services.consent.outboxes import Outboxes
from services.consent.rights.filed import AlreadyErased
from services.consent.rights.notices import Notices
from services.consent.tables import persons, receipts, requests, store_reports


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
        receipt_key: Ed25519PrivateKey,
        window_seconds: int,
        backup_window: timedelta,
    ) -> None:
        self._database = database
        self._keystore = keystore
        self._outboxes = outboxes
        self._key_clients = key_clients
        self._notices = notices
        self._journal = journal
        self._receipt_key = receipt_key
        self._window = timedelta(seconds=window_seconds)
        self._backup_window = backup_window

    async def open_erasure(self, alias: str, actor: Actor = "person", cause: Cause = "asked") -> Erasure:
        """Stop everything but access at once and open the window. A second request is the first one.

        Only what was asked for can be cancelled: what expired, or ended with a contract, has no window.
        """
        async with self._database.write() as connection:
            known = await load_cases(connection, requests.c.alias == alias, requests.c.state.in_(UNFINISHED))
            if known:
                return known[0].erasure
            standing = (await ledger.standings(connection, [alias])).get(alias)
            if standing is None or standing.state == "erased":
                raise AlreadyErased
            moment, sequence = now(), await ledger.advance(connection)
            request, due_at = secrets.token_hex(16), now() + (self._window if cause == "asked" else timedelta())
            await connection.execute(
                insert(requests).values(
                    id=request,
                    type="erasure",
                    alias=alias,
                    tenant=standing.tenant,
                    state="pending",
                    prior_state=standing.state,
                    opened_at=written(moment),
                    due_at=written(due_at),
                    cause=cause,
                )
            )
            await _set_person(connection, alias, "erasure-pending")
            fields = [("request", request), ("request_type", "erasure"), ("cause", cause)]
            trail = self._keystore.trail_of(standing)
            opened = committed_entry("request-opened", written(moment), actor, trail, fields, tenant=standing.tenant)
            await self._outboxes.record(connection, [opened])
            pending = PendingErasure(request, written(moment), written(due_at))
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
            rows = await connection.execute(
                select(receipts.c.stage, receipts.c.document).where(receipts.c.request == request)
            )
            found = {row.stage: bytes(row.document) for row in rows}
        return found.get("complete") or found.get("revoked")

    async def take_report(self, report: StoreReport) -> None:
        """Keep what a store deleted. A repetition, or the report on a request that is not ours, changes nothing."""
        async with self._database.write() as connection:
            if await connection.scalar(select(requests.c.id).where(requests.c.id == report.request)) is not None:
                await keep_report(connection, report)

    async def advance(self) -> bool:
        """Take every step that can be taken now, oldest request first; say whether any was."""
        async with self._database.read() as connection:
            cases = await load_cases(connection, requests.c.state.in_(UNFINISHED))
        steps = [(case, step) for case in cases if (step := self._next(case)) is not None]
        for case, step in steps:
            if step != "wipe":
                await self._take(case, step)
        if wiping := [case for case, step in steps if step == "wipe"]:
            await self._wipe(wiping)
        return bool(steps)

    def _next(self, case: Case) -> Step | None:
        published = case.erasure.published_at
        holding = 0
        if case.revocation is not None and published is not None:
            holding = len(self._key_clients.outstanding(case.revocation, published))
        return next_step(case.erasure, now(), holding)

    async def _take(self, case: Case, step: Step) -> None:
        async with self._database.write() as connection:
            fresh = (await load_cases(connection, requests.c.id == case.erasure.request))[0]
            if self._next(fresh) != step:
                return  # cancelled or held a moment ago
            if step == "erase":
                await self._erase(connection, fresh)
            elif step == "order":
                await self._order(connection, fresh)
            else:
                await self._complete(connection, fresh)

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
        # Before the commit: what is decided here is carried out at the next start if it fails, and never forgotten.
        await asyncio.to_thread(self._journal.add, [alias])

    async def _wipe(self, cases: list[Case]) -> None:
        await self._database.wipe_traces()
        for case in cases:
            async with self._database.write() as connection:
                await _set_request(connection, case.erasure.request, state="revoked")
                await self._issue(connection, case.erasure.request, "revoked")

    async def _order(self, connection: AsyncConnection, case: Case) -> None:
        request = case.erasure.request
        await _set_request(connection, request, state="ordered", acknowledged_at=written(now()))
        await self._outboxes.order(connection, _alias(case), ErasureOrder(request, case.entry or ""))

    async def _complete(self, connection: AsyncConnection, case: Case) -> None:
        request, moment = case.erasure.request, written(now())
        await _set_request(connection, request, state="complete", completed_at=moment, alias=None)
        await self._issue(connection, request, "complete")
        await self._outboxes.record(connection, [entry("request-closed", moment, "service:consent")])

    async def _issue(self, connection: AsyncConnection, request: str, stage: Stage) -> None:
        case = (await load_cases(connection, requests.c.id == request))[0]
        rows = (await connection.execute(select(store_reports).where(store_reports.c.request == request))).all()
        ends = await epochs.end_of(connection, case.epoch)
        receipt = _receipt(case, stage, rows, self._backup_window, None if ends is None else read_time(ends))
        signed = sign(receipt, self._receipt_key)
        await connection.execute(insert(receipts).values(request=request, stage=stage, document=signed))


def _receipt(
    case: Case, stage: Stage, reports: Sequence[Row[Any]], backup_window: timedelta, epoch_ends: datetime | None
) -> Receipt:
    erasure = case.erasure
    erased_at = erasure.erased_at or now()
    places = [LogPlace(row.log_index, row.checkpoint or "") for row in reports if row.log_index is not None]
    return Receipt(
        request=erasure.request,
        stage=stage,
        requested_at=erasure.opened_at,
        erased_at=erased_at,
        issued_at=now(),
        cause=erasure.cause,
        last_write=erasure.acknowledged_at or now(),
        destroyed=[Destroyed(row.service, orjson.loads(row.counts), read_time(row.reported_at)) for row in reports],
        backup_window=backup_window,
        epoch=case.epoch,
        epoch_ends=epoch_ends,
        log=places[0] if places else None,
    )


def _alias(case: Case) -> str:
    if case.alias is None:
        raise LookupError(f"request {case.erasure.request} has lost its person before it was complete")
    return case.alias


async def _set_person(connection: AsyncConnection, alias: str, state: PersonState) -> None:
    await connection.execute(update(persons).where(persons.c.alias == alias).values(state=state))


async def _set_request(connection: AsyncConnection, request: str, **values: object) -> None:
    await connection.execute(update(requests).where(requests.c.id == request).values(**values))
