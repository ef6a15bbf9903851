"""The whole path over a real Kafka: from an HR platform's lines to results fetched over HTTP, four processes."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp

from infra.local.stack import Stack
from schemas.topics import TOPICS
from services.cli import RUN_SERVICE
from services.demo.platform import Platform, token
from services.intake.cli import register
from tests.benchmarks.figures import table

COUNTS = (2_000, 2_000, 10_000)


async def measure() -> None:
    rows = []
    with TemporaryDirectory() as directory:
        async with Stack(Path(directory), RUN_SERVICE, TOPICS, broker="apache", ports="free") as stack:
            socket, intake = stack.place.admin_socket("intake"), stack.urls["intake"]
            credentials = await register(socket, "bench", "Bench Ltd", "contract", "employees-1")
            async with aiohttp.ClientSession() as http:
                for count in COUNTS:
                    platform = Platform(http, intake, await token(http, intake, credentials))
                    one = await platform.deliver(count, lambda: None, lambda: None)
                    rows.append(
                        (
                            f"{one.count:,}",
                            f"{one.per_second:,.0f}",
                            f"{one.latency(0.5):.2f}",
                            f"{one.latency(0.95):.2f}",
                        )
                    )
    table(("assessments", "results/s", "median s", "95 % s"), rows)


def run() -> None:
    asyncio.run(measure())
