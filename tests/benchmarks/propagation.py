"""How long a restriction, and an erasure, takes to reach every key client: the four services over a real Kafka.

Four key clients (intake, audit, two of scoring) on the machine's cores. People hand in and are scored, a few at once,
so that caches hold their keys; then one after the other restricts, then erases (window zero). A clock runs from
sending the request, so before its commit, until the last of the four has acknowledged the revocation: a client
acknowledges once its cache is empty of the person and no running batch has the key in hand.

With a window the erasures stay pending, and what is measured is the stop at once; they pile up over the row.
"""

import argparse
import asyncio
from collections.abc import Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import aiohttp
import msgspec
from aiokafka import AIOKafkaConsumer, TopicPartition

from infra.local.ports import free_port
from infra.local.probe import http_ready
from infra.local.services import SERVICES
from infra.local.stack import Stack
from schemas.events import Acknowledged, Acknowledgement, Revoked
from schemas.topics import KEYS_ACKNOWLEDGED, KEYS_REVOKED, TOPICS
from services.cli import RUN_SERVICE
from services.methodology.specimen import specimens
from tests.benchmarks.figures import table
from tests.benchmarks.machine import state

CLIENTS = ("audit", "intake", "scoring", "scoring")
SIZE = 10_000
_AHEAD = 20
"""So many have handed in before the first of them asks: few enough that caches still hold the key of the last."""
_BOUND_SECONDS = 60.0
_TOLD_EVERY = 1_000
_AIM_SECONDS = 1.0


@dataclass
class Watch:
    """What the two topics say, as it comes: the newest revocation of each kind, and how far each client is."""

    revoked: dict[str, int] = field(default_factory=dict)
    acknowledged: dict[str, tuple[str, int]] = field(default_factory=dict)
    moved: asyncio.Event = field(default_factory=asyncio.Event)

    def take(self, topic: str, offset: int, value: bytes) -> None:
        """One record."""
        if topic == KEYS_REVOKED.name:
            self.revoked[msgspec.msgpack.decode(value, type=Revoked).kind] = offset
        else:
            heard: Acknowledgement = msgspec.msgpack.decode(value, type=Acknowledgement)
            if isinstance(heard, Acknowledged):
                self.acknowledged[heard.instance] = (heard.service, heard.offset)
        self.moved.set()
        self.moved = asyncio.Event()

    async def until_acknowledged(self, kind: str, beyond: int) -> None:
        """Wait until each client has acknowledged a revocation of this kind that came after offset `beyond`."""
        async with asyncio.timeout(_BOUND_SECONDS):
            while not self._by_all(self.revoked.get(kind, -1), beyond):
                await self.moved.wait()

    def _by_all(self, offset: int, beyond: int) -> bool:
        return offset > beyond and all(reached >= offset for _, reached in self.acknowledged.values())

    async def until_complete(self) -> None:
        """Wait until all four clients have been heard of."""
        async with asyncio.timeout(_BOUND_SECONDS):
            while sorted(service for service, _ in self.acknowledged.values()) != sorted(CLIENTS):
                await self.moved.wait()

    @property
    def last(self) -> int:
        """The offset of the newest revocation."""
        return max(self.revoked.values(), default=-1)


@asynccontextmanager
async def watched(bootstrap: str):
    """A watch that reads both topics from their beginnings."""
    watch = Watch()
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="earliest")
    await consumer.start()
    topics = (KEYS_REVOKED, KEYS_ACKNOWLEDGED)
    consumer.assign([TopicPartition(topic.name, number) for topic in topics for number in range(topic.partitions)])

    async def read() -> None:
        async for record in consumer:
            watch.take(record.topic, record.offset, record.value)

    try:
        async with asyncio.TaskGroup() as group:  # what ends the reading ends the benchmark
            reading = group.create_task(read())
            yield watch
            reading.cancel()
    finally:
        await consumer.stop()


