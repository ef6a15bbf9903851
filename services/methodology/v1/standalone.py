"""Stand-alone reference implementation of methodology 1: score, contributions, bounds and band.

It shares no code with the engine and needs nothing but Python and the version's ``tables.json`` beside it, which a
service gives at ``/v1/methodology/1/tables.json``. It is written to be read next to the published formulas, not to be
fast. Run it on answers that have no findings:

    python standalone.py answers.json

Units are 10⁻⁸ points. Contributions are counted from the middle of the scale, 50 points.
"""

import json
import math
import sys
from pathlib import Path
from typing import Any

NAMES = ["tasks", "skills", "ai", "learning", "market", "transfer", "income"]
WEIGHTS = {"core": [28, 22, 17, 11, 11, 11], "core+income": [25, 20, 15, 10, 10, 10, 10]}
MEASUREMENT = {
    "tasks": 300,
    "skills": 600,
    "ai": 900,
    "learning": 1000,
    "market": 0,
    "transfer": 700,
    "income": 500,
}
REFERENCE = {"tasks": 0, "skills": 300, "ai": 0, "learning": 0, "market": 2000, "transfer": 400, "income": 0}
BEHAVIOUR_WEIGHTS = [1667, 1667, 1667, 1667, 1666, 1666]
AI = ["ai.used", "ai.checked", "ai.context", "ai.workflow", "ai.unfit", "ai.built"]
LEARNING = ["planned", "applied", "feedback", "read", "outside", "shown"]

TABLES = json.loads(Path(__file__).with_name("tables.json").read_text(encoding="utf-8"))


class Item:
    """An explained item. ``low`` and ``high`` are what it adds to the middle, in parts of 10⁸ of its
    dimension.
    """

    def __init__(self, name: str, low: int, high: int, occupation: str = "", *, known: bool = True) -> None:
        self.name, self.low, self.high, self.occupation, self.known = name, low, high, occupation, known

    @classmethod
    def of(cls, name: str, weight: int, value: int | None, occupation: str = "") -> "Item":
        """An item of this weight; without a value it lies between 0 and 10,000."""
        if value is None:
            return cls(name, -5000 * weight, 5000 * weight, occupation, known=False)
        return cls(name, weight * (value - 5000), weight * (value - 5000), occupation)


