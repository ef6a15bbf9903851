"""Carrying out what a person, or a controller on a person's behalf, asks for: one way for whoever asks."""

from dataclasses import dataclass

from schemas.purposes import Purpose
from services.consent.entries import Actor
from services.consent.erasure import Erasure
from services.consent.requests import PrivacyRequests
from services.consent.rights import Right, Rights


@dataclass(frozen=True, slots=True)
class CarryingOut:
    """The requests and the rights, by the type of what is asked."""

    requests: PrivacyRequests
    rights: Rights

    async def carry_out(
        self, alias: str, kind: str, purpose: Purpose | None, actor: Actor = "person"
    ) -> Erasure | Right:
        """Do it, or begin it. Raises AlreadyErased, NotRestricted, NotObjectable."""
        if kind == "erasure":
            return await self.requests.open_erasure(alias, actor)
        if kind == "objection":
            return await self.rights.object(alias, purpose, actor)
        if kind == "restriction":
            return await self.rights.restrict(alias, actor)
        return await self.rights.lift(alias, actor)
