"""The scoring worker over a real Kafka, as a part of the same work in a loop without Kafka.

Both do the whole work of a batch: read the record, open the answers, score, explain, seal three parts, write the
leaf. Keys come from memory in both, so that what differs is Kafka alone.
"""

import asyncio
import time
from collections.abc import Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

import msgspec
from aiokafka import ConsumerRecord

from infra.crypto.subkeys import derive, key_id
from infra.kafka.batch_loop import MAX_RECORDS, BatchLoop
from infra.kafka.producer import Outgoing, Producer
from infra.local.broker import choose, start_broker
from infra.local.supervisor import Supervisor
from schemas.keys import CreatedKey, ReleasedKey
from schemas.topics import SUBMITTED, TOPICS
from services.intake.handing_in.hand_in import read, sealed_parts, submitted
from services.intake.organisations.callers import Caller
from services.methodology.specimen import specimens
from services.methodology.version import load
from services.scoring.batch import Scoring
from tests.benchmarks.figures import table

COUNT = 20_000
DATA_KEY = bytes(range(32))


class KeysInMemory:
    """Every person's key, at once."""

    def __init__(self) -> None:
        self.subkeys = {domain: derive(DATA_KEY, domain) for domain in ("answers", "result", "detail", "trail")}

    @asynccontextmanager
    async def held(self, _: str, aliases: Sequence[str]):
        yield {alias: ReleasedKey(alias, "released", key_id(DATA_KEY), 1, self.subkeys) for alias in aliases}


@dataclass
class Sink:
    """Takes records and forgets them."""

    count: int = 0

    async def send(self, records: Sequence[Outgoing]) -> None:
        self.count += len(records)


def hand_ins() -> list[Outgoing]:
    """Records of `assessments.submitted`: 500 different hand-ins, each by many persons."""
    keys, version, caller = KeysInMemory(), load(), Caller("bench")
    bodies = [
        read(msgspec.json.encode({"assessment": answers}), caller, "", version) for answers in specimens("bench", 500)
    ]
    records = []
    for number in range(COUNT):
        hand_in = replace(bodies[number % len(bodies)], event_id=f"{number:032x}")
        alias = f"{number * 2654435761 % 2**32:08x}{number:024x}"
        key = CreatedKey(hand_in.event_id, "active", alias, key_id(DATA_KEY), 1, keys.subkeys)
        sealed = sealed_parts(hand_in, key, "bench")
        records.append(submitted(hand_in, key, sealed, tenant="bench", time="2026-11-23T00:00:00Z"))
    return records


async def without_kafka(records: Sequence[Outgoing]) -> float:
    """Records per second in a bare loop."""
    scoring = Scoring(load(), KeysInMemory(), Sink())
    given = [
        SimpleNamespace(
            topic=SUBMITTED.name,
            partition=0,
            offset=place,
            key=one.key.encode(),
            value=one.value,
            headers=one.headers,
        )
        for place, one in enumerate(records)
    ]
    began = time.perf_counter()
    for start in range(0, len(given), MAX_RECORDS):
        await scoring.work(given[start : start + MAX_RECORDS])
    return len(given) / (time.perf_counter() - began)


async def over_kafka(bootstrap: str, count: int, group: str) -> float:
    """Records per second from the first batch's arrival to the last batch's acknowledgement."""
    done = asyncio.Event()
    seen = 0
    began = 0.0
    async with Producer(bootstrap, "bench") as producer:
        scoring = Scoring(load(), KeysInMemory(), producer)

        async def work(records: Sequence[ConsumerRecord]) -> None:
            nonlocal seen, began
            began = began or time.perf_counter()
            await scoring.work(records)
            seen += len(records)
            if seen >= count:
                done.set()

        loop = asyncio.create_task(BatchLoop(bootstrap, group, [SUBMITTED], work).run())
        await done.wait()
        seconds = time.perf_counter() - began
        loop.cancel()
        await asyncio.gather(loop, return_exceptions=True)
    return seen / seconds


async def compare() -> None:
    records = hand_ins()
    with TemporaryDirectory() as directory:
        data = Path(directory)
        async with Supervisor(data / "logs") as supervisor:
            choice = await choose("apache", Path(".careerpulse"))
            bootstrap = await start_broker(choice, supervisor, data, TOPICS)
            async with Producer(bootstrap, "bench") as producer:
                for start in range(0, len(records), MAX_RECORDS):
                    await producer.send(records[start : start + MAX_RECORDS])
            rows = []
            for turn in range(3):
                bare = await without_kafka(records)
                kafka = await over_kafka(bootstrap, len(records), f"bench-{turn}")
                rows.append((f"{bare:,.0f}", f"{kafka:,.0f}", f"{kafka / bare:.2f}"))
    table(("bare loop, records/s", "over Kafka, records/s", "ratio"), rows)


def run() -> None:
    asyncio.run(compare())
