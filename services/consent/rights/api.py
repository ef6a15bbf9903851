"""A person's requests over HTTP: every right, with its state, its clock, its results and its receipt.

A request's state and clock are found by its id alone, 128 random bits that were told to its person: after an erasure
there is nothing else left to prove oneself by. What was asked for about a person, and why something is refused or
held, needs the claim code again. A request under a code that nobody has is answered like one that is taken, and all
at the same time. Whoever has a right code is told at once what cannot be carried out and why (GDPR Art. 12(4)).
"""

import asyncio
from collections.abc import Callable, Sequence

import msgspec
import orjson
from aiohttp import web

from infra.http.operation import JSON, Answer, json_of, operation
from infra.http.problems import Problem, invalid, not_found
from schemas.employees import Forwarded
from schemas.faults import Fault
from schemas.json_schema import DIALECT, json_schema
from schemas.portability import Portable
from schemas.privacy_request import (
    ABOUT_ASSESSMENTS,
    ASSESSMENT_RULE,
    ErasureReceipt,
    OwnRequests,
    PrivacyRequest,
    RequestDocument,
)
from schemas.remedies import REMEDIES
from services.consent.claims import Claims, not_proved
from services.consent.contract import LOCATION, NOBODY, PERSON, PROVED
from services.consent.documents import UNSTORED, answer, body
from services.consent.erasure.steps import NotCancellable
from services.consent.rights.asked import Asked
from services.consent.rights.document import PLACE, Document
from services.consent.rights.filed import AlreadyErased
from services.consent.rights.following import Following
from services.consent.rights.opening import Opening
from services.consent.rights.rectifications import UnknownAssessment
from services.consent.rights.refusal import RightRefused
from services.consent.rights.results import NotReady
from services.consent.stores import Stores

_SCHEMA = "/v1/privacy/portability/schema"
_ANSWERED_AFTER_SECONDS = 0.1
"""When a request is answered, known or not, taken or refused: later than either takes."""


