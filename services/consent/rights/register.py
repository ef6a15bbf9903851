"""All requests of all types, as their people and the operator see them: found, listed, extended, cancelled.

A request under a code that nobody has is registered as well, so that it is answered and shown like any other; there
is no person to it, it causes nothing, and it goes when its month is over.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import now, written
from infra.db.engine import Database
from services.consent import ledger
from services.consent.entries import entry
from services.consent.erasure.cases import Case, load_cases
from services.consent.erasure.steps import NotCancellable
from services.consent.outboxes import Outboxes
from services.consent.retention.holds import Holds
from services.consent.rights.deadline import Clock, Reason
from services.consent.rights.document import Document, of_erasure, of_filed, received, unproved
from services.consent.rights.filed import OPEN, Filed, Filing, first, living, load, new_request
from services.consent.rights.notices import Notices, Told
from services.consent.tables import requests

_KEPT_UNPROVED = timedelta(days=31)
_UNPROVED = "unproved"


class Register:
    """Reads what the other parts file."""

    def __init__(
        self, database: Database, filing: Filing, outboxes: Outboxes, notices: Notices, holds: Holds
    ) -> None:
        self._database = database
        self._holds = holds
        self._filing = filing
        self._outboxes = outboxes
        self._notices = notices

    async def find(self, request: str, asker: str | None = None) -> Document | None:
        """The request of this id, as it is shown to this person, or to somebody who has proved nothing."""
        async with self._database.read() as connection:
            cases = await load_cases(connection, requests.c.id == request)
            filed = await first(connection, requests.c.id == request)
            nobodys = await _unproved(connection, request)
        told = await self._notices.told(request)
        if cases:
            return await self._erasure(cases[0], told, asker)
        return nobodys if filed is None else of_filed(filed, told)

    async def filed(self, alias: str, request: str) -> Filed | None:
        """A person's own request, of any type but erasure."""
        async with self._database.read() as connection:
            return await first(connection, requests.c.alias == alias, requests.c.id == request)

    async def is_of(self, alias: str, request: str) -> bool:
        """Whether a request, of any type, is this person's own."""
        own = select(requests.c.id).where(requests.c.alias == alias, requests.c.id == request)
        async with self._database.read() as connection:
            return await connection.scalar(own) is not None

    async def of(self, alias: str) -> Sequence[Document]:
        """A person's own requests, as they are shown, the oldest first."""
        async with self._database.read() as connection:
            cases = await load_cases(connection, requests.c.alias == alias)
            filed = await load(connection, requests.c.alias == alias)
        told = await self._notices.told_of(alias)
        shown = [await self._erasure(case, told.get(case.erasure.request, ()), alias) for case in cases]
        shown += [of_filed(one, told.get(one.request, ())) for one in filed]
        return sorted(shown, key=lambda document: str(document["opened_at"]))

    async def _erasure(self, case: Case, told: Sequence[Told], asker: str | None) -> Document:
        held_for = None
        if case.erasure.held and asker is not None and asker == case.alias:
            held_for = await self._holds.reason(asker)
        return of_erasure(case.erasure, told, held_for)

    async def open_unproved(self, kind: str) -> Document:
        """Register a request under a code that nobody has."""
        request, at = new_request(), written(now())
        async with self._database.write() as connection:
            await connection.execute(
                insert(requests).values(
                    id=request, type=kind, state=_UNPROVED, prior_state=_UNPROVED, opened_at=at, due_at=at
                )
            )
        return received(request, kind, at)

    async def forget_unproved(self) -> None:
        """Delete what was asked in vain and whose month is over."""
        old = requests.c.opened_at < written(now() - _KEPT_UNPROVED)
        async with self._database.write() as connection:
            await connection.execute(delete(requests).where(requests.c.state == _UNPROVED, old))

    async def extend(self, request: str, reason: Reason) -> Document | None:
        """Give a request two further months; its person sees that and why. Raises NotExtendable."""
        async with self._database.write() as connection:
            clock, alias = await _clock(connection, request)
            if clock is None:
                return None
            extended = clock.extended(now(), reason)
            at = written(now())
            await connection.execute(
                update(requests).where(requests.c.id == request).values(extended_at=at, extension=reason)
            )
            fields = [("request", request), ("reason", reason), ("answer_by", written(extended.answer_by))]
            standing = None if alias is None else (await ledger.standings(connection, [alias])).get(alias)
            if standing is None or standing.state == "erased":
                await self._outboxes.record(connection, [entry("request-extended", at, "operator")])
            else:
                await self._filing.record(connection, standing, "request-extended", fields, "operator")
        return await self.find(request)

    async def cancel(self, alias: str, request: str) -> bool:
        """Withdraw a request that is under way; whether it is this person's. Raises NotCancellable."""
        async with self._database.write() as connection:
            filed = await first(connection, requests.c.alias == alias, requests.c.id == request)
            if filed is None:
                return False
            if filed.cause == "rule":
                raise NotCancellable("A rule asks for a human to look at it; that is not yours to cancel.")
            if filed.state not in OPEN:
                raise NotCancellable(f"The request is {filed.state}; only what is under way can be cancelled.")
            await self._filing.cancel(connection, await living(connection, alias), filed)
            return True


async def _clock(connection: AsyncConnection, request: str) -> tuple[Clock | None, str | None]:
    """The clock of any request that has one, and whose it is."""
    for case in await load_cases(connection, requests.c.id == request):
        return case.erasure.clock, case.alias
    filed = await first(connection, requests.c.id == request)
    return (None, None) if filed is None else (filed.clock, filed.alias)


async def _unproved(connection: AsyncConnection, request: str) -> Document | None:
    row = (
        await connection.execute(select(requests).where(requests.c.id == request, requests.c.state == _UNPROVED))
    ).one_or_none()
    return None if row is None else unproved(row.id, row.type, row.opened_at)
