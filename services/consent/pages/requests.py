"""A person's requests with their clocks, what came of them, and the way back while there is one."""

from collections.abc import Callable
from typing import Any

import orjson
from aiohttp import web

from infra.clock import now
from infra.http.problems import Problem, not_found
from infra.pages.site import Site
from infra.pages.visit import Visit
from schemas.remedies import REMEDIES
from services.consent.erasure.steps import NotCancellable
from services.consent.pages.own import NotEntered, Own
from services.consent.pages.report import readable
from services.consent.pages.status import STAGES, Status, forwarded_status, status
from services.consent.pages.words import extensions, outcomes, purposes, rights, states
from services.consent.rights.document import of_forwarded
from services.consent.rights.filed import AlreadyErased
from services.consent.rights.following import Following
from services.consent.rights.opening import Opening
from services.consent.rights.profile import Profiles
from services.consent.rights.results import NotReady
from services.consent.stores import Stores

_REQUEST = "/requests/{id:[0-9a-f]{32}}"
Document = dict[str, Any]


class RequestPages:
    """The handlers. `changed` is called after each change."""

    def __init__(self, site: Site, own: Own, stores: Stores, opening: Opening, changed: Callable[[], None]) -> None:
        self._site = site
        self._own = own
        self._stores = stores
        self._following = Following(stores.register, stores.instructions)
        self._opening = opening
        self._changed = changed

    def table(self) -> list[web.RouteDef]:
        """All routes."""
        entered = self._own.entered
        return [
            self._site.get("/requests", entered(self.list_)),
            self._site.get(_REQUEST, self.show),
            self._site.post(_REQUEST, entered(self.cancel, self.show)),
            self._site.get(f"{_REQUEST}/report", entered(self.report)),
            self._site.get(f"{_REQUEST}/file", entered(self.file)),
            self._site.get(f"{_REQUEST}/receipt.json", self.receipt),
        ]

    async def list_(self, visit: Visit) -> web.Response:
        """All of the person, the newest first."""
        alias, moment = await self._own.alias(visit), now()
        shown = [status(one, moment) for one in await self._stores.register.of(alias)]
        shown += [forwarded_status(of_forwarded(one), moment) for one in await self._stores.instructions.show(alias)]
        newest = sorted(shown, key=lambda one: one.opened_at, reverse=True)
        return visit.page("privacy/requests.html", requests=newest, **_words(visit))

    async def show(self, visit: Visit) -> web.Response:
        """One request. Whoever knows its number sees how it stands; only its person can do something about it."""
        return await self._shown(visit, _wanted(visit))

    async def cancel(self, visit: Visit) -> web.Response:
        """Take it back."""
        alias, wanted = await self._own.alias(visit), _wanted(visit)
        try:
            cancelled = await self._opening.cancel(alias, wanted)
        except NotCancellable:
            said = visit.says("It is too late for this: the request has been carried out, or was cancelled before.")
            visit.form = visit.form.wrong({"cancel": said})
            return await self._shown(visit, wanted, 409)
        if cancelled is None:
            raise not_found("request")
        self._changed()
        return visit.see_other(f"/requests/{wanted}")

    async def report(self, visit: Visit) -> web.Response:
        """The report of an access request as a page."""
        document = await self._results(await self._own.alias(visit), _wanted(visit), "access")
        return visit.page(
            "privacy/report.html",
            report=readable(document, visit),
            number=_wanted(visit),
            **_words(visit),
        )

    async def file(self, visit: Visit) -> web.Response:
        """The results of a request as a file."""
        document = await self._results(await self._own.alias(visit), _wanted(visit), "access", "portability")
        return web.Response(
            body=orjson.dumps(document, option=orjson.OPT_INDENT_2),
            content_type="application/json",
            headers={"Content-Disposition": 'attachment; filename="careerpulse.json"'},
        )

    async def receipt(self, visit: Visit) -> web.Response:
        """The signed receipt of an erasure as a file; byte for byte as it was signed."""
        receipt = await self._stores.requests.receipt(_wanted(visit))
        if receipt is None:
            raise not_found("receipt")
        return web.Response(
            body=receipt,
            content_type="application/json",
            headers={"Content-Disposition": 'attachment; filename="careerpulse-receipt.json"'},
        )

    async def _shown(self, visit: Visit, wanted: str, http_status: int = 200) -> web.Response:
        alias = await self._owner(visit, wanted)
        found = await self._status(wanted, alias)
        return visit.page(
            "privacy/request.html",
            status=http_status,
            one=found,
            mine=alias is not None,
            stages=STAGES,
            remedies=REMEDIES,
            corrects=None if alias is None else await self._corrects(alias, found),
            review=None if alias is None else await self._review(alias, found),
            **_words(visit),
        )

    async def _status(self, wanted: str, alias: str | None) -> Status:
        document = await self._following.find(wanted, alias)
        if document is None:
            raise not_found("request")
        read = forwarded_status if "asked_by" in document else status
        return read(document, now())

    async def _owner(self, visit: Visit, wanted: str) -> str | None:
        """The person of this session, where the request is theirs."""
        try:
            alias = await self._own.alias(visit)
        except NotEntered:
            return None
        stores = self._stores
        is_own = await stores.register.is_of(alias, wanted) or await stores.instructions.is_of(alias, wanted)
        return alias if is_own else None

    async def _corrects(self, alias: str, found: Status) -> str | None:
        """The assessment that waits for its person's corrected answers; an employee's come from the employer."""
        if found.kind != "rectification" or found.word != "pending":
            return None
        filed = await self._stores.register.filed(alias, found.id)
        person = await Profiles(self._stores.database).of(alias)
        return filed.assessment if filed is not None and person.is_individual else None

    async def _review(self, alias: str, found: Status) -> Document | None:
        return (
            await self._results(alias, found.id, "review") if found.kind == "review" and found.has_results else None
        )

    async def _results(self, alias: str, wanted: str, *kinds: str) -> Document:
        """Raises NotEntered, Problem (404, 409)."""
        filed = await self._stores.register.filed(alias, wanted)
        if filed is None or filed.kind not in kinds:
            raise not_found("result")
        try:
            return await self._stores.results.of(alias, filed)
        except AlreadyErased:
            raise NotEntered from None
        except NotReady as error:
            raise Problem(409, "no-results", "No results", str(error)) from error


def _wanted(visit: Visit) -> str:
    """The number of the request in the address."""
    return visit.request.match_info["id"]


def _words(visit: Visit) -> Document:
    says = visit.says
    return {
        "rights": rights(says),
        "states": states(says),
        "extensions": extensions(says),
        "outcomes": outcomes(says),
        "purposes": purposes(says),
    }
