"""Audit behind its routes: a real log and store; consent and the broker as twins, scoring as it is."""

import asyncio
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import msgspec
from aiohttp import web
from aiohttp.test_utils import TestClient

from infra.db.engine import Database
from infra.kafka.entry_outbox import EntryOutbox
from schemas.entry import leaf
from schemas.envelope import headers
from schemas.events import SUBMITTED_TYPE, OutboxEntry, Submitted
from schemas.topics import AUDIT_ENTRIES, SCORED, SUBMITTED
from services.audit.acts import Acts
from services.audit.officers.register import Officer
from services.audit.privacy.reviews import Reviews
from services.audit.reading.loop import ReadingLoop
from services.audit.statistics.day_counts import DayCounts
from services.audit.statistics.drift_watch import DriftWatch
from services.audit.statistics.tallying import Tallying
from services.audit.store import Store
from services.audit.tlog.appender import Appender
from services.audit.tlog.logs import Logs
from services.methodology.version import load
from services.scoring.batch import Scoring
from tests.twins.broker import Broker, Record
from tests.twins.ledger import Ledger
from tests.unit.scoring.hand_ins import record

TOKEN = "0123456789abcdef" * 4
AUDITOR = {"Authorization": f"Bearer {TOKEN}"}
"""The shared token, which reads entries alone."""
OFFICERS = {name: Officer(name, name, name, handle=f"handle of {name}") for name in ("auditor", "overseer")}
TIME = "2026-11-23T18:00:00Z"


class Bearers:
    """Officers by tokens that are their names."""

    async def bearer(self, token: str) -> Officer | None:
        return OFFICERS.get(token)


def bearer(name: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {name}"}


def asking(name: str, purpose: str = "file 7") -> dict[str, str]:
    return {**bearer(name), "Purpose": purpose}


@dataclass(slots=True)
class Office:
    """The service and its users."""

    client: TestClient[web.Request, web.Application]
    appender: Appender
    store: Store
    ledger: Ledger
    broker: Broker
    outbox: EntryOutbox
    reading: ReadingLoop
    counts: DayCounts
    watch: DriftWatch
    database: Database
    acts: Acts
    reviews: Reviews
    handed_in: int = 0
    read: int = 0
    events: dict[str, list[str]] = field(default_factory=dict)

    async def decided(self, alias: str, body: dict[str, Any], statistics: bytes | None = None) -> int:
        """Hand in for this person and score it; gives the index of the decision in the log."""
        number, self.handed_in = self.handed_in, self.handed_in + 1
        tenant = self.ledger.people[alias].tenant
        submitted = record(self.ledger, alias, number, json.dumps(body).encode(), tenant=tenant)
        value = msgspec.msgpack.decode(submitted.value or b"", type=Submitted)
        entry = leaf("received", secrets.token_hex(16), TIME, "organisation", "0.1.0")
        value = msgspec.msgpack.encode(Submitted(value.tenant, value.sealed, value.mac, entry, statistics=statistics))
        event = headers(f"{number:032x}", SUBMITTED_TYPE, "intake")
        submission = Record(SUBMITTED.name, 0, number, alias.encode(), value, event)
        before = len(self.broker.of(SCORED.name))
        await Scoring(load(), self.ledger, self.broker).work([submission])
        await self.reading.work([submission, *self.broker.of(SCORED.name)[before:]])
        await self.signed()
        return self.appender.state.size - 1

    async def entries(self) -> list[dict[str, Any]]:
        """The entries of the outbox, put into the log; gives all that it ever held."""
        await self.outbox.drain(self.broker)
        records = self.broker.of(AUDIT_ENTRIES.name)
        await self.reading.work(records[self.read :])
        self.read = len(records)
        await self.signed()
        return [json.loads(msgspec.msgpack.decode(one.value, type=OutboxEntry).leaf) for one in records]

    async def signed(self) -> None:
        """Wait for the checkpoint over all that was appended."""
        while self.appender.signed_size < self.appender.state.size:
            await self.appender.sign()
            await asyncio.sleep(0)

    async def open(self, index: int, officer: str = "auditor", **body: object) -> tuple[int, dict[str, Any]]:
        document = {"purpose": "a complaint, file 7", **body}
        path = f"/v1/audit/entries/0/{index}/trail"
        async with self.client.post(path, json=document, headers=bearer(officer)) as answer:
            return answer.status, await answer.json(content_type=None)

    async def open_act(self, index: int, officer: str = "auditor") -> tuple[int, dict[str, Any]]:
        """Open who did it and why."""
        path, document = f"/v1/audit/entries/0/{index}/act", {"purpose": "the yearly audit"}
        async with self.client.post(path, json=document, headers=bearer(officer)) as answer:
            return answer.status, await answer.json(content_type=None)

    async def review(
        self, request: str, verb: str, officer: str = "overseer", **body: str
    ) -> tuple[int, dict[str, Any]]:
        """Open or decide a review."""
        path = f"/v1/audit/reviews/{request}:{verb}"
        async with self.client.post(path, json=body, headers=bearer(officer)) as answer:
            return answer.status, await answer.json(content_type=None)

    async def incident(self, **body: object) -> tuple[int, dict[str, Any]]:
        """Record a serious incident; status and answer."""
        document = {"kind": "death", "aware_at": TIME, "what": "A result led to harm.", **body}
        async with self.client.post("/v1/audit/incidents", json=document, headers=bearer("auditor")) as answer:
            return answer.status, await answer.json(content_type=None)

    async def tally(self) -> None:
        """Count all scores that the broker ever had, as after a lost offset."""
        await Tallying(self.counts, self.ledger, Logs([self.appender]), self.store).work(self.broker.of(SCORED.name))

    async def drift(self, query: str = "") -> tuple[int, dict[str, Any]]:
        async with self.client.get(f"/v1/audit/drift{query}", headers=asking("auditor")) as answer:
            return answer.status, await answer.json(content_type=None)

    async def fairness(self, query: str = "") -> tuple[int, dict[str, Any]]:
        async with self.client.get(f"/v1/audit/fairness{query}", headers=asking("auditor")) as answer:
            return answer.status, await answer.json(content_type=None)

    async def pack(self, **body: object) -> tuple[int, bytes]:
        """Ask for a pack; status and body."""
        document = {"purpose": "a request of the authority", "letters": False, **body}
        async with self.client.post("/v1/audit/evidence-packs", json=document, headers=bearer("auditor")) as answer:
            return answer.status, await answer.read()
