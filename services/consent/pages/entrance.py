"""The way in and out: a claim code, an employer's single-use code, the number of a request."""

import re
from datetime import datetime

from aiohttp import web

from infra.http.problems import Problem
from infra.pages.site import Site
from infra.pages.visit import Visit
from services.consent.claims import Claims
from services.consent.controllers.employees import CodeUsed
from services.consent.erasure.cases import read_time
from services.consent.pages.overview import Overview
from services.consent.pages.own import Own, opens_nothing
from services.consent.rights.following import Following
from services.consent.stores import Stores

_LONGEST = 60
_REFERENCE = re.compile(r"[0-9a-f]{32}")


class Entrance:
    """The handlers."""

    def __init__(
        self,
        site: Site,
        own: Own,
        overview: Overview,
        *,
        claims: Claims,
        stores: Stores,
    ) -> None:
        self._site = site
        self._own = own
        self._claims = claims
        self._stores = stores
        self._following = Following(stores.register, stores.instructions)
        self._overview = overview

    def table(self) -> list[web.RouteDef]:
        """All routes."""
        return [
            self._site.get("/", self.start),
            self._site.post("/", self.enter, self.start),
            self._site.get("/employee", self.ask_employee),
            self._site.post("/employee", self.redeem, self.ask_employee),
            self._site.get("/employee/claim", self.claim),
            self._site.get("/follow", self.ask_reference),
            self._site.post("/follow", self.follow, self.ask_reference),
            self._site.post("/leave", self.leave),
        ]

    async def start(self, visit: Visit) -> web.StreamResponse:
        """One's data, or where the claim code is asked for."""
        code, erasure = visit.session.get("claim"), visit.session.get("erasure")
        alias = await self._own.found(visit, code or "")
        if alias is not None:
            return await self._overview.show(visit, alias)
        if code and erasure:
            visit.session.begin(erasure=erasure)  # the code went with the key; the way to the receipt is left
            return visit.see_other(f"/requests/{erasure}")
        if code:
            visit.session.end()
            return visit.page("privacy/entrance.html", gone=True)
        return visit.page("privacy/entrance.html", gone=False)

    async def enter(self, visit: Visit) -> web.StreamResponse:
        """A claim code."""
        if await self._own.enter(visit, visit.form.get("claim")):
            return visit.see_other("/")
        visit.form = visit.form.wrong({"claim": opens_nothing(visit)})
        return visit.page("privacy/entrance.html", status=422, gone=False)

    async def ask_employee(self, visit: Visit) -> web.Response:
        """Where the employer's code is asked for."""
        return visit.page("privacy/employee.html")

    async def redeem(self, visit: Visit) -> web.Response:
        """An employer's single-use code, exchanged for a claim code that is shown while its session lasts."""
        code = visit.form.get("code")[:_LONGEST]
        try:
            claim = await self._claims.redeemed(visit.request, code, self._stores.employees.redeem)
        except CodeUsed as used:
            return self._not_redeemed(visit, _used(visit, read_time(used.at)))
        except Problem as problem:
            if problem.status != 401:
                raise
            said = visit.says("This code is wrong or too old. Ask your employer for a new one.")
            return self._not_redeemed(visit, said)
        visit.session.begin(claim=claim, new="yes")
        return visit.see_other("/employee/claim")

    @staticmethod
    def _not_redeemed(visit: Visit, said: str) -> web.Response:
        visit.form = visit.form.wrong({"code": said})
        return visit.page("privacy/employee.html", status=422)

    async def claim(self, visit: Visit) -> web.Response:
        """The claim code that an employer's code was exchanged for."""
        if not visit.session.get("new"):
            return visit.see_other("/")
        return visit.page("privacy/claim.html", claim=visit.session.get("claim"))

    async def ask_reference(self, visit: Visit) -> web.Response:
        """Where the number of a request is asked for."""
        return visit.page("privacy/follow.html")

    async def follow(self, visit: Visit) -> web.Response:
        """The number of a request, which is all that is left after an erasure."""
        number = visit.form.get("number").lower().replace("-", "").replace(" ", "")
        if not _REFERENCE.fullmatch(number) or await self._following.find(number) is None:
            said = visit.says("There is no request of this number. It has 32 digits and letters from a to f.")
            visit.form = visit.form.wrong({"number": said})
            return visit.page("privacy/follow.html", status=422)
        return visit.see_other(f"/requests/{number}")

    async def leave(self, visit: Visit) -> web.Response:
        """Forget the claim code."""
        visit.session.end()
        return visit.see_other("/")


def _used(visit: Visit, at: datetime) -> str:
    """What somebody is told whose code was used before."""
    return visit.says(
        "This code was used on %(moment)s. If that was not you, somebody else holds your claim code: tell your "
        "employer, and your data protection authority if need be.",
        moment=visit.formats.moment(at),
    )
