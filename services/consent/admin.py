"""The admin socket: what the operator may do. Whoever can open the socket is the operator."""

from collections.abc import Callable, Sequence

import msgspec
from aiohttp import web

from infra.crypto.root_key import RootKeyError
from infra.http.problems import Problem, not_found, problem_details
from services.consent.documents import answer
from services.consent.keys.rotation import Rotation, RotationStatus
from services.consent.rights.deadline import NotExtendable, Reason
from services.consent.rights.register import Register


class ExtendClock(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Two further months for a request (GDPR Art. 12(3)); its person sees the reason."""

    reason: Reason


def application(
    rotation: Rotation, register: Register, changed: Callable[[], None], more: Sequence[web.RouteDef] = ()
) -> web.Application:
    """`GET /keys/epochs`: the epochs and how far a rotation is. `POST /keys/rotation`: begin one, or go on with it.

    `POST /privacy/requests/{id}/extension`: extend a request's clock. `changed` is called after each change, so that
    the work starts at once; `more` are served beside them.
    """

    async def show(_: web.Request) -> web.Response:
        return _json(await rotation.status())

    async def rotate(_: web.Request) -> web.Response:
        try:
            begun = await rotation.begin()
        except RootKeyError as error:
            raise Problem(500, "no-new-secret", "The new epoch's secret cannot be made", str(error)) from error
        changed()
        return _json(begun, status=202)

    async def extend(request: web.Request) -> web.Response:
        try:
            asked = msgspec.json.decode(await request.read(), type=ExtendClock)
            extended = await register.extend(request.match_info["id"], asked.reason)
        except msgspec.DecodeError as error:
            raise Problem(422, "invalid", "Not an extension", str(error)) from error
        except NotExtendable as error:
            raise Problem(409, "not-extendable", "Cannot be extended", str(error)) from error
        if extended is None:
            raise not_found("request")
        changed()
        return answer(extended)

    app = web.Application(middlewares=[problem_details])
    app.add_routes(
        [
            web.get("/keys/epochs", show),
            web.post("/keys/rotation", rotate),
            web.post("/privacy/requests/{id}/extension", extend),
            *more,
        ]
    )
    return app


def _json(status_of: RotationStatus, status: int = 200) -> web.Response:
    return web.Response(body=msgspec.json.encode(status_of), status=status, content_type="application/json")
