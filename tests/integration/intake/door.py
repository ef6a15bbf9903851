"""Intake behind its routes: a real store, and consent and the broker as twins."""

import io
import json
import secrets
from dataclasses import dataclass
from typing import Any

import msgspec
from aiohttp import web
from aiohttp.test_utils import TestClient

from infra.db.engine import Database
from infra.http.problems import CONTENT_TYPE
from infra.kafka.entry_outbox import EntryOutbox
from schemas.events import OutboxEntry
from schemas.topics import AUDIT_ENTRIES, SUBMITTED
from services.intake.assessments.store import Store
from services.intake.handing_in.admission import Admission
from services.intake.organisations.access_tokens import AccessTokens
from services.intake.organisations.register import Organisations
from services.intake.results.loop import READ, Arrivals, ResultsLoop
from services.methodology.version import load
from services.scoring.batch import Scoring
from tests.twins.broker import Broker
from tests.twins.ledger import Ledger
from tests.unit.intake.examples import person, raw

CANARY = "CANARY-7f3a91"
JSON = {"Content-Type": "application/json"}


@dataclass(slots=True)
class Intake:
    """The service and its users."""

    client: TestClient[web.Request, web.Application]
    ledger: Ledger
    broker: Broker
    results: ResultsLoop
    admission: Admission
    tokens: AccessTokens
    store: Store
    database: Database
    outbox: EntryOutbox
    organisations: Organisations
    arrivals: Arrivals

    async def call(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, dict[str, Any], dict[str, str]]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.client.request(method, path, data=body, headers=named) as response:
            document = json.loads(await response.read())
            if response.status >= 400 and "error" not in document:
                assert response.content_type == CONTENT_TYPE
                assert document["status"] == response.status
            assert CANARY not in json.dumps(document)
            return response.status, document, dict(response.headers)

    async def hand_in(self, document: object, path: str = "/v1/assessments", **headers: str) -> Any:
        body = document if isinstance(document, bytes) else raw(document)
        return await self.call("POST", path, body, **(JSON | headers))

    def streaming(self, key: str | None = None, **headers: str) -> dict[str, str]:
        """The headers of a stream of the organisation acme, under a key of its own where none is given."""
        named = {"Content-Type": "application/x-ndjson", "Authorization": self.bearer}
        return named | {"Idempotency-Key": key or secrets.token_hex(16)} | headers

    async def stream(self, body: bytes, key: str | None = None) -> list[dict[str, Any]]:
        headers = self.streaming(key)
        async with self.client.post("/v1/assessments/stream", data=io.BytesIO(body), headers=headers) as response:
            assert response.status == 200
            text = await response.text()
            assert CANARY not in text
            return [json.loads(line) for line in text.splitlines()]

    async def scored(self, document: dict[str, Any] | None = None, **headers: str) -> tuple[str, str]:
        """A person's assessment that is scored: its place, and the header that proves the person."""
        _, accepted, _ = await self.hand_in(document or person(), **headers)
        await self.score()
        return accepted["links"]["self"], f"Claim {accepted.get('claim_code')}"

    async def entries(self) -> list[dict[str, Any]]:
        """The entries that the outbox sends, oldest first."""
        await self.outbox.drain(self.broker)
        values = [msgspec.msgpack.decode(one.value, type=OutboxEntry) for one in self.broker.of(AUDIT_ENTRIES.name)]
        assert [one.sequence for one in values] == list(range(1, len(values) + 1))
        return [json.loads(one.leaf) for one in values]

    @property
    def bearer(self) -> str:
        return self.bearer_of("acme")

    def bearer_of(self, tenant: str) -> str:
        """The header of an organisation that has logged in."""
        return f"Bearer {self.tokens.issue(tenant)['access_token']}"

    @property
    def token(self) -> str:
        return self.bearer.removeprefix("Bearer ")

    async def score(self) -> None:
        """Let scoring and the results loop do their work."""
        await Scoring(load(), self.ledger, self.broker).work(self.broker.of(SUBMITTED.name))
        names = {topic.name for topic in READ}
        await self.results.work([one for one in self.broker.records if one.topic in names])
