"""Logging in with name, password and code; the first password is changed at once."""

from aiohttp import web

from infra.pages.site import Site
from infra.pages.visit import Visit
from services.audit.officers.passwords import LEAST, MOST
from services.audit.pages.desk import Desk, refused, typed


class LoginPages:
    """The handlers."""

    def __init__(self, site: Site, desk: Desk) -> None:
        self._site = site
        self._desk = desk

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
        """To the first page; or the form again, with one answer for whatever is wrong."""
        officer = await self._desk.log_in(visit)
        if officer is None:
            visit.form = visit.form.wrong({"name": refused(visit)})
            return visit.page("login.html", status=422, officer=None)
        return visit.see_other("/password" if officer.one_time else "/")

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
        password = typed(visit, "password")
        mistake = ""
        if not LEAST <= len(password) <= MOST:
            mistake = visit.says("Choose a password of %(least)s to %(most)s characters.", least=LEAST, most=MOST)
        elif not await self._desk.change_password(visit, officer, password):
            mistake = visit.says("This is the password that you have. Choose another one.")
        if mistake:
            visit.form = visit.form.wrong({"password": mistake})
            return visit.page("password.html", status=422, officer=officer, least=LEAST)
        return visit.see_other("/")
