"""Audit's whole loop on records of `assessments.scored` as scoring writes them, without Kafka in between.

Decode, drop what is known, take the ids and keep the sealed trails (one SQLite transaction with fsync), append to the
log on disk (with fsync), sign.
"""

import argparse
import asyncio
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from types import SimpleNamespace

import services.audit
from infra.db.engine import Database
from infra.db.migrate import migrate
from infra.kafka.batch_loop import MAX_RECORDS
from infra.kafka.producer import Outgoing
from schemas.topics import SCORED, SUBMITTED
from services.audit.reading.loop import ReadingLoop
from services.audit.store import Store
from services.audit.tlog.appender import Appender
from services.audit.tlog.logs import Logs
from services.audit.tlog.note import SignerKey
from services.methodology.version import load
from services.scoring.batch import Scoring
from tests.benchmarks.figures import table
from tests.benchmarks.machine import state
from tests.benchmarks.scoring import KeysInMemory, hand_ins

SIGNER = SignerKey("example.com/benchmark/log0", bytes(32))


class Kept:
    """Takes records and keeps them."""

    def __init__(self) -> None:
        self.records: list[Outgoing] = []

    async def send(self, records: Sequence[Outgoing]) -> None:
        self.records += records


def consumed(records: Sequence[Outgoing], topic: str) -> list[SimpleNamespace]:
    """The records as a consumer of one partition gets them."""
    return [
        SimpleNamespace(
            topic=topic, partition=0, offset=place, key=one.key.encode(), value=one.value, headers=one.headers
        )
        for place, one in enumerate(records)
    ]


async def scored() -> list[SimpleNamespace]:
    """What scoring sends for 20,000 hand-ins."""
    kept = Kept()
    scoring, given = Scoring(load(), KeysInMemory(), kept), consumed(hand_ins(), SUBMITTED.name)
    for start in range(0, len(given), MAX_RECORDS):
        await scoring.work(given[start : start + MAX_RECORDS])
    return consumed(kept.records, SCORED.name)


async def rate(records: Sequence[SimpleNamespace]) -> float:
    """Entries per second through a new log."""
    with TemporaryDirectory() as directory:
        data = Path(directory)
        async with Database(f"sqlite:///{data / 'audit.db'}", "audit") as database:
            await migrate(database, Path(services.audit.__file__).with_name("migrations"))
            with Appender(data / "log", SIGNER) as appender:
                loop = ReadingLoop("", Logs([appender]), Store(database), Kept())
                began = perf_counter()
                for start in range(0, len(records), MAX_RECORDS):
                    await loop.work(records[start : start + MAX_RECORDS])
                seconds = perf_counter() - began
                if appender.state.size != len(records):
                    raise AssertionError(f"the log has {appender.state.size} of {len(records)} entries")
    return len(records) / seconds


async def measure(turns: int) -> None:
    records = await scored()
    table(("entries", "entries/s"), [(f"{len(records):,}", f"{await rate(records):,.0f}") for _ in range(turns)])


def run(turns: int = 3) -> None:
    print(state())
    asyncio.run(measure(turns))


if __name__ == "__main__":
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("--turns", type=int, default=3)
    run(reading.parse_args().turns)
