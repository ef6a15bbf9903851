"""CPU of one assessment in batches of 2,000, against the plain reference implementation in the same run."""

import json
from collections.abc import Callable
from functools import partial
from statistics import median
from time import process_time
from typing import Any

from services.methodology.specimen import specimens
from services.methodology.v1.standalone import assess
from services.methodology.version import Scored, Version, load

BATCH = 2_000
ROUNDS = 9


def microseconds(work: Callable[[], Any]) -> float:
    """The median CPU of one assessment over rounds that drop each one's outcome, as the worker does."""
    work()
    costs = []
    for _ in range(ROUNDS):
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


def run() -> None:
    """Print the figures."""
    version = load()
    for profile in ("core", "core+income"):
        batch = list(specimens("benchmark", BATCH, profile=profile))
        agree(version, batch)
        scored: list[Scored] = [version.score(answers) for answers in batch]
        ours, plain = (
            microseconds(partial(through, version.score, batch)),
            microseconds(partial(through, assess, batch)),
        )
        written = microseconds(partial(through, Scored.documents, scored))
        print(f"methodology: {BATCH:,} assessments of profile {profile}, occupations drawn by employment")
        print(f"  score, items, bounds, band, quality   {ours:>8.1f} µs of CPU each")
        print(f"  the plain reference implementation    {plain:>8.1f} µs, {plain / ours:.1f} times as much")
        print(f"  result, detail and trail written      {written:>8.1f} µs")


if __name__ == "__main__":
    run()
