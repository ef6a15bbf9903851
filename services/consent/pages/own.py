"""Whose data is shown: that of the person whose claim code the session keeps, sealed in its cookie."""

from collections.abc import Mapping

from aiohttp import web

from infra.http.problems import Problem
from infra.pages.once_more import OnceMore
from infra.pages.site import Draw
from infra.pages.visit import Visit
from services.consent.claims import Claims

_AGAIN = "code-again"
_LONGEST = 60


class NotEntered(Exception):
    """No claim code has been entered in this session, or its person was erased meanwhile."""


class Own:
    """Finds the person, under the limits that hold for the interface."""

    def __init__(self, claims: Claims) -> None:
        self._claims = claims
        self._once_more = OnceMore("once-more.html", (_AGAIN,), self._enter_again)

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

    async def enter(self, visit: Visit, code: str) -> bool:
        """Begin a session by a claim code; False where it opens nothing. Raises Problem (429)."""
        claim = code[:_LONGEST]
        if await self.found(visit, claim) is None:
            return False
        visit.session.begin(claim=claim)
        return True

    def entered(self, draw: Draw, again: Draw | None = None) -> Draw:
        """A page that needs a claim code: without one, the way leads to where it is asked for.

        A form whose session is over waits for the code, and is then shown by `again` as it was filled in: whoever
        enters a code sees what they send before it is done. Where its person was erased the way leads on as well.
        """

        async def drawn_or_asked(visit: Visit) -> web.StreamResponse:
            try:
                return await draw(visit)
            except NotEntered:
                if again is None or visit.session.get("claim"):
                    return visit.see_other("/")
                return await self._once_more.ask(visit, again, section="privacy")

        return drawn_or_asked

    async def _enter_again(self, visit: Visit) -> Mapping[str, str]:
        return {} if await self.enter(visit, visit.form.get(_AGAIN)) else {_AGAIN: opens_nothing(visit)}


def opens_nothing(visit: Visit) -> str:
    """What is said of a code that is nobody's."""
    return visit.says("This code opens nothing. Check it letter by letter; what it opened may have been erased.")
