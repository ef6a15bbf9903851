"""A consent service that is killed at any write, and the services that get their keys from it.

All parts are the service's own: its stores on a file, the restore fence, the key API on a socket, the real key
clients with their caches and their readers of revocations. The broker alone is memory. A kill cuts a transaction off
before its next write or its commit; whoever asked asks again once the service is back, as every caller does.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import TypeVar
from unittest import mock

from aiohttp import web
from aiokafka import ConsumerRecord
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine, event

from infra.crypto.root_keys.file import FileRootKey
from infra.db.engine import Database
from infra.kafka import entry_outbox
from infra.kafka.record_tag import RecordTags
from infra.keys.client import KeyClient, KeysUnavailable
from infra.keys.revocations import Revocations
from schemas.keys import RegisterTenant
from schemas.topics import KEYS_ACKNOWLEDGED, KEYS_REVOKED, Topic
from services.consent.app import hear
from services.consent.controllers.employee_desk import EmployeeDesk
from services.consent.erasure import fence
from services.consent.keys.api import KeyApi
from services.consent.keys.callers import CALLERS, Doorkeeper
from services.consent.retention.terms import set_days
from services.consent.stores import open_stores
from services.consent.worker import Worker
from tests.integration.consent.conftest import Topics
from tests.integration.consent.ledger_model import EXPIRING
from tests.twins.broker import Broker

TAGS = RecordTags([b"k" * 64])
TOKENS = {caller.service: f"{caller.service}-token" for caller in CALLERS}
_WRITES = ("INSERT", "UPDATE", "DELETE")
Given = TypeVar("Given")


class Killed(Exception):
    """The process is no more; what its transaction has written is not either."""


class Mortal:
    """The service in `place`, on a file there or on the database at `url`; records end after a day."""

    def __init__(self, place: Path, url: str | None = None, window_seconds: int = 3_600) -> None:
        self.topics, self.signing = Topics(), Ed25519PrivateKey.generate()
        self.socket = place / "keys.sock"
        self._place = place
        self._url = url or f"sqlite:///{place / 'c.db'}"
        self._window_seconds = window_seconds
        self._left: int | None = None
        self._dead = self._written = False
        self._told = {"before_cursor_execute": self._statement, "commit": self._commit}

    async def start(self) -> None:
        secrets = self._place / "secrets"
        self.root = FileRootKey(secrets)
        self.database = await Database(self._url, "consent").__aenter__()
        self.stores = await open_stores(
            self.database, self.root, self.signing, self._window_seconds, journal=secrets / "erased"
        )
        with _read_from(self.topics):
            await fence.stand(
                self.database, self.stores.outboxes, self.stores.erased, "", producer=Broker(), tags=TAGS
            )
        await self.stores.key_clients.open()
        await self.stores.tenants.register(RegisterTenant("acme", "ACME Ltd", "legitimate-interest", "acme/1"))
        async with self.database.write() as connection:
            for tenant in ("individuals", "acme"):
                for purpose in EXPIRING:
                    await set_days(connection, tenant, purpose, 1)
        self.worker = Worker(self.stores, self.topics)
        await self._listen()
        for name, told in self._told.items():
            event.listen(Engine, name, told)

    async def stop(self) -> None:
        self._left = None
        for name, told in self._told.items():
            event.remove(Engine, name, told)
        await self._listening.cleanup()
        await self.database.__aexit__(None, None, None)

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    def kill_after(self, writes: int) -> None:
        """Let it die of the write, or commit, after so many."""
        self._left = writes

    @property
    def doomed(self) -> bool:
        """Whether it is still to die."""
        return self._left is not None

    def spare(self) -> None:
        """Let it live."""
        self._left = None

    async def outlived(self, work: Callable[[], Awaitable[Given]]) -> Given:
        """What `work` gives; where the service dies of it, what it gives when it is asked for again."""
        try:
            return await work()
        except (Killed, KeysUnavailable):
            if not self._dead:
                raise
        self._dead = False
        await self.restart()
        return await work()

    async def _listen(self) -> None:
        desk = EmployeeDesk(self.stores.employees, self.stores.instructions, self.stores.transfers, self.worker.wake)
        doorkeeper = Doorkeeper({service: token.encode() for service, token in TOKENS.items()})
        self._listening = web.AppRunner(KeyApi(self.stores, doorkeeper, desk).application())
        await self._listening.setup()
        await web.UnixSite(self._listening, str(self.socket)).start()

    def _statement(self, _connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith(_WRITES):
            self._written = True
            self._count()

    def _commit(self, _: object) -> None:
        if self._written:
            self._count()
            self._written = False

    def _count(self) -> None:
        if self._left is None:
            return
        self._left -= 1
        if self._left < 0:
            self._left, self._dead, self._written = None, True, False
            raise Killed


class Client:
    """A process of a service: its key client, and its reader of revocations, which goes on when it is told to."""

    def __init__(self, service: str, mortal: Mortal) -> None:
        self.keys = KeyClient(mortal.socket, TOKENS[service])
        self.keys.in_step = True
        self._mortal = mortal
        self._said = Broker()
        self._revocations = Revocations("", service, self.keys, self._said, TAGS)
        self._read = len(mortal.topics.of(KEYS_REVOKED.name))
        self._revocations._settled = self._read - 1

    async def begin(self) -> "Client":
        await self.keys.__aenter__()
        return self

    async def catch_up(self, since: int | None = None) -> None:
        """Read the revocations, from offset `since` on again, and say how far no key is in hand."""
        records = records_of(self._mortal.topics, KEYS_REVOKED)
        await self._revocations._apply(records[self._read if since is None else since :])
        self._read = len(records)
        await self._revocations._settle()
        await self._revocations._acknowledge(self._revocations._settled)
        await self._be_heard()

    async def end(self) -> None:
        """End in an orderly way, so that nobody waits for this process."""
        await self._revocations._leave()
        await self._be_heard()
        await self.keys.__aexit__(None, None, None)

    async def _be_heard(self) -> None:
        """By a service that hears everything once more."""
        for said in self._said.of(KEYS_ACKNOWLEDGED.name):
            await hear(self._mortal.stores, said.value or b"")


def records_of(topics: Topics, topic: Topic) -> list[ConsumerRecord]:
    """The topic as a consumer gets it."""
    return [
        ConsumerRecord(
            *(topic.name, 0, offset, 1_763_920_800_000, 1, one.key.encode(), one.value, None, 0, 0),
            (TAGS.header(topic.name, one.key.encode(), one.value),),
        )
        for offset, one in enumerate(topics.of(topic.name))
    ]


@contextmanager
def _read_from(topics: Topics) -> Iterator[None]:
    """Let the fence read these topics."""

    @asynccontextmanager
    async def tail(_: str, topic: Topic, kept: int) -> AsyncIterator[SimpleNamespace]:
        records = records_of(topics, topic)

        async def batches() -> AsyncIterator[Sequence[ConsumerRecord]]:
            yield records[kept:]

        yield SimpleNamespace(first=0, begin=kept, end=len(records), batches=batches)

    with mock.patch.object(fence, "tail", tail), mock.patch.object(entry_outbox, "tail", tail):
        yield
