"""Whose data is shown: that of the person whose claim code the session keeps, sealed in its cookie."""

from aiohttp import web

from infra.http.problems import Problem
from infra.pages.site import Draw
from infra.pages.visit import Visit
from services.consent.claims import Claims


class NotEntered(Exception):
    """No claim code has been entered in this session, or its person was erased meanwhile."""


class Own:
    """Finds the person, under the limits that hold for the interface."""

    def __init__(self, claims: Claims) -> None:
        self._claims = claims

    async def alias(self, visit: Visit) -> str:
        """The person of this session. Raises NotEntered, Problem (429)."""
        found = await self.found(visit, visit.session.get("claim") or "")
        if found is None:
            raise NotEntered
        return found

    async def found(self, visit: Visit, code: str) -> str | None:
        """Whose code this is; None where it is nobody's or no code. Raises Problem (429)."""
        if not code:
            return None
        try:
            return await self._claims.owner(visit.request, code)
        except Problem as problem:
            if problem.status != 401:
                raise
            return None


def entered(draw: Draw) -> Draw:
    """A page that needs a claim code: without one, the way leads to where it is asked for."""

    async def drawn_or_asked(visit: Visit) -> web.StreamResponse:
        try:
            return await draw(visit)
        except NotEntered:
            return visit.see_other("/")

    return drawn_or_asked
