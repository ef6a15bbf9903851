"""CPU of each advice on generated people, the middle and the largest; every one has a budget of 50 ms."""

from collections.abc import Callable
from statistics import median
from time import process_time
from typing import Any

from services.methodology.specimen import specimens
from services.methodology.v1.advice.profiles import profiles
from services.methodology.version import load

PEOPLE = 200
POINT = 10**8
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
    costs = []
    for answers in people:
        started = process_time()
        work(answers)
        costs.append((process_time() - started) * 1e3)
    return median(costs), max(costs)


def run() -> None:
    """Print the figures."""
    version, targets = load(), sorted(profiles().by_code)
    people = list(specimens("advice", PEOPLE, profile="core+income"))
    for answers in people:
        version.score(answers)
    works: dict[str, Callable[[dict[str, Any]], Any]] = {
        "counterfactual to 80 points": lambda one: version.counterfactual(one, 80 * POINT),
        "forecast": version.forecast,
        "plan, 10 hours over 12 months": lambda one: version.plan(one, 10, 12),
        "plan, 200 hours over 60 months": lambda one: version.plan(one, 200, 60),
        "qualification": version.qualification,
        "career path": lambda one: version.career_path(one, targets[97 * one["skills"][0]["level"]]),
        "income of thirty sources": lambda _: version.income(LARGEST_INCOME),
    }
    print(f"advice: {PEOPLE} people, occupations drawn by employment")
    for name, work in works.items():
        middle, largest = milliseconds(work, people)
        print(f"  {name:32} {middle:>8.2f} ms of CPU, at most {largest:.2f} ms")