class PrivacyApi:
    """The handlers. `changed` is called after each change, so that what it caused goes out at once."""

    def __init__(self, stores: Stores, claims: Claims, changed: Callable[[], None]) -> None:
        self._stores = stores
        self._opening = Opening(stores)
        self._following = Following(stores.register, stores.instructions)
        self._claims = claims
        self._changed = changed

    def table(self) -> Sequence[web.RouteDef]:
        """All routes."""
        return [
            web.post(PLACE, self.open_request),
            web.get(PLACE, self.list_requests),
            web.get(f"{PLACE}/{{id}}", self.show_request),
            web.get(f"{PLACE}/{{id}}/results", self.show_results),
            web.get(f"{PLACE}/{{id}}/receipt", self.show_receipt),
            web.post(f"{PLACE}/{{id}}/cancel", self.cancel_request),
            web.get(_SCHEMA, self.show_schema),
        ]

    @operation(
        proofs=(PERSON,),
        takes={JSON: PrivacyRequest},
        answers={202: json_of(RequestDocument, "It is taken.", (LOCATION,))},
        problems=(400, *PROVED, 404, 409, 413, 415, 422),
    )
    async def open_request(self, request: web.Request) -> web.Response:
        """Exercise a right → 202 with where to follow the request."""
        due = asyncio.get_running_loop().time() + _ANSWERED_AFTER_SECONDS
        alias = await self._claims.asker(request)
        asked = _asked(await body(request, PrivacyRequest()))
        taken = await self._taken(alias, asked)
        await asyncio.sleep(due - asyncio.get_running_loop().time())
        if isinstance(taken, Problem):
            raise taken
        return answer(taken, status=202, location=f"{PLACE}/{taken['id']}")

    async def _taken(self, alias: str | None, asked: Asked) -> Document | Problem:
        """The request as it was taken, or why it was not, for its person to be told."""
        try:
            document = await self._opening.open(alias, asked)
        except UnknownAssessment:
            return not_found("assessment")
        except RightRefused as refusal:
            return _refused(refusal)
        self._changed()
        return document

    @operation(proofs=(PERSON,), answers={200: json_of(OwnRequests)}, problems=PROVED)
    async def list_requests(self, request: web.Request) -> web.Response:
        """All requests of the person."""
        alias = await self._claims.alias(request)
        return answer({"requests": await self._stores.register.of(alias)})

    @operation(proofs=(NOBODY, PERSON), answers={200: json_of((RequestDocument, Forwarded))}, problems=(*PROVED, 404))
    async def show_request(self, request: web.Request) -> web.Response:
        """The state of a request, with its clock.

        Why it is refused or held, and the ids of the assessments that it is about, are told to whoever proves by the
        claim code that it is theirs, and are null or empty without that.
        """
        asker = await self._claims.asker(request) if "Authorization" in request.headers else None
        found = await self._following.find(request.match_info["id"], asker)
        if found is None:
            raise not_found("request")
        return answer(found)

    @operation(proofs=(PERSON,), answers={200: json_of({"type": "object"})}, problems=(*PROVED, 404, 409))
    async def show_results(self, request: web.Request) -> web.Response:
        """What was asked for: a report, a file, a reviewer's decision."""
        alias, wanted = await self._claims.alias(request), request.match_info["id"]
        filed = await self._stores.register.filed(alias, await self._stores.instructions.opened_as(wanted))
        if filed is None:
            if await self._stores.instructions.is_of(alias, wanted):
                raise Problem(409, "no-results", "No results", "The controller has not had this carried out.")
            raise not_found("request")
        try:
            document = await self._stores.results.of(alias, filed)
        except AlreadyErased as error:
            raise not_proved() from error
        except NotReady as error:
            raise Problem(409, "no-results", "No results", str(error)) from error
        shown = answer(document)
        if filed.kind == "portability":
            shown.headers["Link"] = f'<{_SCHEMA}>; rel="describedby"'
            shown.headers["Content-Disposition"] = 'attachment; filename="careerpulse.json"'
        return shown

    @operation(answers={200: json_of(ErasureReceipt)}, problems=(404,))
    async def show_receipt(self, request: web.Request) -> web.Response:
        """The signed receipt of an erasure at its latest stage."""
        wanted = await self._stores.instructions.opened_as(request.match_info["id"])
        receipt = await self._stores.requests.receipt(wanted)
        if receipt is not None:
            return web.Response(body=receipt, content_type="application/json", headers=UNSTORED)
        known = await self._following.find(wanted)
        if known is None or known["type"] != "erasure":
            raise not_found("erasure")
        detail = f"This request is {known['state']}; a receipt needs the key gone."
        raise Problem(404, "no-receipt-yet", "No receipt yet", detail)

    @operation(proofs=(PERSON,), answers={200: json_of(RequestDocument)}, problems=(*PROVED, 404, 409))
    async def cancel_request(self, request: web.Request) -> web.Response:
        """Undo an erasure within its window, or withdraw what is under way → 200 with the request."""
        alias = await self._claims.alias(request)
        try:
            cancelled = await self._opening.cancel(alias, request.match_info["id"])
        except NotCancellable as error:
            raise Problem(409, "not-cancellable", "Cannot be cancelled", str(error)) from error
        if cancelled is None:
            raise not_found("request")
        self._changed()
        return answer(cancelled)

    @operation(answers={200: Answer({"application/schema+json": {"type": "object"}})})
    async def show_schema(self, _: web.Request) -> web.Response:
        """The JSON Schema of a portability request's file."""
        document = {"$schema": DIALECT, "title": "CareerPulse portable data", **json_schema(Portable)}
        return web.Response(body=orjson.dumps(document), content_type="application/schema+json")


def _refused(refusal: RightRefused) -> Problem:
    """409 for a right that does not hold here, with why and what its person can do against it."""
    remedies = msgspec.to_builtins(REMEDIES)
    return Problem(409, refusal.kind, refusal.title, str(refusal), members={"remedies": remedies})


def _asked(document: dict[str, str | None]) -> Asked:
    """What a body asks for. Raises a 422 for members that do not belong to its type."""
    asked = Asked(**document)  # type: ignore[arg-type]
    faults = []
    if asked.purpose is not None and asked.type != "objection":
        faults.append(Fault("/purpose", f"Only an objection names a purpose; {asked.type} holds for all."))
    if (asked.assessment is not None) != (asked.type in ABOUT_ASSESSMENTS):
        faults.append(Fault("/assessment", ASSESSMENT_RULE))
    if asked.statement is not None and asked.type != "review":
        faults.append(Fault("/statement", "Only a review takes a statement."))
    if faults:
        raise invalid(faults)
    return asked
