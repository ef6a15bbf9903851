"""A service of two loops, of which one crashes: its arguments are a broker's address and a directory."""

import asyncio
import sys
from pathlib import Path

from aiohttp import web

from infra.http.server import Listener, run
from infra.kafka.lifecycle import Loop, faust_app, running


async def steady() -> None:
    try:
        await asyncio.Event().wait()
    finally:
        sys.stdout.write("the other loop was ended\n")


async def crash() -> None:
    raise ZeroDivisionError


async def build() -> list[Listener]:
    app = web.Application()
    faust = faust_app("crashing", sys.argv[1], Path(sys.argv[2]))
    app.cleanup_ctx.append(running(faust, Loop("steady", steady), Loop("crash", crash)))
    return [Listener(app)]


if __name__ == "__main__":
    run("crashing", build, after=lambda: asyncio.sleep(0))
