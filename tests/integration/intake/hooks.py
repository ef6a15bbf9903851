"""The organisation's end of a webhook, the time that the sender goes by, and how a subscription is handled."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web
from standardwebhooks import Webhook

from infra.clock import now
from tests.integration.intake.door import Intake


@dataclass
class Receiver:
    """The organisation's end: what came, and what it answers."""

    url: str = ""
    status: int = 200
    retry_after: str | None = None
    came: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)

    async def receive(self, request: web.Request) -> web.Response:
        self.came.append((await request.read(), {name.lower(): value for name, value in request.headers.items()}))
        asked = {} if self.retry_after is None else {"Retry-After": self.retry_after}
        return web.Response(status=self.status, headers={"Location": f"{self.url}/elsewhere"} | asked)

    def verified(self, secret: str) -> list[Any]:
        """What came, each verified by the standard's library."""
        return [Webhook(secret).verify(body, headers) for body, headers in self.came]


@dataclass
class Clock:
    """A minute ahead of the machine's, so that what the service does meanwhile is due."""

    at: datetime = field(default_factory=lambda: now() + timedelta(minutes=1))

    def __call__(self) -> datetime:
        return self.at


async def subscribed(intake: Intake, receiver: Receiver) -> dict[str, Any]:
    headers = {"Content_Type": "application/json", "Authorization": intake.bearer}
    status, created, _ = await intake.call("POST", "/v1/webhooks", f'{{"url": "{receiver.url}"}}'.encode(), **headers)
    assert status == 201
    return created


async def act(intake: Intake, webhook: str, action: str, body: bytes = b"") -> dict[str, Any]:
    headers = {"Content_Type": "application/json", "Authorization": intake.bearer}
    status, document, _ = await intake.call("POST", f"/v1/webhooks/{webhook}/{action}", body, **headers)
    assert status in (200, 202)
    return document


async def log(intake: Intake, webhook: str) -> list[dict[str, Any]]:
    path = f"/v1/webhooks/{webhook}/deliveries"
    return (await intake.call("GET", path, Authorization=intake.bearer))[1]["deliveries"]
