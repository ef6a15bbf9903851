"""Notices to those who received the data (GDPR Art. 19): of a correction, a restriction, an erasure, an overruling.

A notice is issued in the transaction that causes it and names assessments by the ids that the organisation was given,
never the person or the request. That a webhook took it is kept, and so is its acknowledgement, which the organisation
gives in so many words: a machine that answers 200 has not said that anybody acts on it. The person is shown both.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Column, ColumnElement, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import now, written
from infra.db.engine import Database
from schemas.entry import EntryType
from schemas.purposes import INDIVIDUALS
from schemas.rights import Decision, Notice, NoticeAcknowledged, NoticeDelivered, NoticeKind
from services.consent.entries import entry
from services.consent.ledger import Standing
from services.consent.outboxes import Outboxes
from services.consent.rights.filed import Filed
from services.consent.tables import hand_ins, notices, requests

_KINDS: dict[str, NoticeKind] = {"restriction": "restricted", "restriction-lift": "restriction-lifted"}


@dataclass(frozen=True, slots=True)
class Told:
    """A recipient that was told: when a webhook of its took it, and when it acknowledged."""

    tenant: str
    kind: NoticeKind
    issued_at: str
    delivered_at: str | None
    acknowledged_at: str | None


class Notices:
    """The notices of all requests."""

    def __init__(self, database: Database, outboxes: Outboxes) -> None:
        self._database = database
        self._outboxes = outboxes

    async def issue(self, connection: AsyncConnection, standing: Standing, filed: Filed) -> None:
        """Tell the recipients of a restriction and of its end; an objection is no case of Art. 19."""
        if (kind := _KINDS.get(filed.kind)) is not None:
            handed_in = await _handed_in(connection, standing.alias)
            await self._issue(connection, standing, filed.request, _notice(kind, handed_in))

    async def issue_erased(self, connection: AsyncConnection, standing: Standing, request: str) -> None:
        """Tell the recipients that all is erased, as long as it is known what they received."""
        handed_in = await _handed_in(connection, standing.alias)
        await self._issue(connection, standing, request, _notice("erased", handed_in))

    async def issue_rectified(
        self, connection: AsyncConnection, standing: Standing, filed: Filed, replaced_by: str
    ) -> None:
        """Tell the recipients which assessment has taken the place of the request's."""
        notice = _notice("rectified", (filed.assessment or "",), replaced_by)
        await self._issue(connection, standing, filed.request, notice)

    async def issue_overruled(self, connection: AsyncConnection, standing: Standing, filed: Filed) -> None:
        """Tell the recipients that a human does not uphold the result of the request's assessment."""
        await self._issue(connection, standing, filed.request, _notice("overruled", (filed.assessment or "",)))

    async def tell_decision(
        self, connection: AsyncConnection, standing: Standing, filed: Filed, decision: Decision
    ) -> None:
        """Tell intake what a human decided, which passes on or holds back what crosses a boundary."""
        if standing.tenant != INDIVIDUALS and filed.assessment is not None:
            told = (filed.assessment,)
            notice = Notice(secrets.token_hex(16), "reviewed", told, written(now()), decision=decision)
            await self._outboxes.notify(connection, standing.tenant, notice)

    async def delivered(self, tenant: str, said: NoticeDelivered) -> None:
        """Keep that a webhook of the organisation took a notice of its own; a repetition changes nothing."""
        await self._keep(tenant, said, notices.c.delivered_at, "notice-delivered")

    async def acknowledge(self, tenant: str, said: NoticeAcknowledged) -> None:
        """Keep an organisation's acknowledgement of a notice of its own; a repetition changes nothing."""
        await self._keep(tenant, said, notices.c.acknowledged_at, "notice-acknowledged")

    async def _keep(
        self, tenant: str, said: NoticeDelivered | NoticeAcknowledged, moment: Column[str], kind: EntryType
    ) -> None:
        own = notices.c.id == said.notice, notices.c.tenant == tenant, moment.is_(None)
        async with self._database.write() as connection:
            result = await connection.execute(update(notices).where(*own).values({moment: said.at}))
            if result.rowcount:
                await self._outboxes.record(connection, [entry(kind, written(now()), "organisation")])

    async def told(self, request: str) -> Sequence[Told]:
        """Who was told because of a request."""
        return (await self._told(notices.c.request == request)).get(request, ())

    async def told_of(self, alias: str) -> Mapping[str, Sequence[Told]]:
        """Who was told because of each of a person's own requests; those that nobody was told of are not in it."""
        return await self._told(notices.c.request.in_(select(requests.c.id).where(requests.c.alias == alias)))

    async def _told(self, which: ColumnElement[bool]) -> Mapping[str, Sequence[Told]]:
        found: dict[str, list[Told]] = {}
        async with self._database.read() as connection:
            ordered = select(notices).where(which).order_by(notices.c.issued_at, notices.c.id)
            for row in await connection.execute(ordered):
                told = Told(row.tenant, row.kind, row.issued_at, row.delivered_at, row.acknowledged_at)
                found.setdefault(row.request, []).append(told)
        return found

    async def _issue(self, connection: AsyncConnection, standing: Standing, request: str, notice: Notice) -> None:
        # Results leave only for the organisation that handed in; who came by themselves has no recipient.
        if standing.tenant == INDIVIDUALS or not notice.assessments:
            return
        await connection.execute(
            insert(notices).values(
                id=notice.id, request=request, tenant=standing.tenant, kind=notice.kind, issued_at=notice.at
            )
        )
        await self._outboxes.notify(connection, standing.tenant, notice)


def _notice(kind: NoticeKind, assessments: tuple[str, ...], replaced_by: str | None = None) -> Notice:
    return Notice(secrets.token_hex(16), kind, assessments, written(now()), replaced_by)


async def _handed_in(connection: AsyncConnection, alias: str) -> tuple[str, ...]:
    rows = await connection.scalars(
        select(hand_ins.c.event_id).where(hand_ins.c.alias == alias).order_by(hand_ins.c.handed_in_at)
    )
    return tuple(rows)
