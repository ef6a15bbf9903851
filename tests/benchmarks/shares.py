"""What the bound of an organisation that is alone costs it: the whole path with it, and without any, in turns."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from unittest.mock import patch

import aiohttp

from infra.local.stack import Stack
from schemas.topics import TOPICS
from services import cli
from services.demo.platform import Platform, token
from services.intake import app
from services.intake.cli import register
from services.intake.handing_in.admission import Admission
from services.intake.handing_in.shares import ALONE, Shares
from tests.benchmarks.figures import table

COUNT = 2 * ALONE
ROUNDS = 2
WITHOUT = (sys.executable, "-m", "tests.benchmarks.shares", "{service}")
"""Runs a service as `careerpulse run` does, where nothing is bounded."""


async def measure() -> None:
    found: dict[bool, list[float]] = {True: [], False: []}
    for bounded in (True, False) * ROUNDS:
        found[bounded].append(await per_second(cli.RUN_SERVICE if bounded else WITHOUT))
    rows = [
        (f"{place:,}", f"{with_it:,.0f}", f"{without:,.0f}", f"{with_it / without:.2f}")
        for place, (with_it, without) in enumerate(zip(found[True], found[False], strict=True), start=1)
    ]
    table(("round", f"{ALONE:,} under way", "no bound", "ratio"), rows)
    print(f"median ratio {median(found[True]) / median(found[False]):.2f}, {COUNT:,} assessments each")


async def per_second(command: Sequence[str]) -> float:
    """Results a second, of a stack that has been warmed."""
    with TemporaryDirectory() as directory:
        async with (
            Stack(Path(directory), command, TOPICS, broker="apache", ports="free") as stack,
            aiohttp.ClientSession() as http,
        ):
            socket, intake = stack.place.admin_socket("intake"), stack.urls["intake"]
            credentials = await register(socket, "bench", "Bench Ltd", "contract", "employees-1")
            for count in (1_000, COUNT):
                platform = Platform(http, intake, await token(http, intake, credentials))
                delivered = await platform.deliver(count, lambda: None, lambda: None)
            return delivered.per_second


def run() -> None:
    asyncio.run(measure())


def run_unbounded() -> None:
    """`careerpulse run` of the service that is named, with room for whatever comes."""
    with patch.object(app, "Admission", lambda bound: Admission(bound, Shares(alone=sys.maxsize))):
        cli.main(["run", *sys.argv[1:]])


if __name__ == "__main__":
    run_unbounded()
