"""Where a code is asked for; a form that comes when its session is over waits for it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from aiohttp import web

from infra.http.attempts import Attempts
from infra.http.problems import Problem
from infra.pages.once_more import OnceMore
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
        once_more = OnceMore("once-more.html", (_AGAIN,), self._enter_again)

        async def drawn_or_asked(visit: Visit) -> web.StreamResponse:
            try:
                return await draw(visit)
            except NotEntered:
                if visit.request.method == "POST":
                    return await once_more.ask(visit, draw, section="result")
                return visit.see_other(self.place)

        return drawn_or_asked

    async def _enter_again(self, visit: Visit) -> Mapping[str, str]:
        return {} if await self.enter(visit, visit.form.get(_AGAIN)) else said(visit, {_AGAIN: self.mistake})


def take(attempts: Attempts, address: str) -> None:
    """One attempt at a code from this address. Raises Problem (429) where none is left."""
    if seconds := attempts.take(address):
        raise Problem(429, "too-many", "Too many attempts", headers={"Retry-After": str(seconds)})
