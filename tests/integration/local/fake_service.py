"""A service that does nothing: it is ready, and shows its environment."""

import os
import sys

from aiohttp import web


async def ready(_: web.Request) -> web.Response:
    return web.Response()


async def environment(_: web.Request) -> web.Response:
    return web.json_response({"name": sys.argv[1], **os.environ})


if __name__ == "__main__":
    app = web.Application()
    app.router.add_get("/readyz", ready)
    app.router.add_get("/environment", environment)
    web.run_app(app, host=os.environ["SERVICE_HOST"], port=int(os.environ["SERVICE_PORT"]), print=None)
