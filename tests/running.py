"""Real services over a real broker, and who uses them."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from infra.local.operator_calls import ask
from infra.local.postgres import Postgres
from infra.local.stack import Stack
from schemas.topics import TOPICS
from services.cli import RUN_SERVICE
from services.demo.officer import Officer
from services.demo.person import Person
from services.demo.platform import token
from services.intake.cli import register

TENANT = "acme"


@dataclass
class Running:
    """A running stack and its users."""

    stack: Stack
    http: aiohttp.ClientSession
    data: Path
    postgres: Path | None
    headers: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def intake(self) -> str:
        return self.stack.urls["intake"]

    @property
    def officer(self) -> Officer:
        return Officer(self.http, self.stack.urls["audit"], self.stack.place.secrets / "auditor.token")

    async def officers_token(self, role: str) -> str:
        """The token of an officer of this role, who is added for it."""
        if role not in self.tokens:
            admin, name = self.stack.place.admin_socket("audit"), f"{role}-{secrets.token_hex(4)}"
            await ask(admin, "POST", "/officers", {"name": name, "role": role})
            self.tokens[role] = (await ask(admin, "POST", f"/officers/{name}/token"))["token"]
        return self.tokens[role]

    @property
    def person(self) -> Person:
        return Person(self.http, self.intake, self.stack.urls["consent"])

    async def log_in(self) -> None:
        """Register the organisation and get its token."""
        socket = self.stack.place.admin_socket("intake")
        credentials = await register(socket, TENANT, "Acme Ltd", "contract", "employees-1")
        self.headers = {"Authorization": f"Bearer {await token(self.http, self.intake, credentials)}"}

    def streaming(self) -> dict[str, str]:
        """The headers of a stream under a key of its own."""
        return self.headers | {"Content-Type": "application/x-ndjson", "Idempotency-Key": secrets.token_hex(16)}

    async def get(self, path: str, headers: dict[str, str] | None = None) -> tuple[int, Any]:
        """Status and body of intake's answer."""
        async with self.http.get(self.intake + path, headers=headers or self.headers) as response:
            return response.status, await response.json(content_type=None)

    async def post(self, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, Any]:
        async with self.http.post(self.intake + path, data=body, headers=headers) as response:
            return response.status, await response.json(content_type=None)


@asynccontextmanager
async def started(
    data: Path, cluster: Postgres | None, database: str | None, window: int = 0, **variables: str
) -> AsyncIterator[Running]:
    """The four services, ready, with an organisation that is logged in; `window` is that of erasures, in seconds.

    `variables` are settings of theirs.
    """
    extra = {"ERASURE_WINDOW_SECONDS": str(window), "WEBHOOK_PRIVATE_NETWORKS": "127.0.0.0/8"} | variables
    async with (
        Stack(data, RUN_SERVICE, TOPICS, broker="apache", ports="free", database_url=database, extra=extra) as stack,
        aiohttp.ClientSession() as http,
    ):
        one = Running(stack, http, data, cluster.home if cluster else None)
        await one.log_in()
        yield one
