"""Carrying out what a person, or a controller on a person's behalf, asks for: one way for whoever asks."""

from dataclasses import dataclass

from schemas.purposes import Purpose
from services.consent.entries import Actor
from services.consent.erasure.requests import PrivacyRequests
from services.consent.erasure.steps import Erasure
from services.consent.rights.disclosures import Disclosures
from services.consent.rights.filed import Filed
from services.consent.rights.rectifications import Rectifications
from services.consent.rights.restriction import Rights
from services.consent.rights.reviews import Reviews


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for, see `schemas.privacy_request`."""

    type: str
    purpose: Purpose | None = None
    assessment: str | None = None
    statement: str | None = None


@dataclass(frozen=True, slots=True)
class CarryingOut:
    """The parts that carry out requests, by the type of what is asked."""

    requests: PrivacyRequests
    rights: Rights
    disclosures: Disclosures
    rectifications: Rectifications
    reviews: Reviews

    async def carry_out(self, alias: str, asked: Asked, actor: Actor = "person") -> Erasure | Filed:
        """Do it, or begin it.

        Raises AlreadyErased, NotRestricted, NotObjectable, NotPortable, NotReviewable, UnknownAssessment.
        """
        assessment = asked.assessment or ""
        match asked.type:
            case "erasure":
                return await self.requests.open_erasure(alias, actor)
            case "access" | "portability" as kind:
                return await self.disclosures.open(alias, kind, actor)
            case "rectification":
                return await self.rectifications.open(alias, assessment, actor)
            case "review":
                return await self.reviews.open(alias, assessment, asked.statement, actor)
            case "objection":
                return await self.rights.object(alias, asked.purpose, actor)
            case "restriction":
                return await self.rights.restrict(alias, actor)
        return await self.rights.lift(alias, actor)
