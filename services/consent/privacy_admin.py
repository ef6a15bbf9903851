"""The operator's part in the privacy of others, on the admin socket: holds, storage times, and the whole state."""

from collections.abc import Callable
from typing import TypeVar

import msgspec
from aiohttp import web

from infra.http.problems import Problem, invalid, not_found
from schemas.faults import Faulty
from schemas.keys import RecordDraft
from schemas.purposes import INDIVIDUALS, LegalBasis, Purpose
from services.consent.controllers.grounds import NotRecordable
from services.consent.controllers.tenants import UnknownTenant
from services.consent.erasure.erased_journal import JournalNotWritten
from services.consent.found_by import NobodyFound
from services.consent.paperwork.affected import Exposure
from services.consent.paperwork.state import PrivacyStates
from services.consent.retention.holds import Hold
from services.consent.retention.terms import Category, set_days
from services.consent.stores import Stores

_LONGEST_REASON = 1_000


class NewHold(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A hold on the person behind an assessment or a request, by its id; the person reads the reason."""

    found_by: str
    reason: str


class NewGround(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A controller's basis for what is one person's, whom an assessment or a request names by its id."""

    found_by: str
    purpose: Purpose
    legal_basis: LegalBasis
    notice: str
    language: str


class Recorded(msgspec.Struct, frozen=True):
    """The id of the record that was made."""

    id: str


class NewTime(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A storage time of one category, for an organisation or for `individuals`."""

    category: Category
    days: int
    tenant: str = INDIVIDUALS


_Asked = TypeVar("_Asked", NewHold, NewGround, NewTime, Exposure)


class PrivacyAdmin:
    """The handlers. `changed` is called after each change."""

    def __init__(self, stores: Stores, states: PrivacyStates, changed: Callable[[], None]) -> None:
        self._stores = stores
        self._states = states
        self._changed = changed

    def routes(self) -> list[web.RouteDef]:
        """What it serves."""
        return [
            web.get("/privacy/state", self.show_state),
            web.post("/privacy/affected", self.show_affected),
            web.post("/privacy/holds", self.hold),
            web.delete("/privacy/holds/{id}", self.lift),
            web.post("/privacy/grounds", self.record_ground),
            web.put("/privacy/retention", self.retain),
        ]

    async def show_state(self, _: web.Request) -> web.Response:
        """Tenants with their terms and times, open requests with their deadlines, holds and epochs."""
        return _json(await self._states.state())

    async def show_affected(self, request: web.Request) -> web.Response:
        """Whom a breach concerns, by what was exposed."""
        return _json(await self._states.affected(await _body(request, Exposure)))

    async def hold(self, request: web.Request) -> web.Response:
        """Set a hold → 201."""
        new = await _body(request, NewHold)
        if not 0 < len(new.reason.strip()) <= _LONGEST_REASON:
            raise Problem(422, "invalid", "Not a hold", f"A reason has 1 to {_LONGEST_REASON} characters.")
        try:
            held = await self._stores.holds.set(new.found_by, new.reason)
        except NobodyFound as error:
            raise _nobody() from error
        except JournalNotWritten as error:
            raise Problem(500, "not-held", "The hold cannot be remembered", str(error)) from error
        self._changed()
        return _json(held, 201)

    async def record_ground(self, request: web.Request) -> web.Response:
        """Record on what basis the controller processes what is one person's → 201."""
        new = await _body(request, NewGround)
        try:
            draft = RecordDraft(new.purpose, new.legal_basis, new.notice, new.language)
            recorded = await self._stores.grounds.record(new.found_by, draft)
        except NobodyFound as error:
            raise _nobody() from error
        except NotRecordable as error:
            raise Problem(409, "not-recordable", "Not to be recorded", str(error)) from error
        except Faulty as faulty:
            raise invalid(faulty.faults) from faulty
        self._changed()
        return _json(Recorded(recorded), 201)

    async def lift(self, request: web.Request) -> web.Response:
        """Lift a hold; what it postponed goes on."""
        lifted: Hold | None = await self._stores.holds.lift(request.match_info["id"])
        if lifted is None:
            raise not_found("hold")
        self._changed()
        return _json(lifted)

    async def retain(self, request: web.Request) -> web.Response:
        """Set a storage time; the next sweep goes by it."""
        new = await _body(request, NewTime)
        try:
            self._stores.tenants.find(new.tenant)
            async with self._stores.database.write() as connection:
                await set_days(connection, new.tenant, new.category, new.days)
                await self._stores.outboxes.configured(connection)
        except UnknownTenant as error:
            raise not_found("organisation") from error
        except ValueError as error:
            raise Problem(422, "invalid", "Not a storage time", str(error)) from error
        self._changed()
        return _json(new)


def _nobody() -> Problem:
    detail = "No living person stands behind this id; give that of an assessment or of an open request."
    return Problem(404, "nobody-found", "Nobody found", detail)


async def _body(request: web.Request, kind: type[_Asked]) -> _Asked:
    try:
        return msgspec.json.decode(await request.read(), type=kind)
    except msgspec.DecodeError as error:
        raise Problem(422, "invalid", "Invalid request", str(error)) from error


def _json(document: object, status: int = 200) -> web.Response:
    return web.Response(body=msgspec.json.encode(document), status=status, content_type="application/json")
