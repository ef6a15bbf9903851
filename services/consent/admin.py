"""The admin socket: what the operator may do. Whoever can open the socket is the operator."""

from collections.abc import Callable, Sequence

import msgspec
from aiohttp import web

from infra.http.problems import Problem, problem_details
from services.consent.rotation import Rotation, RotationStatus


def application(
    rotation: Rotation, changed: Callable[[], None], more: Sequence[web.RouteDef] = ()
) -> web.Application:
    """`GET /keys/epochs`: the epochs and how far a rotation is. `POST /keys/rotation`: begin one, or go on with it.

    `changed` is called after it began, so that the work starts at once; `more` are served beside them.
    """

    async def show(_: web.Request) -> web.Response:
        return _json(await rotation.status())

    async def rotate(_: web.Request) -> web.Response:
        try:
            begun = await rotation.begin()
        except OSError as error:
            detail = f"{error.filename}: {error.strerror}; the secrets' directory must be writable for the service"
            raise Problem(500, "no-new-secret", "The new epoch's secret cannot be stored", detail) from error
        changed()
        return _json(begun, status=202)

    app = web.Application(middlewares=[problem_details])
    app.add_routes([web.get("/keys/epochs", show), web.post("/keys/rotation", rotate), *more])
    return app


def _json(status_of: RotationStatus, status: int = 200) -> web.Response:
    return web.Response(body=msgspec.json.encode(status_of), status=status, content_type="application/json")