@dataclass
class Person:
    """People in front of the services, one after the other."""

    http: aiohttp.ClientSession
    stack: Stack
    watch: Watch

    async def hand_in(self, answers: Mapping[str, object]) -> str:
        """Hand in, wait for the score; the claim code."""
        consent = {"notice": "individuals-1", "language": "en", "purposes": ["scoring"], "of_age": True}
        body = {"assessment": answers, "consent": consent}
        url = f"{self.stack.urls['intake']}/v1/assessments?wait=20"
        while True:
            async with self.http.post(url, json=body) as response:
                if response.status == 200:
                    return str((await response.json())["claim_code"])
                if response.status != 429:
                    raise AssertionError(f"a hand-in was answered {response.status}: {await response.text()}")
                await asyncio.sleep(float(response.headers.get("Retry-After", 1)))

    async def ask(self, kind: str, code: str, revocation: str) -> float:
        """Seconds from sending the request to the last acknowledgement."""
        before = self.watch.last
        url, headers = f"{self.stack.urls['consent']}/v1/privacy/requests", {"Authorization": f"Claim {code}"}
        began = perf_counter()
        async with self.http.post(url, json={"type": kind}, headers=headers) as response:
            if response.status not in (200, 202):
                raise AssertionError(f"a {kind} was answered {response.status}: {await response.text()}")
        await self.watch.until_acknowledged(revocation, before)
        return perf_counter() - began


async def second_scoring(stack: Stack) -> None:
    """Another process of scoring, under the stack's supervisor."""
    service = next(one for one in SERVICES if one.name == "scoring")
    command, port = stack._service(service), free_port()
    ready = http_ready(f"http://127.0.0.1:{port}/readyz")
    environment = {**command.environment, "SERVICE_PORT": str(port)}
    await stack.supervisor.start(replace(command, name="scoring-2", ready=ready, environment=environment))


def percentile(seconds: Sequence[float]) -> float:
    """The 99th."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]


def row(what: str, seconds: Sequence[float]) -> tuple[str, ...]:
    """Count, median, p99 and the longest, in milliseconds."""
    ordered = sorted(seconds)
    marks = (ordered[len(ordered) // 2], percentile(seconds), ordered[-1])
    return (what, f"{len(ordered):,}", *(f"{mark * 1e3:,.0f}" for mark in marks))


async def measure(size: int, window: int) -> None:
    restricted: list[float] = []
    erased: list[float] = []
    stop = "erasure-pending" if window else "erased"
    with TemporaryDirectory() as directory:
        extra = {"ERASURE_WINDOW_SECONDS": str(window)}
        async with (
            Stack(Path(directory), RUN_SERVICE, TOPICS, broker="apache", ports="free", extra=extra) as stack,
            aiohttp.ClientSession() as http,
            watched(stack.bootstrap) as watch,
        ):
            await second_scoring(stack)
            await watch.until_complete()
            person, answers = Person(http, stack, watch), list(specimens("propagation", 100))
            while len(erased) < size:
                coming = range(len(erased), min(len(erased) + _AHEAD, size))
                for code in await asyncio.gather(*(person.hand_in(answers[one % len(answers)]) for one in coming)):
                    restricted.append(await person.ask("restriction", code, "restricted"))
                    erased.append(await person.ask("erasure", code, stop))
                    if len(erased) % _TOLD_EVERY == 0 or len(erased) == size:
                        tell(restricted, erased, stop)


def tell(restricted: Sequence[float], erased: Sequence[float], stop: str) -> None:
    """The figures up to now, and a verdict on the newest thousand: a long row that is broken off has told what it
    found, and one that grows slower shows it.
    """
    head = ("until all four acknowledged", "in a row", "median ms", "p99 ms", "longest ms")
    table(head, [row("restriction", restricted), row(stop, erased)])
    begin = (len(erased) - 1) // _TOLD_EVERY * _TOLD_EVERY
    slowest = max(percentile(seconds[begin:]) for seconds in (restricted, erased))
    verdict = "holds" if slowest < _AIM_SECONDS else "does NOT hold"
    print(f"{begin + 1:,} to {len(erased):,}: p99 {slowest * 1e3:,.0f} ms; p99 < 1 s {verdict}", flush=True)


def run(size: int = 1_000, window: int = 0) -> None:
    """`make bench` takes a thousand; `--size 10000` is the figure of docs/performance.md."""
    print(state())
    asyncio.run(measure(size, window))


if __name__ == "__main__":
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("--size", type=int, default=SIZE, help="people in a row")
    reading.add_argument("--window", type=int, default=0, help="seconds in which an erasure can be cancelled")
    asked = reading.parse_args()
    run(asked.size, asked.window)
