"""Your data: what is held, since when, until when, who answers for it."""

from datetime import timedelta

from aiohttp import web

from infra.clock import now
from infra.pages.visit import Visit
from schemas.purposes import DRAFT_DAYS
from schemas.remedies import REMEDIES
from services.consent.consents.records import ConsentRecords
from services.consent.controllers.controller import Roles
from services.consent.controllers.instructions import Instructions
from services.consent.erasure.cases import read_time
from services.consent.pages.own import NotEntered
from services.consent.pages.status import forwarded_status, status
from services.consent.pages.words import party, rights, states
from services.consent.retention.holds import Holds
from services.consent.rights.document import of_forwarded
from services.consent.rights.filed import AlreadyErased
from services.consent.rights.profile import Profile, Profiles
from services.consent.rights.register import Register

_NOT_YET_ERASED = ("erasure:pending", "erasure:begun")


class Overview:
    """Draws the page."""

    def __init__(
        self,
        profiles: Profiles,
        records: ConsentRecords,
        register: Register,
        instructions: Instructions,
        holds: Holds,
    ) -> None:
        self._profiles = profiles
        self._records = records
        self._register = register
        self._instructions = instructions
        self._holds = holds

    async def show(self, visit: Visit, alias: str) -> web.Response:
        """The person's. Raises NotEntered where they were erased a moment ago."""
        try:
            profile = await self._profiles.of(alias)
        except AlreadyErased:
            raise NotEntered from None
        records, moment = await self._records.of(alias), now()
        newest = {one.purpose: one for one in records}
        shown = [status(one, moment) for one in await self._register.of(alias)]
        forwarded = [forwarded_status(of_forwarded(one), moment) for one in await self._instructions.show(alias)]
        roles, days = (records[0].roles, records[0].storage_days) if records else (None, None)
        return visit.page(
            "privacy/overview.html",
            profile=profile,
            times=[read_time(one.at) for one in profile.hand_ins],
            controller=_controller(visit, roles),
            kept_until=_kept_until(profile, days),
            given=sum(one.state == "given" for one in newest.values()),
            draft_days=DRAFT_DAYS if "draft" in newest and newest["draft"].state == "given" else None,
            holds=[one for one in await self._holds.of(alias) if one.lifted_at is None],
            remedies=REMEDIES,
            open_requests=[one for one in shown if one.answered_at is None],
            by_employer=[one for one in forwarded if one.by_employer],
            erasure=next((one for one in shown if one.word in _NOT_YET_ERASED), None),
            rights=rights(visit.says),
            states=states(visit.says),
        )


def _controller(visit: Visit, roles: Roles | None) -> str:
    if roles is None:
        return ""
    return party(visit.says, roles.controller.name) + (
        f", {roles.controller.contact}" if roles.controller.contact else ""
    )


def _kept_until(profile: Profile, days: int | None) -> object:
    last = profile.last()
    return None if last is None or days is None else read_time(last) + timedelta(days=days)
