"""Human review of an automated result (GDPR Art. 22(3)): asked for here, by the person or by a rule of scoring (low
quality of the answers, a boundary of the organisation), decided by a human at audit, answered here.

The person's statement goes to the reviewer sealed, and the reviewer's reason comes back sealed. A decision changes
nothing that was computed: result and decision stand side by side, in the log as well, where audit binds who decided.
"""

from collections.abc import Sequence

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import now, written
from infra.crypto.sealed import Context, seal
from infra.db.engine import Database
from schemas.keys import NewReview
from schemas.rights import STATEMENT_SCHEMA, Reviewed, ReviewOrder
from schemas.topics import PRIVACY_REQUESTS
from services.consent.entries import Actor
from services.consent.keys.keystore import KeyStore
from services.consent.ledger import Standing, standings
from services.consent.outboxes import Outboxes
from services.consent.rights.filed import (
    OPEN,
    AlreadyErased,
    Filed,
    Filing,
    first,
    living,
    load,
    new_request,
    set_ordered,
)
from services.consent.rights.notices import Notices
from services.consent.rights.rectifications import demand_own
from services.consent.rights.refusal import RightRefused
from services.consent.tables import requests


class NotReviewable(RightRefused):
    """The purpose table lets nobody look at the result."""

    kind, title = "not-reviewable", "Not reviewable"


class Reviews:
    """Reviews for persons who have proved who they are."""

    def __init__(
        self, database: Database, keystore: KeyStore, filing: Filing, outboxes: Outboxes, notices: Notices
    ) -> None:
        self._database = database
        self._keystore = keystore
        self._filing = filing
        self._outboxes = outboxes
        self._notices = notices

    async def open(
        self,
        alias: str,
        assessment: str,
        statement: str | None,
        actor: Actor = "person",
        *,
        within: AsyncConnection | None = None,
    ) -> Filed:
        """Ask for a human to look at an assessment; while that is under way a second request is the first one, unless
        a rule has asked for it, which knows nothing of the person's own view.

        Raises UnknownAssessment, NotReviewable.
        """
        async with self._database.write(within) as connection:
            standing = await living(connection, alias)
            await demand_own(connection, alias, assessment)
            trail = self._keystore.subkeys_of(standing, "review").get("trail")
            if trail is None:
                raise NotReviewable(f"Nobody may look at the result while the person is {standing.state}.")
            own = requests.c.alias == alias, requests.c.type == "review", requests.c.assessment == assessment
            asked = requests.c.cause == "asked", requests.c.state.in_(OPEN)
            if (known := await first(connection, *own, *asked)) is not None:
                return known
            request = new_request()
            sealed = None
            if statement is not None:
                sealed = seal(trail, orjson.dumps({"statement": statement}), statement_place(standing, request))
            filed = Filed(request, "review", "pending", now(), assessment=assessment, statement=sealed)
            fields = [("assessment", assessment)]
            return await self._filing.file(connection, standing, filed, fields, actor)

    async def ask(self, asked: Sequence[NewReview]) -> None:
        """File the reviews that a rule asks for. One that is known changes nothing, nor does one of somebody whom
        nobody may look at any more: nothing of theirs is delivered either.
        """
        async with self._database.write() as connection:
            numbers = [one.request for one in asked]
            known = set(await connection.scalars(select(requests.c.id).where(requests.c.id.in_(numbers))))
            found = await standings(connection, sorted({one.alias for one in asked}))
            for one in asked:
                standing = found.get(one.alias)
                if one.request in known or standing is None or not self._may_be_reviewed(standing):
                    continue
                await demand_own(connection, one.alias, one.assessment)
                filed = Filed(
                    one.request,
                    "review",
                    "pending",
                    now(),
                    assessment=one.assessment,
                    statement=one.statement,
                    cause="rule",
                )
                fields = [("assessment", one.assessment)]
                await self._filing.file(connection, standing, filed, fields, "service:scoring")

    def _may_be_reviewed(self, standing: Standing) -> bool:
        return standing.state != "erased" and "trail" in self._keystore.subkeys_of(standing, "review")

    async def advance(self) -> bool:
        """Hand what is pending to the reviewers; say whether there was any."""
        async with self._database.read() as connection:
            own = requests.c.type == "review", requests.c.state == "pending"
            pending = await load(connection, *own)
        for filed in pending:
            await self._order(filed)
        return bool(pending)

    async def take(self, alias: str, reviewed: Reviewed) -> None:
        """Close the request with what a human decided; a repetition changes nothing."""
        async with self._database.write() as connection:
            own = requests.c.id == reviewed.request, requests.c.alias == alias, requests.c.type == "review"
            filed = await first(connection, *own, requests.c.state.in_(OPEN))
            if filed is None:
                return
            standing = await living(connection, alias)
            await self._filing.close(connection, standing, filed, reviewed.decision, reviewed.reason)
            await self._notices.tell_decision(connection, standing, filed, reviewed.decision)
            if reviewed.decision == "overruled":
                await self._notices.issue_overruled(connection, standing, filed)

    async def _order(self, filed: Filed) -> None:
        async with self._database.write() as connection:
            fresh = await first(connection, requests.c.id == filed.request, requests.c.state == "pending")
            if fresh is None or fresh.alias is None:
                return  # cancelled or erased a moment ago
            try:
                standing = await living(connection, fresh.alias)
            except AlreadyErased:
                return
            await set_ordered(connection, fresh)
            order = ReviewOrder(
                fresh.request,
                standing.tenant,
                fresh.assessment or "",
                written(fresh.opened_at),
                written(fresh.clock.answer_by),
                fresh.statement,
                "person" if fresh.cause == "asked" else "rule",
            )
            await self._outboxes.order(connection, fresh.alias, order)


def statement_place(standing: Standing, request: str) -> Context:
    """Where a person's sealed statement belongs."""
    return Context(standing.tenant, standing.alias, PRIVACY_REQUESTS.name, STATEMENT_SCHEMA, request, standing.key_id)
