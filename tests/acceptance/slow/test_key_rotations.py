"""Keys are rotated while the services run, ours by command and those of an issuer outside by the issuer."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from joserfc import jwt
from joserfc.jwk import ECKey

from schemas.access_token import READ
from services.demo.platform import token
from services.intake.cli import register
from services.intake.organisations.access_tokens import AUDIENCE
from services.intake.organisations.issuer_keys import COOL_DOWN
from tests.acceptance.conftest import Running, started

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

ISSUER = "https://login.acme.example"


class Issuer:
    """An issuer outside that publishes its keys, the newest first."""

    def __init__(self) -> None:
        self.url = ""
        self.keys = [ECKey.generate_key("P-256", {"kid": "first"})]

    async def publish(self, _: web.Request) -> web.Response:
        return web.json_response({"keys": [key.as_dict(private=False) for key in self.keys]})

    def rotate(self) -> None:
        self.keys.insert(0, ECKey.generate_key("P-256", {"kid": "second"}))

    def bearer(self) -> dict[str, str]:
        now = int(time.time())
        claims = {"iss": ISSUER, "sub": "x", "aud": AUDIENCE, "iat": now, "exp": now + 600, "scope": READ}
        header = {"alg": "ES256", "typ": "at+jwt", "kid": self.keys[0].kid}
        return {"Authorization": f"Bearer {jwt.encode(header, claims | {'client_id': 'hr-platform'}, self.keys[0])}"}


@asynccontextmanager
async def publishing() -> AsyncIterator[Issuer]:
    one, app = Issuer(), web.Application()
    app.router.add_get("/jwks", one.publish)
    async with TestServer(app) as server:
        one.url = str(server.make_url("/jwks"))
        yield one


async def careerpulse(running: Running, *command: str) -> str:
    running_command = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.cli", *command, "--data", running.stack.place.data),
        stdout=asyncio.subprocess.PIPE,
    )
    told, _ = await running_command.communicate()
    assert running_command.returncode == 0
    return told.decode()


async def published(running: Running, place: str) -> list[Any]:
    _, document = await running.get(f"/.well-known/{place}")
    return [key["kid"] for key in document["keys"]]


async def test_tokens_of_before_and_after_hold_and_platforms_find_the_new_keys(tmp_path: Path) -> None:
    async with publishing() as issuer:
        await rotated(tmp_path, issuer)


async def rotated(tmp_path: Path, issuer: Issuer) -> None:
    # Given services that trust an issuer outside by the address of its keys
    configured = {"issuer": ISSUER, "keys": issuer.url, "organisations": {"hr-platform": "acme"}}
    (tmp_path / "issuers.json").write_text(json.dumps([configured]))
    settings = {"TOKEN_ISSUERS": str(tmp_path / "issuers.json"), "ISSUER_PRIVATE_NETWORKS": "127.0.0.0/8"}
    async with started(tmp_path / "stack", None, None, **settings) as running:
        assert (await running.get("/v1/results", issuer.bearer()))[0] == 200
        # When our keys are rotated by command
        (signing,), (sealing,) = await published(running, "jwks.json"), await published(running, "inbound-keys.json")
        named = await careerpulse(running, "org", "rotate-token-key")
        sealed_to = await careerpulse(running, "org", "rotate-inbound-key")
        # Then what was issued before holds, and so does what is issued now; the new keys are published
        assert (await running.get("/v1/results"))[0] == 200
        newest, former = await published(running, "jwks.json")
        assert (newest in named, former) == (True, signing)
        credentials = await register(
            running.stack.place.admin_socket("intake"), "globex", "Globex Ltd", "contract", "employees-1"
        )
        bearer = {"Authorization": f"Bearer {await token(running.http, running.intake, credentials)}"}
        assert (await running.get("/v1/results", bearer))[0] == 200
        (newest,) = await published(running, "inbound-keys.json")
        assert (newest in sealed_to, newest != sealing) == (True, True)
        # When the issuer rotates its own, then its tokens hold as soon as it may be asked again
        issuer.rotate()
        async with asyncio.timeout(10 * COOL_DOWN):
            while (await running.get("/v1/results", issuer.bearer()))[0] != 200:
                await asyncio.sleep(1)
