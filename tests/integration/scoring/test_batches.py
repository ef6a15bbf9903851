"""Scoring over a real broker: what is in the topic gets its end, past poison and past a consent that is away."""

import asyncio
import secrets
from collections.abc import AsyncIterator

import pytest
from aiokafka import AIOKafkaConsumer

from infra.kafka import batch_loop
from infra.kafka.batch_loop import BatchLoop
from infra.kafka.producer import Outgoing, Producer
from infra.local.topics import create
from schemas.topics import DEAD_SCORING, REFUSED, SCORED, SUBMITTED
from services.methodology.version import load
from services.scoring.batch import Scoring
from tests.twins.ledger import Ledger
from tests.unit.scoring.hand_ins import record

pytestmark = pytest.mark.kafka


@pytest.fixture
async def ends(kafka: str) -> AsyncIterator[AIOKafkaConsumer]:
    await create(kafka, [SUBMITTED, SCORED, REFUSED, DEAD_SCORING])
    topics = (SCORED.name, REFUSED.name, DEAD_SCORING.name)
    async with AIOKafkaConsumer(*topics, bootstrap_servers=kafka, auto_offset_reset="earliest") as consumer:
        yield consumer


async def test_every_record_gets_its_one_end_once_consent_is_back(
    kafka: str, ends: AIOKafkaConsumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a hand-in, poison and the hand-in of somebody who objected, while consent is away
    monkeypatch.setattr(batch_loop, "_PAUSE_SECONDS", (0.01,))
    ledger = Ledger(away=True)
    scored, objected = ledger.add(), ledger.add()
    ledger.refuse(objected, "objected")
    poison = secrets.token_hex(16)
    hand_ins = [record(ledger, scored, 1), record(ledger, objected, 2)]
    outgoing = [Outgoing(SUBMITTED, one.key.decode(), one.value, one.headers) for one in hand_ins]
    async with Producer(kafka, "test") as producer:
        await producer.send([outgoing[0], Outgoing(SUBMITTED, poison, b"poison"), outgoing[1]])
        work = Scoring(load(), ledger, producer).work
        running = asyncio.create_task(BatchLoop(kafka, secrets.token_hex(8), [SUBMITTED], work).run())

        # When it has been asked in vain, and is back
        while ledger.asked < 2:
            await asyncio.sleep(0.01)
        ledger.away = False

        # Then each has its end
        found: dict[str, str] = {}
        while not {scored, objected, "poison"} <= found.keys():
            end = await ends.getone()
            found["poison" if b"poison" in end.value else end.key.decode()] = end.topic
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    assert (found[scored], found[objected], found["poison"]) == (SCORED.name, REFUSED.name, DEAD_SCORING.name)
