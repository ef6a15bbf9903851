"""CPU of each advice on generated people of one to three occupations: the middle and the largest.

Every one has a budget of 50 ms, which the largest has to keep. A person counts by the least of three runs, because a
process that collects its garbage meets somebody by chance. Ways are looked for to every occupation in turn.
"""

from collections.abc import Callable
from itertools import cycle
from statistics import median
from time import process_time
from typing import Any

from services.methodology.specimen import specimen
from services.methodology.v1.advice.profiles import profiles
from services.methodology.version import load
from tests.benchmarks.figures import budget

PEOPLE = 200
RUNS = 3
POINT = 10**8
BUDGET = 50.0
"""Milliseconds of CPU."""
LARGEST_INCOME: dict[str, Any] = {
    "as_of": "2026-11",
    "currency": "EUR",
    "expenses": 250_000,
    "reserve": 500_000,
    "sources": [
        {
            "id": f"source-{number}",
            "kind": ("employment", "contract")[number % 2],
            "monthly": 10_000 * number,
            "contract": {"ends": "2027-03", "notice_months": 1, "renewal": "negotiated"},
        }
        for number in range(30)
    ],
}


def milliseconds(work: Callable[[dict[str, Any]], Any], people: list[dict[str, Any]]) -> tuple[float, float]:
    """The median and the maximum over people, tables warm."""
    work(people[0])
    costs = [min(timed(work, answers) for _ in range(RUNS)) for answers in people]
    return median(costs), max(costs)


def timed(work: Callable[[dict[str, Any]], Any], answers: dict[str, Any]) -> float:
    started = process_time()
    work(answers)
    return (process_time() - started) * 1e3


def run() -> None:
    """Print the figures."""
    version, targets = load(), sorted(profiles().by_code)
    people = [specimen(f"advice/{one}", profile="core+income", occupations=1 + one % 3) for one in range(PEOPLE)]
    for answers in people:
        version.score(answers)
    ways = cycle(targets[:: max(1, len(targets) // PEOPLE)])
    works: dict[str, Callable[[dict[str, Any]], Any]] = {
        "counterfactual to 80 points": lambda one: version.counterfactual(one, 80 * POINT),
        "forecast": version.forecast,
        "plan, 10 hours over 12 months": lambda one: version.plan(one, 10, 12),
        "plan, 200 hours over 60 months": lambda one: version.plan(one, 200, 60),
        "qualification": version.qualification,
        "career path": lambda one: version.career_path(one, next(ways)),
        "income of thirty sources": lambda _: version.income(LARGEST_INCOME),
        "signals": lambda _: version.signals(),
    }
    print(f"advice: {PEOPLE} people of one to three occupations drawn by employment")
    for name, work in works.items():
        middle, largest = milliseconds(work, people)
        print(f"  {name:32} {middle:>8.2f} ms of CPU, at most {largest:.2f} ms; {budget(largest, BUDGET, 'ms')}")
