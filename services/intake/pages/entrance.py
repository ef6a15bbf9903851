"""Where a code is asked for, and what becomes of a form that comes when its session is over.

Such a form is not lost: the code is asked for once more, and what was filled in goes along (WCAG 2.2, technique
G181). It travels in the form alone; nothing of it is kept here in between.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from infra.http.attempts import Attempts
from infra.http.problems import Problem
from infra.pages.forgery import FIELD
from infra.pages.site import Draw
from infra.pages.visit import Visit
from services.intake.pages.mistakes import said

ATTEMPTS, A_NEW_ONE_AFTER_SECONDS = 10, 30
_AGAIN = "code-again"


class NotEntered(Exception):
    """No code has been entered in this session, or it opens nothing any more."""


@dataclass(frozen=True, slots=True)
class Entrance:
    """The page `place` asks for the code. `enter` begins a session by one; False where it opens nothing, of which is
    said what `mistakes` has under the key `mistake`.
    """

    place: str
    enter: Callable[[Visit, str], Awaitable[bool]]
    mistake: str

    def before(self, draw: Draw) -> Draw:
        """A page that needs the code. Without one the way leads to the entrance; a form waits for it."""

        async def drawn_or_asked(visit: Visit) -> web.StreamResponse:
            try:
                return await draw(visit)
            except NotEntered:
                if visit.request.method == "POST":
                    return await self._once_more(visit, draw)
                return visit.see_other(self.place)

        return drawn_or_asked

    async def _once_more(self, visit: Visit, draw: Draw) -> web.StreamResponse:
        code = visit.form.get(_AGAIN)
        visit.form = visit.form.without(_AGAIN, FIELD, "lang")
        if code and await self.enter(visit, code):
            return await draw(visit)
        carried = list(visit.form.values)
        if code:
            visit.form = visit.form.wrong(said(visit, {_AGAIN: self.mistake}))
        return visit.page("once-more.html", status=422 if code else 200, asked=_AGAIN, carried=carried)


def take(attempts: Attempts, address: str) -> None:
    """One attempt at a code from this address. Raises Problem (429) where none is left."""
    if seconds := attempts.take(address):
        raise Problem(429, "too-many", "Too many attempts", headers={"Retry-After": str(seconds)})
