"""The witness behind HTTP: `POST /add-checkpoint`, and its verifier key under `/vkey`.

Source: C2SP tlog-witness (https://c2sp.org/tlog-witness). Monitors read the last checkpoint that it cosigned for a
log under `/<SHA-256 of the origin in hex>/checkpoint`. It needs no broker and no database; what it has cosigned lies
in one file in its own directory.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import ExitStack
from pathlib import Path

import structlog
from aiohttp import web
from prometheus_client import Counter

from infra.http.problems import not_found, problem_details
from infra.http.server import Listener, health_routes
from services.audit.tlog.disk import LocalDisk
from services.audit.tlog.note import VerifierKey
from services.audit.witness.add_checkpoint import MAX_REQUEST_BYTES, PATH, SIZE_TYPE
from services.audit.witness.cosignature import WitnessSigner
from services.audit.witness.witness import Refused, Witness

ASKED = Counter("careerpulse_witness_checkpoints_total", "Checkpoints by the status of the answer", ["status"])
log = structlog.get_logger(__name__)


class WitnessApi:
    """The routes of a witness."""

    def __init__(self, witness: Witness, vkey: str) -> None:
        self._witness = witness
        self._vkey = vkey

    def table(self) -> list[web.RouteDef]:
        """All routes."""
        return [
            web.post(PATH, self._add_checkpoint),
            web.get("/{origin:[0-9a-f]{64}}/checkpoint", self._checkpoint),
            web.get("/vkey", self._key),
        ]

    async def _add_checkpoint(self, request: web.Request) -> web.Response:
        body = await request.read()
        try:
            line = await asyncio.to_thread(self._witness.add_checkpoint, body)
        except Refused as refused:
            ASKED.labels(str(refused.status)).inc()
            log.warning("refused", status=refused.status, reason=str(refused))
            if refused.size is not None:
                return web.Response(
                    status=409, body=f"{refused.size}\n".encode(), headers={"Content-Type": SIZE_TYPE}
                )
            return web.Response(status=refused.status, text=f"{refused}\n")
        except OSError as error:
            ASKED.labels("503").inc()
            log.error("not-kept", reason=str(error))
            return web.Response(status=503, text="what would be cosigned cannot be kept; ask again later\n")
        ASKED.labels("200").inc()
        return web.Response(body=line, headers={"Content-Type": "text/plain; charset=utf-8"})

    async def _checkpoint(self, request: web.Request) -> web.Response:
        shown = self._witness.shown(request.match_info["origin"])
        if shown is None:
            raise not_found("log")
        headers = {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-cache"}
        return web.Response(body=shown, headers=headers)

    async def _key(self, _: web.Request) -> web.Response:
        return web.Response(text=f"{self._vkey}\n")


def application(directory: Path, signer: WitnessSigner, logs: Iterable[VerifierKey]) -> web.Application:
    """A witness over this directory. Raises LockedError where another process runs over it, or WitnessError."""
    holding, disk = ExitStack(), LocalDisk(directory)
    holding.enter_context(disk.alone("witness"))
    try:
        witness = Witness(disk, signer, logs, time.time)
    except BaseException:
        holding.close()
        raise

    async def held(_: web.Application) -> AsyncIterator[None]:
        with holding:
            yield

    app = web.Application(middlewares=[problem_details], client_max_size=MAX_REQUEST_BYTES)
    app.add_routes([*WitnessApi(witness, signer.verifier().encode()).table(), *health_routes(lambda: None)])
    app.cleanup_ctx.append(held)
    return app


async def build(
    directory: Path, signer: WitnessSigner, logs: Iterable[VerifierKey], host: str, port: int
) -> list[Listener]:
    """The listener of a witness."""
    return [Listener(application(directory, signer, logs), host, port)]
