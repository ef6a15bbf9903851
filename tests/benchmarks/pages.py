"""What each page of the product costs the server, from the request to the last byte, on the running services.

Every page of the scene but those where a secret is tried; `python -m tests.benchmarks.pages WORDS` measures those in
whose names these words stand. Beside the time that passes stands the time that the
service's process was on a processor (of `/proc`, Linux only): other work on the machine lengthens the one, not the
other.
"""

import asyncio
import sys
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter

import aiohttp

from tests.benchmarks.figures import table
from tests.running import Running, started
from tests.scene.cast import assessed, set_stage, with_request
from tests.scene.pages import PAGES, Page
from tests.scene.stage import Stage

TURNS, TIMES = 4, 15
"""A page is asked for so often in each turn: a claim code that is used more often must rest."""
GOAL_MS = 50.0


def on_processor(process: int) -> int:
    """Nanoseconds that all threads of a process were on a processor so far; 0 where the system does not tell."""
    told = 0
    for thread in Path(f"/proc/{process}/task").glob("*/schedstat"):
        try:
            told += int(thread.read_text().split()[0])
        except FileNotFoundError:  # it has just ended
            continue
    return told


async def cost(stage: Stage, running: Running, page: Page) -> tuple[float, float, int]:
    """Milliseconds that passed, milliseconds of processor, and bytes of one page."""
    process = running.stack.pid(page.service)
    before, began = on_processor(process), perf_counter()
    status, text = await stage.get(page)
    passed, used = perf_counter() - began, on_processor(process) - before
    assert status < 500 and status != 429, (page.name, status)
    return passed * 1e3, used / 1e6, len(text.encode())


async def rested(stage: Stage, page: Page) -> None:
    """Somebody whose claim code has not been used yet, where a page of theirs is asked for often."""
    if (page.service, page.holder) == ("consent", "person"):
        _, claim = await assessed(stage)
        stage.holders["consent", "person"] = await with_request(stage, claim)


async def measure(words: str = "") -> None:
    rows, over = [], []
    with TemporaryDirectory() as directory:
        async with (
            started(Path(directory), None, None) as running,
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http,
        ):
            stage = await set_stage(running, http)
            for page in (one for one in PAGES if not one.guesses and words in one.name):
                found = []
                for _ in range(TURNS):
                    await rested(stage, page)
                    await cost(stage, running, page)
                    found += [await cost(stage, running, page) for _ in range(TIMES)]
                passed, used = ([one[at] for one in found] for at in (0, 1))
                late = quantiles(passed, n=20)[18]
                figures = [f"{one:.1f}" for one in (median(passed), late, median(used), quantiles(used, n=20)[18])]
                rows.append((page.name, *figures, f"{found[-1][2]:,}"))
                if late > GOAL_MS:
                    over.append(page.name)
    table(("page", "median ms", "95 % ms", "CPU median ms", "CPU 95 % ms", "bytes"), rows)
    print(f"over {GOAL_MS:.0f} ms at 95 %: {', '.join(over) or 'none'}")


def run() -> None:
    asyncio.run(measure())


if __name__ == "__main__":
    asyncio.run(measure(" ".join(sys.argv[1:])))
