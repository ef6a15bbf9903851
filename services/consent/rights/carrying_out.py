"""Carrying out what a person, or a controller on a person's behalf, asks for: one way for whoever asks."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from services.consent.controllers.lifts import Lifts
from services.consent.entries import Actor
from services.consent.erasure.requests import PrivacyRequests
from services.consent.erasure.steps import Erasure
from services.consent.rights.asked import Asked
from services.consent.rights.deadline import Clock
from services.consent.rights.disclosures import Disclosures
from services.consent.rights.filed import Filed, run_since
from services.consent.rights.rectifications import Rectifications
from services.consent.rights.refusal import Refusals
from services.consent.rights.restriction import Rights
from services.consent.rights.reviews import Reviews


@dataclass(frozen=True, slots=True)
class CarryingOut:
    """The parts that carry out requests, by the type of what is asked."""

    refusals: Refusals
    requests: PrivacyRequests
    rights: Rights
    disclosures: Disclosures
    rectifications: Rectifications
    reviews: Reviews
    lifts: Lifts

    async def carry_out(self, alias: str, asked: Asked, actor: Actor = "person") -> Erasure | Filed:
        """Do it, or begin it, in one transaction. Raises AlreadyErased, RightRefused, UnknownAssessment."""
        async with self.refusals.transaction(alias, asked, actor) as connection:
            return await self.carry_out_within(connection, alias, asked, actor)

    async def carry_out_within(
        self, connection: AsyncConnection, alias: str, asked: Asked, actor: Actor, since: Clock | None = None
    ) -> Erasure | Filed:
        """The same as a part of a transaction out of `refusals`. The clock of what waited for its controller's word
        runs on as it did: `since` the person asked.
        """
        opened = await self._begin(connection, alias, asked, actor, since)
        if since is not None:
            await run_since(connection, opened.request, since)
        return opened

    async def _begin(
        self, connection: AsyncConnection, alias: str, asked: Asked, actor: Actor, since: Clock | None
    ) -> Erasure | Filed:
        assessment = asked.assessment or ""
        match asked.type:
            case "erasure":
                asked_at = None if since is None else since.opened_at
                return await self.requests.open_erasure(alias, actor, asked_at=asked_at, within=connection)
            case "access" | "portability" as kind:
                return await self.disclosures.open(alias, kind, actor, within=connection)
            case "rectification":
                return await self.rectifications.open(alias, assessment, actor, within=connection)
            case "review":
                return await self.reviews.open(alias, assessment, asked.statement, actor, within=connection)
            case "objection":
                return await self.rights.object(alias, asked.purpose, actor, within=connection)
            case "restriction":
                return await self.rights.restrict(alias, actor, within=connection)
        lifted = await self.rights.lift(alias, actor, within=connection)
        await self.lifts.end(connection, alias, lifted.request)
        return lifted
