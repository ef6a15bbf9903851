"""The consent service's stores on a real database, with an outbox that is drained into a list."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

import msgspec
import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from infra.crypto.root_keys.file import FileRootKey
from infra.db.engine import Database
from infra.db.outbox import Message
from infra.kafka.producer import BrokerUnavailable
from schemas.events import OutboxEntry
from schemas.keys import CreatedKey, CreateKeys, NewPerson, RecordDraft, RegisterTenant
from schemas.topics import Topic
from services.consent.erasure.issued import Receipts
from services.consent.erasure.requests import PrivacyRequests
from services.consent.stores import Stores, open_stores
from services.consent.worker import Worker

RECEIPT_KEY = Ed25519PrivateKey.generate()
NOTICE = (
    RecordDraft("scoring", "consent", "individuals-2", "en"),
    RecordDraft("delivery", "consent", "individuals-2", "en"),
)


@dataclass(slots=True)
class Topics:
    """Stands for the broker: keeps every message by topic, its index being its offset; `away` makes it refuse."""

    sent: dict[str, list[Message]] = field(default_factory=dict)
    away: bool = False

    async def __call__(self, topic: Topic, messages: Sequence[Message]) -> Sequence[int]:
        if self.away:
            raise BrokerUnavailable("away")
        log = self.sent.setdefault(topic.name, [])
        first = len(log)
        log += messages
        return range(first, len(log))

    def of(self, name: str) -> list[Message]:
        return self.sent.get(name, [])


@dataclass(frozen=True, slots=True)
class Running:
    """A consent service without its listeners; the window of an erasure is zero."""

    stores: Stores
    worker: Worker
    topics: Topics

    async def hand_in(self, *events: str, tenant: str = "individuals", **named: str) -> list[CreatedKey]:
        records = NOTICE if tenant == "individuals" else ()
        people = tuple(NewPerson(event, records, **named) for event in events)
        return list((await self.stores.keystore.create(CreateKeys(tenant, people))).persons)

    async def erase(self, alias: str) -> str:
        erasure = await self.stores.requests.open_erasure(alias)
        await self.worker.once()
        return erasure.request


@pytest.fixture
async def running(database_url: str, tmp_path: Path) -> AsyncIterator[Running]:
    topics = Topics()
    async with Database(database_url, "consent") as database:
        root = FileRootKey(tmp_path / "secrets")
        stores = await open_stores(database, root, RECEIPT_KEY, 0)
        await stores.tenants.register(RegisterTenant("acme", "ACME Ltd", "legitimate-interest", "acme-notice/1"))
        yield Running(stores, Worker(stores, topics), topics)


@pytest.fixture
def patient(running: Running) -> PrivacyRequests:
    """The same service with a window of a day."""
    stores = running.stores
    return PrivacyRequests(
        stores.database,
        stores.keystore,
        stores.outboxes,
        stores.key_clients,
        stores.notices,
        journal=stores.erased,
        receipts=Receipts(RECEIPT_KEY, stores.terms),
        window_seconds=86_400,
    )


@pytest.fixture
def moved_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Sets every clock of the services ahead by this much, from now on."""

    def move(ahead: timedelta) -> None:
        class Moved(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> "Moved":
                return super().now(tz) + ahead

        monkeypatch.setattr("infra.clock.datetime", Moved)

    return move


def entries(running: Running) -> list[str]:
    """The types of the audit entries that were sent, in order."""
    leaves = [msgspec.msgpack.decode(m.value, type=OutboxEntry).leaf for m in running.topics.of("audit.entries")]
    return [orjson.loads(leaf)["type"] for leaf in leaves]
