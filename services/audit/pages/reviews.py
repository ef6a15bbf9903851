"""The queue of reviews: what people have asked a human to look at, and what a human makes of it."""

from typing import get_args

from aiohttp import web

from infra.clock import now, written
from infra.pages.site import Site
from infra.pages.visit import Visit
from schemas.review import REASON_MAXIMUM
from schemas.rights import Decision
from services.audit.officers.register import Officer, Officers
from services.audit.pages.asking import purpose_fits, purpose_mistake
from services.audit.pages.desk import Desk
from services.audit.privacy.reviews import Document, Reviews

_ONE = "/reviews/{request:[0-9a-f]{32}}"
_SHORTEST_REASON = 10
DECISIONS: tuple[Decision, ...] = get_args(Decision)


class ReviewPages:
    """The handlers. Everybody sees the queue; only an overseer opens and decides."""

    def __init__(self, site: Site, desk: Desk, reviews: Reviews, officers: Officers) -> None:
        self._site = site
        self._desk = desk
        self._reviews = reviews
        self._officers = officers

    def table(self) -> list[web.RouteDef]:
        """All routes."""
        return [
            self._site.get("/reviews", self._desk.needing("read", self.queue)),
            self._site.get(_ONE, self._desk.needing("decide", self.show)),
            self._site.post(_ONE, self._desk.needing("decide", self.open)),
            self._site.post(f"{_ONE}/decision", self._desk.needing("decide", self.decide)),
        ]

    async def queue(self, visit: Visit, officer: Officer) -> web.StreamResponse:
        """Open ones by their clock, decided ones, and how often each officer confirms."""
        opened, decided = await self._reviews.listed(False), await self._reviews.listed(True)
        shares = [_share(name, counted) for name, counted in (await self._officers.decisions()).items()]
        return visit.page(
            "reviews.html", officer=officer, opened=opened, decided=decided, shares=shares, time=written(now())
        )

    async def show(self, visit: Visit, officer: Officer) -> web.StreamResponse:
        """One review; its statement stays sealed until a purpose is stated."""
        return await self._page(visit, officer, await self._listed(visit))

    async def open(self, visit: Visit, officer: Officer) -> web.StreamResponse:
        """The review with what the person says."""
        purpose = visit.form.get("purpose")
        if not purpose_fits(purpose):
            visit.form = visit.form.wrong({"purpose": purpose_mistake(visit)})
            return await self._page(visit, officer, await self._listed(visit), status=422)
        opened = await self._reviews.opened(visit.request.match_info["request"], purpose, officer.by)
        return await self._page(visit, officer, opened, is_open=True)

    async def decide(self, visit: Visit, officer: Officer) -> web.StreamResponse:
        """Confirm, annotate or overrule, with the reason that the person reads."""
        decision, reason = visit.form.get("decision"), visit.form.get("reason")
        mistakes: dict[str, str] = {}
        if decision not in DECISIONS:
            mistakes["decision"] = visit.says("Choose what you decide.")
        if not _SHORTEST_REASON <= len(reason) <= REASON_MAXIMUM:
            mistakes["reason"] = visit.says("Give a reason of at least %(least)s characters.", least=_SHORTEST_REASON)
        if mistakes:
            visit.form = visit.form.wrong(mistakes)
            return await self._page(visit, officer, await self._listed(visit), status=422)
        chosen = next(one for one in DECISIONS if one == decision)
        await self._reviews.decide(visit.request.match_info["request"], chosen, reason, officer.id, officer.by)
        await self._reviews.tell()
        return visit.see_other("/reviews")

    async def _listed(self, visit: Visit) -> Document:
        return await self._reviews.one(visit.request.match_info["request"])

    async def _page(
        self, visit: Visit, officer: Officer, review: Document, *, is_open: bool = False, status: int = 200
    ) -> web.Response:
        return visit.page(
            "review.html", status=status, officer=officer, review=review, is_open=is_open, most=REASON_MAXIMUM
        )


def _share(name: str, counted: dict[str, int]) -> Document:
    total = sum(counted.values())
    confirmed = counted.get("confirmed", 0)
    return {
        "name": name,
        "total": total,
        "permille": (2000 * confirmed + total) // (2 * total),
        **{one: counted.get(one, 0) for one in DECISIONS},
    }
