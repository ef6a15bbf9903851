"""Who sits at the console: the officer of a session, and what their role lets them see.

The cookie holds a random key and nothing else; what it opens is stored, so that a session ends at once when it is
closed, when the officer is removed or when eight hours are over.
"""

import secrets
from collections.abc import Awaitable, Callable
from datetime import timedelta
from hashlib import sha256

from aiohttp import web

from infra.clock import now
from infra.http.problems import Problem
from infra.pages.site import Draw
from infra.pages.visit import Visit
from services.audit.officers.register import Officer, Officers
from services.audit.officers.roles import Right

HOURS = 8
_KEY = "key"
Shown = Callable[[Visit, Officer], Awaitable[web.StreamResponse]]


class Desk:
    """Begins and ends sessions, and asks for one where a page needs it."""

    def __init__(self, officers: Officers) -> None:
        self._officers = officers

    def needing(self, right: Right, draw: Shown) -> Draw:
        """A page for officers with this right; others are led to the log-in, or told that it is not theirs."""

        async def drawn(visit: Visit) -> web.StreamResponse:
            officer = await self.officer(visit)
            if officer is None:
                return visit.see_other("/login")
            if officer.one_time:
                return visit.see_other("/password")
            if not officer.may(right):
                if visit.request.path == "/" and officer.may("operate"):
                    return visit.see_other("/operations")
                raise Problem(403, "not-your-role", "Not part of your role")
            return await draw(visit, officer)

        return drawn

    async def officer(self, visit: Visit) -> Officer | None:
        """Whose session this is, if it is one that lasts."""
        key = visit.session.get(_KEY)
        return None if key is None else await self._officers.of_session(_stored(key))

    async def begin(self, visit: Visit, officer: Officer, step: int) -> bool:
        """Log in, under a session that was not there before; False where the code was used meanwhile."""
        key = secrets.token_urlsafe(32)
        if not await self._officers.admit(officer, step, _stored(key), now() + timedelta(hours=HOURS)):
            return False
        await self._forget(visit)
        visit.session.begin(**{_KEY: key})
        return True

    async def change_password(self, visit: Visit, officer: Officer, password: str) -> bool:
        """See `Officers.change_password`; this session goes on."""
        return await self._officers.change_password(officer, password, _stored(visit.session.get(_KEY) or ""))

    async def end(self, visit: Visit) -> None:
        """Log out."""
        await self._forget(visit)
        visit.session.end()

    async def _forget(self, visit: Visit) -> None:
        if key := visit.session.get(_KEY):
            await self._officers.end(_stored(key))


def _stored(key: str) -> bytes:
    return sha256(key.encode()).digest()
