"""Logging in with name, password and code; the first password is changed at once."""

from aiohttp import web

from infra.http.attempts import Attempts
from infra.http.problems import Problem
from infra.pages.site import Site
from infra.pages.visit import Visit
from services.audit.officers.passwords import LEAST, MOST
from services.audit.officers.register import Officers
from services.audit.pages.desk import Desk

ATTEMPTS, A_NEW_ONE_AFTER_SECONDS = 6, 60
_LONGEST = 200


class LoginPages:
    """The handlers. Attempts are limited for each address and for each name; only those that fail count."""

    def __init__(self, site: Site, desk: Desk, officers: Officers) -> None:
        self._site = site
        self._desk = desk
        self._officers = officers
        self._attempts = Attempts(ATTEMPTS, A_NEW_ONE_AFTER_SECONDS)

    def table(self) -> list[web.RouteDef]:
        """All routes."""
        return [
            self._site.get("/login", self.entrance),
            self._site.post("/login", self.log_in, self.entrance),
            self._site.post("/logout", self.log_out),
            self._site.get("/password", self.password),
            self._site.post("/password", self.change, self.password),
        ]

    async def entrance(self, visit: Visit) -> web.StreamResponse:
        """Where name, password and code are asked for."""
        if await self._desk.officer(visit) is not None:
            return visit.see_other("/")
        return visit.page("login.html", officer=None)

    async def log_in(self, visit: Visit) -> web.StreamResponse:
        """One answer for a wrong name, a wrong password and a wrong code."""
        name = visit.form.get("name").lower()[:_LONGEST]
        keys = (("address", visit.address), ("name", name))
        for key in keys:
            if seconds := self._attempts.take(key):
                raise Problem(429, "too-many", "Too many attempts", headers={"Retry-After": str(seconds)})
        code = visit.form.get("code").replace(" ", "")[:_LONGEST]
        found = await self._officers.recognise(name, _raw(visit, "password"), code)
        if found is None or not await self._desk.begin(visit, *found):
            await self._officers.refuse(name)
            wrong = visit.says("Name, password or code is wrong. A code counts once: wait for the next one.")
            visit.form = visit.form.wrong({"name": wrong})
            return visit.page("login.html", status=422, officer=None)
        for key in keys:
            self._attempts.give_back(key)
        return visit.see_other("/password" if found[0].one_time else "/")

    async def log_out(self, visit: Visit) -> web.StreamResponse:
        """End the session, here and on the server."""
        await self._desk.end(visit)
        return visit.see_other("/login")

    async def password(self, visit: Visit) -> web.StreamResponse:
        """Where a password of one's own is set."""
        officer = await self._desk.officer(visit)
        if officer is None:
            return visit.see_other("/login")
        return visit.page("password.html", officer=officer, least=LEAST)

    async def change(self, visit: Visit) -> web.StreamResponse:
        """Set it; every other session of the officer ends."""
        officer = await self._desk.officer(visit)
        if officer is None:
            return visit.see_other("/login")
        password = _raw(visit, "password")
        mistake = ""
        if not LEAST <= len(password) <= MOST:
            mistake = visit.says("Choose a password of %(least)s to %(most)s characters.", least=LEAST, most=MOST)
        elif not await self._desk.change_password(visit, officer, password):
            mistake = visit.says("This is the password that you have. Choose another one.")
        if mistake:
            visit.form = visit.form.wrong({"password": mistake})
            return visit.page("password.html", status=422, officer=officer, least=LEAST)
        return visit.see_other("/")


def _raw(visit: Visit, name: str) -> str:
    """A field as it was typed, spaces included."""
    return next(iter(visit.form.every(name)), "")[: MOST + 1]
