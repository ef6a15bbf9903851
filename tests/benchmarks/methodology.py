"""CPU of one assessment in batches of 2,000, against the plain reference implementation in the same run.

The budget is 40 µs on average for score, items, bounds, band and quality, of one to three occupations.
"""

import json
from collections.abc import Callable
from functools import partial
from statistics import median
from time import process_time
from typing import Any

from services.methodology.specimen import specimen
from services.methodology.v1.plan import plan_for
from services.methodology.v1.standalone import assess
from services.methodology.version import Scored, Version, load
from tests.benchmarks.figures import budget

BATCH = 2_000
ROUNDS = 9
BUDGET = 40.0
"""Microseconds of CPU."""
PORTFOLIO = (1, 1, 1, 1, 1, 1, 1, 2, 2, 3)
"""Occupations of ten people in a row: an assumption, most have one."""


def microseconds(work: Callable[[], Any], rounds: int = ROUNDS) -> float:
    """The median CPU of one assessment over rounds that drop each one's outcome, as the worker does."""
    costs = []
    for _ in range(rounds):
        started = process_time()
        work()
        costs.append(process_time() - started)
    return median(costs) / BATCH * 1e6


def through(function: Callable[[Any], Any], batch: list[Any]) -> None:
    for one in batch:
        function(one)


def agree(version: Version, batch: list[dict[str, Any]]) -> None:
    """The two are timed on the same work only where they come to the same scores."""
    for answers in batch:
        told, plain = version.score(answers).trail()["explanations"], assess(answers)
        ours = [(one["score"], one["band"], one["detectable_change"]) for one in told]
        theirs = [(one["score"], one["band"], one["detectable_change"]) for one in plain]
        if json.dumps(ours) != json.dumps(theirs):
            raise SystemExit("the engine and the reference implementation disagree; a time would mean nothing")


def drawn(profile: str) -> list[dict[str, Any]]:
    """The people of one batch."""
    return [
        specimen(f"benchmark/{number}", profile=profile, occupations=PORTFOLIO[number % len(PORTFOLIO)])
        for number in range(BATCH)
    ]


def run() -> None:
    """Print the figures."""
    version = load()
    for profile in ("core", "core+income"):
        batch = drawn(profile)
        plan_for.cache_clear()
        first = microseconds(partial(through, version.score, batch), rounds=1)
        agree(version, batch)
        scored: list[Scored] = [version.score(answers) for answers in batch]
        ours = microseconds(partial(through, version.score, batch))
        plain = microseconds(partial(through, assess, batch))
        written = microseconds(partial(through, Scored.documents, scored))
        print(f"methodology: {BATCH:,} assessments of profile {profile}, one to three occupations")
        print(f"  score, items, bounds, band, quality   {ours:>8.1f} µs of CPU each; {budget(ours, BUDGET, 'µs')}")
        print(f"  the plain reference implementation    {plain:>8.1f} µs, {plain / ours:.1f} times as much")
        print(f"  result, detail and trail written      {written:>8.1f} µs")
        print(f"  scored with every portfolio new       {first:>8.1f} µs, once for each portfolio in a process")


if __name__ == "__main__":
    run()