def largest_remainder(numbers: list[int], total: int) -> list[int]:
    """Split ``total`` in proportion to ``numbers``; what is missing goes to the largest remainders."""
    whole = sum(numbers)
    parts = [total * number // whole for number in numbers]
    by_remainder = sorted(range(len(numbers)), key=lambda k: (-((total * numbers[k]) % whole), k))
    for k in by_remainder[: total - sum(parts)]:
        parts[k] += 1
    return parts


def tasks(answers: dict[str, Any], portfolio: list[tuple[str, int]]) -> list[Item]:
    weights = largest_remainder([share * part for _, share in portfolio for part in (3333, 3333, 3334)], 10_000)
    ratings, activities = [], []
    for code, _ in portfolio:
        human, model, rest = weights[:3]
        weights = weights[3:]
        table = TABLES["occupations"][code]["tasks"]
        ratings.append(Item.of("tasks.human_rating", human, table["human"], code))
        ratings.append(Item.of("tasks.model_rating", model, table["model"], code))
        activities += mix(answers, code, rest, table["mix"])
    return ratings + activities


def mix(answers: dict[str, Any], code: str, weight: int, typical: list[list[Any]]) -> list[Item]:
    """The activities of one occupation, by id: one division for all, its parts settled to the floored sum."""
    if not typical:
        return [Item.of("tasks.activities", weight, None, code)]
    factors = {
        answer["id"]: answer["factor"]
        for answer in answers.get("activities", [])
        if answer.get("occupation", code) == code
    }
    work = [share * factors.get(name, 1000) for name, share, _ in typical]
    pulls = [weight * part * (value - 5000) for part, (_, _, value) in zip(work, typical, strict=True)]
    whole = sum(work)
    parts = [pull // whole for pull in pulls]
    by_remainder = sorted(range(len(pulls)), key=lambda k: (-(pulls[k] % whole), k))
    for k in by_remainder[: sum(pulls) // whole - sum(parts)]:
        parts[k] += 1
    return [Item(name, part, part, code) for (name, _, _), part in zip(typical, parts, strict=True)]


def skills(answers: dict[str, Any], portfolio: list[tuple[str, int]]) -> tuple[list[Item], dict[str, int]]:
    """The skill items and their weights by id."""
    given = {answer["id"]: answer for answer in answers.get("skills", [])}
    asked = sorted(
        (name, code, share * weight, required)
        for code, share in portfolio
        for name, weight, required in TABLES["occupations"][code]["skills"]
    )
    weights = largest_remainder([number for _, _, number, _ in asked], 10_000)
    items: dict[str, Item] = {}
    total: dict[str, int] = {}
    for (name, _, _, required), weight in zip(asked, weights, strict=True):
        one = Item.of(name, weight, currency(name, required, given.get(name), answers.get("pause_months", 0)))
        if name in items:  # one answer, scored against each occupation's requirement, shown as one item
            one = Item(name, items[name].low + one.low, items[name].high + one.high, known=one.known)
        items[name] = one
        total[name] = total.get(name, 0) + weight
    return list(items.values()), total


def currency(name: str, required: int, answer: dict[str, Any] | None, pause: int) -> int | None:
    """min(level, r) / r, times what is still current."""
    if answer is None:
        return None
    months: int = max(0, answer.get("months", 0) - pause)
    decay: list[int] = TABLES["decay"]["technology" if name.startswith("tech.") else "knowledge"]
    level: int = answer["level"]
    return min(level, required) * decay[months] // required


def behaviours(answers: dict[str, Any], names: list[str]) -> list[Item]:
    given = {answer["id"]: 2500 * answer["level"] for answer in answers.get("behaviours", [])}
    return [Item.of(name, weight, given.get(name)) for name, weight in zip(names, BEHAVIOUR_WEIGHTS, strict=True)]


def market(portfolio: list[tuple[str, int]]) -> list[Item]:
    values = {code: TABLES["occupations"][code]["market"] for code, _ in portfolio}
    return [
        Item.of("market.projection", 10 * share, None if values[code] < 0 else values[code], code)
        for code, share in portfolio
    ]


def transfer(answers: dict[str, Any]) -> list[Item]:
    levels = {answer["id"]: answer["level"] for part in ("skills", "knowledge") for answer in answers.get(part, [])}
    return [
        Item.of(area, weight, by_level[levels[area]] if area in levels else None)
        for area, weight, by_level in TABLES["transfer"]
    ]


def income(figures: dict[str, int]) -> list[Item]:
    """.40 other sources to expenses, .35 reserve to six months of expenses, .25 covered months of twelve."""

    def part(above: int | None, below: int | None) -> int | None:
        return None if above is None or below is None else min(10_000, 10_000 * above // below)

    expenses, total, largest = (figures.get(name) for name in ("expenses", "sources_total", "largest_source"))
    other = None if total is None or largest is None else total - largest
    return [
        Item.of("income.other_sources", 4000, part(other, expenses)),
        Item.of("income.reserve", 3500, part(figures.get("reserve"), None if expenses is None else 6 * expenses)),
        Item.of("income.months_covered", 2500, part(figures.get("months_covered"), 12)),
    ]


def variances(
    answers: dict[str, Any], portfolio: list[tuple[str, int]], profile: str, skill_weights: dict[str, int]
) -> tuple[int, int]:
    """Squared standard errors in (percent times hundredths of a point)²: of measurement, and of
    everything.
    """
    weight = dict(zip(NAMES, WEIGHTS[profile], strict=False))
    sem, reference = dict(MEASUREMENT), dict(REFERENCE)
    named = {answer.get("occupation", portfolio[0][0]) for answer in answers.get("activities", [])}
    if not all(code in named for code, _ in portfolio):
        sem["tasks"] = 600
    occupations = TABLES["occupations"]
    reference["tasks"] = sum(share * occupations[code]["tasks"]["se"] for code, share in portfolio) // 1000
    estimated = sum(share for code, share in portfolio if occupations[code]["estimated_from"])
    reference["skills"] += 300 * estimated // 1000
    areas = {area: one for area, one, _ in TABLES["transfer"]}
    cross = sum(one * areas.get(name, 0) for name, one in skill_weights.items())
    squares = sum(one * one for one in skill_weights.values()) * sum(one * one for one in areas.values())
    # An item of both dimensions enters with its summed coefficient: twice the covariance is added.
    both = weight["skills"] * weight["transfer"] * sem["skills"] * sem["transfer"] * cross // math.isqrt(squares)
    measured = sum((weight[name] * sem[name]) ** 2 for name in weight) + 2 * both
    return measured, measured + sum((weight[name] * reference[name]) ** 2 for name in weight)


def explained(profile: str, parts: list[list[Item]], measured: int, whole: int) -> dict[str, Any]:
    dimensions = []
    low = high = base = 5000 * 10_000 * 100
    for name, weight, items in zip(NAMES, WEIGHTS[profile], parts, strict=False):
        listed = []
        for item in items:
            entry: dict[str, Any] = {"id": item.name}
            if item.occupation:
                entry["occupation"] = item.occupation
            if item.known:
                entry["contribution"] = weight * item.low
            else:
                entry["bounds"] = {"low": weight * item.low, "high": weight * item.high}
            listed.append(entry)
        least, most = sum(item.low for item in items), sum(item.high for item in items)
        low, high = low + weight * least, high + weight * most
        value = {"low": 50_000_000 + least, "high": 50_000_000 + most}
        dimensions.append({"id": name, "weight": weight, "value": value, "items": listed})
    half = math.isqrt(196**2 * 10**4 * whole)
    return {
        "profile": profile,
        "base": base,
        "score": {"low": low, "high": high},
        "band": {"low": max(0, low - half), "high": min(10**10, high + half)},
        "detectable_change": math.isqrt(2 * 196**2 * 10**4 * measured),
        "dimensions": dimensions,
    }


def assess(answers: dict[str, Any]) -> list[dict[str, Any]]:
    """``core``, and ``core+income`` where income was answered: score, band, dimensions and items."""
    portfolio = sorted((one["code"], one["share"]) for one in answers["occupations"])
    skill_items, skill_weights = skills(answers, portfolio)
    parts = [
        tasks(answers, portfolio),
        skill_items,
        behaviours(answers, AI),
        behaviours(answers, [f"learning.{name}" for name in LEARNING]),
        market(portfolio),
        transfer(answers),
    ]
    profiles = ["core"]
    if set(answers.get("income", {})) - {"currency", "sources"}:
        parts.append(income(answers["income"]))
        profiles.append("core+income")
    return [explained(profile, parts, *variances(answers, portfolio, profile, skill_weights)) for profile in profiles]


if __name__ == "__main__":
    print(json.dumps(assess(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))), indent=1))
