"""An erasure that comes while its person is being scored: the batch ends first, and what ends later is refused.

Consent, its key API and scoring are the real ones; the broker is memory.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import update

from infra.crypto.sealed import Context, seal
from infra.kafka.producer import Outgoing, Place
from schemas.events import HAND_IN_SCHEMA, Refused, StoreReport
from schemas.keys import NewPerson
from schemas.topics import PRIVACY_REQUESTS, REFUSED, SCORED, SUBMITTED
from services.consent.erasure.steps import STORES
from services.consent.tables import persons
from services.methodology.version import load
from services.scoring.batch import Scoring
from tests.integration.consent.conftest import NOTICE
from tests.integration.consent.mortal import Client, Mortal
from tests.twins.broker import Broker, Record
from tests.twins.ledger import Ledger
from tests.unit.scoring.hand_ins import document, record


@dataclass(slots=True)
class SlowBroker(Broker):
    """Takes what it is sent when it is let."""

    asked: asyncio.Event = field(default_factory=asyncio.Event)
    lets: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, records: Sequence[Outgoing]) -> list[Place]:
        self.asked.set()
        await self.lets.wait()
        return await Broker.send(self, records)


@dataclass(slots=True)
class Running:
    """Consent and scoring, a person, and the record of what they handed in."""

    consent: Mortal
    intake: Client
    scoring: Client
    broker: SlowBroker
    alias: str
    submitted: Record

    async def score(self) -> None:
        await Scoring(load(), self.scoring.keys, self.broker).work([self.submitted])

    async def ask_for_erasure(self) -> str:
        return (await self.consent.stores.requests.open_erasure(self.alias)).request

    async def go_on(self) -> None:
        """Everybody reads what was revoked, and the erasure goes as far as it can."""
        await self.consent.worker.once()
        for client in (self.intake, self.scoring):
            await client.catch_up()
        await self.consent.worker.once()

    async def state(self, request: str) -> str:
        found = await self.consent.stores.requests.find(request)
        assert found is not None
        return found.state

    async def complete(self, request: str) -> None:
        for store in STORES:
            await self.consent.stores.requests.take_report(StoreReport(store, request, {}, 7, "note"))
        assert await self.state(request) == "complete"

    def reasons(self) -> list[str]:
        return [msgspec.msgpack.decode(one.value or b"", type=Refused).reason for one in self.broker.of(REFUSED.name)]


async def handed_in(intake: Client, number: int) -> tuple[str, Record]:
    """A new person's alias, and the record of what they handed in at this offset."""
    event = f"{number:032x}"
    (created,) = await intake.keys.create("individuals", [NewPerson(event, NOTICE)])
    place = Context("individuals", created.alias, SUBMITTED.name, HAND_IN_SCHEMA, event, created.key_id)
    sealed = seal(created.subkeys["answers"], msgspec.json.encode(document()), place)
    return created.alias, record(Ledger(), created.alias, number, sealed=sealed, tenant="individuals")


@pytest.fixture
async def running(database_url: str, tmp_path: Path) -> AsyncIterator[Running]:
    consent = Mortal(tmp_path, database_url, window_seconds=0)
    await consent.start()
    intake, scoring = [await Client(service, consent).begin() for service in ("intake", "scoring")]
    alias, submitted = await handed_in(intake, 0)
    one = Running(consent, intake, scoring, SlowBroker(), alias, submitted)
    yield one
    for client in (one.intake, one.scoring):
        await client.keys.__aexit__(None, None, None)
    await consent.stop()


async def test_a_batch_that_has_the_key_in_hand_ends_before_a_store_is_told_to_delete(running: Running) -> None:
    # Given a batch that has scored the person and waits for the broker
    batch = asyncio.create_task(running.score())
    await running.broker.asked.wait()
    # When the person is erased
    request = await running.ask_for_erasure()
    await running.go_on()
    # Then the key is gone, and nothing is ordered as long as the batch runs
    assert await running.state(request) == "revoked"
    assert running.consent.topics.of(PRIVACY_REQUESTS.name) == []
    # When it has ended, then what it sealed is on the topic before the stores are told
    running.broker.lets.set()
    await batch
    assert len(running.broker.of(SCORED.name)) == 1
    await running.go_on()
    assert await running.state(request) == "ordered"
    await running.complete(request)


async def test_what_is_still_unread_of_the_erased_is_refused(running: Running) -> None:
    # Given a hand-in that lies in the topic while its person is erased
    request = await running.ask_for_erasure()
    await running.go_on()
    await running.complete(request)
    # When scoring comes to it
    running.broker.lets.set()
    await running.score()
    # Then it ends without a score, and says why
    assert (running.broker.of(SCORED.name), running.reasons()) == ([], ["erased"])


async def test_a_batch_that_was_killed_with_the_key_in_hand_is_outlived_and_its_record_refused(
    running: Running, moved_clock: Callable[[timedelta], None]
) -> None:
    # Given a scoring that dies in the middle of the batch
    batch = asyncio.create_task(running.score())
    await running.broker.asked.wait()
    request = await running.ask_for_erasure()
    batch.cancel()
    with suppress(asyncio.CancelledError):
        await batch
    await running.scoring.keys.__aexit__(None, None, None)
    await running.consent.worker.once()
    await running.intake.catch_up()
    await running.consent.worker.once()
    assert await running.state(request) == "revoked"
    # When its memory has run out, and another one reads the record again
    moved_clock(timedelta(hours=1))
    running.scoring = await Client("scoring", running.consent).begin()
    await running.go_on()
    await running.complete(request)
    running.broker.lets.set()
    await running.score()
    # Then the erasure did not wait for the dead, and nobody is scored
    assert (running.broker.of(SCORED.name), running.reasons()) == ([], ["erased"])


async def test_a_key_that_does_not_open_ends_its_own_assessment_and_stops_no_batch(running: Running) -> None:
    # Given a person whose row was damaged, and another in the same batch
    other, beside = await handed_in(running.intake, 1)
    async with running.consent.stores.database.write() as connection:
        await connection.execute(
            update(persons).where(persons.c.alias == running.alias).values(wrapped_key=b"\0" * 60)
        )
    running.broker.lets.set()
    # When it is scored
    await Scoring(load(), running.scoring.keys, running.broker).work([running.submitted, beside])
    # Then the one is refused for what it is, and the other scored
    assert running.reasons() == ["key-unreadable"]
    assert [one.key for one in running.broker.of(SCORED.name)] == [other.encode()]
