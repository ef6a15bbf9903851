"""Who sits at the console: the officer of a session, and what their role lets them see.

The cookie holds a random key and nothing else; what it opens is stored, so that a session ends at once when it is
closed, when the officer is removed or when eight hours are over.
"""

import secrets
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from hashlib import sha256

from aiohttp import web

from infra.clock import now
from infra.http.attempts import Attempts
from infra.http.problems import Problem
from infra.pages.once_more import OnceMore
from infra.pages.site import Draw, Site
from infra.pages.visit import Visit
from services.audit.officers.passwords import MOST
from services.audit.officers.register import Officer, Officers
from services.audit.officers.roles import Right

HOURS = 8
ATTEMPTS, A_NEW_ONE_AFTER_SECONDS = 6, 60
_KEY = "key"
_ASKED = ("name", "password", "code")
_AGAIN = tuple(f"{name}-again" for name in _ASKED)
_LONGEST = 200
Shown = Callable[[Visit, Officer], Awaitable[web.StreamResponse]]


class Desk:
    """Begins and ends sessions, and asks for one where a page needs it.

    Attempts are limited for each address and for each name; only those that fail count.
    """

    def __init__(self, officers: Officers) -> None:
        self._officers = officers
        self._attempts = Attempts(ATTEMPTS, A_NEW_ONE_AFTER_SECONDS)
        self._once_more = OnceMore("login-again.html", _AGAIN, self._log_in_again)

    def form(self, site: Site, path: str, right: Right, do: Shown, show: Shown) -> web.RouteDef:
        """What a form does. `show` shows it as it was filled in: in another language, and after the log-in where its
        session was over, so that whoever logs in sees what they send before it is done.
        """
        return site.post(path, self.needing(right, do, show), self.needing(right, show, show))

    def needing(self, right: Right, draw: Shown, again: Shown | None = None) -> Draw:
        """A page for officers with this right; others are led to the log-in, or told that it is not theirs. Before
        `again` the log-in is asked for on the spot.
        """

        async def drawn(visit: Visit) -> web.StreamResponse:
            officer = await self.officer(visit)
            if officer is None:
                if again is None:
                    return visit.see_other("/login")
                return await self._once_more.ask(visit, self.needing(right, again), officer=None)
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

    async def log_in(self, visit: Visit, fields: tuple[str, ...] = _ASKED) -> Officer | None:
        """Begin a session by the name, the password and the code in these fields; None where one of them is wrong.

        Raises Problem (429) after too many attempts.
        """
        name = visit.form.get(fields[0]).lower()[:_LONGEST]
        keys = (("address", visit.address), ("name", name))
        for key in keys:
            if seconds := self._attempts.take(key):
                raise Problem(429, "too-many", "Too many attempts", headers={"Retry-After": str(seconds)})
        code = visit.form.get(fields[2]).replace(" ", "")[:_LONGEST]
        found = await self._officers.recognise(name, typed(visit, fields[1]), code)
        if found is None or not await self._begin(visit, *found):
            await self._officers.refuse(name)
            return None
        for key in keys:
            self._attempts.give_back(key)
        return found[0]

    async def _log_in_again(self, visit: Visit) -> Mapping[str, str]:
        return {_AGAIN[0]: refused(visit)} if await self.log_in(visit, _AGAIN) is None else {}

    async def _begin(self, visit: Visit, officer: Officer, step: int) -> bool:
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


def refused(visit: Visit) -> str:
    """One answer for a wrong name, a wrong password and a wrong code."""
    return visit.says("Name, password or code is wrong. A code counts once: wait for the next one.")


def typed(visit: Visit, name: str) -> str:
    """A field as it was typed, spaces included."""
    return next(iter(visit.form.every(name)), "")[: MOST + 1]


def _stored(key: str) -> bytes:
    return sha256(key.encode()).digest()
