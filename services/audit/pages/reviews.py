"""The queue of reviews: what people have asked a human to look at, and what a human makes of it."""

from typing import get_args

from aiohttp import web

from infra.clock import now, written
from infra.pages.site import Site
from infra.pages.visit import Visit
from schemas.boundary import USE_WORDS
from schemas.review import REASON_MAXIMUM
from schemas.rights import Decision
from services.audit.officers.register import Officer, Officers
from services.audit.openings import Closed, Opened
from services.audit.pages.asking import purpose_fits, purpose_mistake
from services.audit.pages.desk import Desk
from services.audit.pages.trail import decision
from services.audit.privacy.review_rows import Document, listed
from services.audit.privacy.reviews import OpenedReview, Reviews

_ONE = "/reviews/{request:[0-9a-f]{32}}"
_SHORTEST_REASON = 10
_DECIDED_AT_ONCE = 50
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
            self._desk.form(self._site, _ONE, "decide", self.open, self.show),
            self._desk.form(self._site, f"{_ONE}/decision", "decide", self.decide, self.show),
        ]

    async def queue(self, visit: Visit, officer: Officer) -> web.StreamResponse:
        """Open ones by their clock, decided ones with the newest first, and how often each officer confirms."""
        cursor = visit.request.query.get("cursor")
        opened = await self._reviews.rows.page(decided=False)
        decided = await self._reviews.rows.page(decided=True, cursor=cursor, most=_DECIDED_AT_ONCE)
        shares = [_share(name, counted) for name, counted in (await self._officers.decisions()).items()]
        return visit.page(
            "reviews.html", officer=officer, opened=opened, decided=decided, shares=shares, time=written(now())
        )

    async def show(self, visit: Visit, officer: Officer) -> web.StreamResponse:
        """One review; its statement stays sealed until a purpose is stated."""
        return await self._page(visit, officer, await self._listed(visit))

    async def open(self, visit: Visit, officer: Officer) -> web.StreamResponse:
        """The review with what the person says, and the decision that it is about."""
        purpose = visit.form.get("purpose")
        if not purpose_fits(purpose):
            visit.form = visit.form.wrong({"purpose": purpose_mistake(visit)})
            return await self._page(visit, officer, await self._listed(visit), status=422)
        opened = await self._reviews.opened(visit.request.match_info["request"], purpose, officer.by)
        return await self._page(visit, officer, opened.review, opened=opened)

    async def decide(self, visit: Visit, officer: Officer) -> web.StreamResponse:
        """Confirm, annotate or overrule, with the reason that the person reads."""
        taken, reason = visit.form.get("decision"), visit.form.get("reason")
        mistakes: dict[str, str] = {}
        if taken not in DECISIONS:
            mistakes["decision"] = visit.says("Choose what you decide.")
        if not _SHORTEST_REASON <= len(reason) <= REASON_MAXIMUM:
            mistakes["reason"] = visit.says("Give a reason of at least %(least)s characters.", least=_SHORTEST_REASON)
        if mistakes:
            visit.form = visit.form.wrong(mistakes)
            return await self._page(visit, officer, await self._listed(visit), status=422)
        chosen = next(one for one in DECISIONS if one == taken)
        await self._reviews.decide(visit.request.match_info["request"], chosen, reason, officer.by)
        await self._reviews.tell()
        return visit.see_other("/reviews")

    async def _listed(self, visit: Visit) -> Document:
        return listed(await self._reviews.rows.one(visit.request.match_info["request"]))

    async def _page(
        self,
        visit: Visit,
        officer: Officer,
        review: Document,
        *,
        opened: OpenedReview | None = None,
        status: int = 200,
    ) -> web.Response:
        one = None if opened is None else opened.decision
        return visit.page(
            "review.html",
            status=status,
            officer=officer,
            review=review,
            opened=opened,
            decision=decision(visit, one) if isinstance(one, Opened) else None,
            closed=one.reason if isinstance(one, Closed) else None,
            signs=_signs(visit, opened),
            uses=USE_WORDS[visit.language],
            may_decide=opened is not None or await self._reviews.has_opened(review["request"], officer.by),
            most=REASON_MAXIMUM,
        )


def _signs(visit: Visit, opened: OpenedReview | None) -> list[str]:
    """The signs of low quality that a rule saw, in words."""
    why = {} if opened is None or opened.why is None else opened.why
    _ = visit.says
    said = {
        "time": _("faster than one can read"),
        "uniformity": _("the same answer throughout"),
        "instructed": _("an instruction overlooked"),
        "contradiction": _("answers that contradict each other"),
    }
    return [said.get(one, one) for one in why.get("low-quality", ())]


def _share(name: str, counted: dict[str, int]) -> Document:
    total = sum(counted.values())
    confirmed = counted.get("confirmed", 0)
    return {
        "name": name,
        "total": total,
        "permille": (2000 * confirmed + total) // (2 * total),
        **{one: counted.get(one, 0) for one in DECISIONS},
    }
