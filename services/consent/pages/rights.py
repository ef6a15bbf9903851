"""Each right as one short form, and the erasure on a page of its own that says what will happen."""

from collections.abc import Callable

from aiohttp import web
from marshmallow import ValidationError

from infra.pages.site import Site
from infra.pages.visit import Visit
from schemas.privacy_request import ABOUT_ASSESSMENTS, PrivacyRequest
from schemas.remedies import REMEDIES
from services.consent.erasure.cases import read_time
from services.consent.pages.own import NotEntered, Own
from services.consent.pages.words import bases, purposes, rights
from services.consent.retention.holds import Holds
from services.consent.rights.asked import Asked
from services.consent.rights.disclosures import NotPortable
from services.consent.rights.filed import AlreadyErased
from services.consent.rights.opening import Opening
from services.consent.rights.profile import Profile, Profiles
from services.consent.rights.rectifications import UnknownAssessment
from services.consent.rights.refusal import RightRefused
from services.consent.rights.restriction import NotObjectable, NotRestricted, objectable
from services.consent.rights.reviews import NotReviewable


class RightPages:
    """The handlers. `changed` is called after each change, `window_seconds` is that of an erasure."""

    def __init__(
        self,
        site: Site,
        own: Own,
        *,
        opening: Opening,
        profiles: Profiles,
        holds: Holds,
        changed: Callable[[], None],
        window_seconds: int,
        gone_days: int | None,
    ) -> None:
        self._site = site
        self._own = own
        self._opening = opening
        self._profiles = profiles
        self._holds = holds
        self._changed = changed
        self._window_seconds = window_seconds
        self._gone_days = gone_days

    def table(self) -> list[web.RouteDef]:
        """All routes."""
        entered = self._own.entered
        return [
            self._site.get("/rights", entered(self.show)),
            self._site.post("/rights", entered(self.ask, self.show), entered(self.show, self.show)),
            self._site.get("/erasure", entered(self.warn)),
            self._site.post("/erasure", entered(self.erase, self.warn), entered(self.warn, self.warn)),
        ]

    async def show(self, visit: Visit) -> web.Response:
        """All rights but erasure, each with its form."""
        return self._page(visit, await self._profile(visit))

    async def ask(self, visit: Visit) -> web.Response:
        """Exercise one of them; on to its request."""
        profile, kind = await self._profile(visit), visit.form.get("right")
        try:
            opened = await self._opening.open(profile.standing.alias, _asked(visit, kind))
        except (ValidationError, UnknownAssessment, RightRefused) as error:
            visit.form = visit.form.wrong({_field(kind): _refusal(visit, error)})
            return self._page(visit, profile, 422, refused=isinstance(error, RightRefused))
        self._changed()
        return visit.see_other(f"/requests/{opened['id']}")

    async def warn(self, visit: Visit) -> web.Response:
        """What an erasure does, before it is asked for."""
        return await self._warned(visit, await self._profile(visit))

    async def erase(self, visit: Visit) -> web.Response:
        """Ask for it; the session keeps the way to the receipt when the code is gone."""
        profile = await self._profile(visit)
        if not visit.form.has("sure", "yes"):
            visit.form = visit.form.wrong({"sure": visit.says("Tick this box to go on, or leave the page.")})
            return await self._warned(visit, profile, 422)
        opened = await self._opening.open(profile.standing.alias, Asked("erasure"))
        visit.session.put(erasure=str(opened["id"]))
        self._changed()
        return visit.see_other(f"/requests/{opened['id']}")

    async def _warned(self, visit: Visit, profile: Profile, status: int = 200) -> web.Response:
        held = [one for one in await self._holds.of(profile.standing.alias) if one.lifted_at is None]
        hours = -(-self._window_seconds // 3600)
        return visit.page(
            "privacy/erasure.html",
            status=status,
            profile=profile,
            holds=held,
            remedies=REMEDIES,
            hours=hours,
            gone_days=self._gone_days,
        )

    async def _profile(self, visit: Visit) -> Profile:
        try:
            return await self._profiles.of(await self._own.alias(visit))
        except AlreadyErased:
            raise NotEntered from None

    def _page(self, visit: Visit, profile: Profile, status: int = 200, *, refused: bool = False) -> web.Response:
        hand_ins = [(one.id, visit.formats.moment(read_time(one.at))) for one in profile.hand_ins]
        return visit.page(
            "privacy/rights.html",
            status=status,
            profile=profile,
            hand_ins=hand_ins,
            refused=refused,
            remedies=REMEDIES,
            objectable=objectable(profile.standing),
            purposes=purposes(visit.says),
            bases=bases(visit.says),
            rights=rights(visit.says),
        )


def _asked(visit: Visit, kind: str) -> Asked:
    """What the form asks for, by the schema of the interface. Raises ValidationError."""
    document: dict[str, str] = {"type": kind}
    if kind in ABOUT_ASSESSMENTS:
        document["assessment"] = visit.form.get(_field(kind))
    if kind == "review" and (statement := visit.form.get("statement")):
        document["statement"] = statement.replace("\r\n", "\n")
    if kind == "objection" and (purpose := visit.form.get("objection")):
        document["purpose"] = purpose
    return Asked(**PrivacyRequest().load(document))


def _field(kind: str) -> str:
    """The control of a right's form that a mistake leads to."""
    return kind if kind in ("rectification", "review", "objection") else f"right-{kind}"


def _refusal(visit: Visit, error: Exception) -> str:
    _ = visit.says
    match error:
        case NotPortable():
            return _(
                "This right holds for what rests on consent or a contract, and nothing of yours does now. "
                "“See everything” gives you all that is held."
            )
        case NotReviewable():
            return _("While an erasure is pending nobody may look at your result. Cancel it first.")
        case NotObjectable():
            return _("Nothing of yours rests on a basis that can be objected to. Consent is withdrawn instead.")
        case NotRestricted():
            return _("There is no hold in force that could be ended.")
        case UnknownAssessment():
            return _("Choose one of your own assessments.")
    return _("Something in this form does not fit: choose an assessment, and write at most 2,000 characters.")
