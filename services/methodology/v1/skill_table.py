"""Skill currency: what each occupation asks, how much each item weighs, and how a level fades."""

import re
from collections import defaultdict
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from functools import cache

from services.methodology.source import Row, exact, half_up, rows
from services.methodology.v1 import definition as d
from services.methodology.v1.apportion import apportion


@dataclass(frozen=True, slots=True)
class Requirement:
    """How important an element is in an occupation (1 to 5) and at which O*NET level (0 to 7)."""

    importance: Fraction
    level: Fraction


@dataclass(frozen=True, slots=True)
class SkillSet:
    """The skill items of one occupation: ``(id, weight, required level)`` by id, and the codes they are
    estimated from.
    """

    items: tuple[tuple[str, int, int], ...]
    estimated_from: tuple[str, ...]


def usable(row: Row) -> dict[str, Requirement]:
    """The usable cells of one line: neither suppressed nor not relevant."""
    found = {}
    for element, cell in row.items():
        if element != "code" and cell and not cell.endswith(("s", "n")):
            importance, level = cell.split("/")
            found[element] = Requirement(exact(importance), exact(level))
    return found


@cache
def knowledge() -> dict[str, dict[str, Requirement]]:
    """Usable knowledge requirements by occupation, for those that have any."""
    table = {row["code"]: usable(row) for row in rows("knowledge")}
    return {code: found for code, found in table.items() if found}


@cache
def related() -> dict[str, tuple[str, ...]]:
    return {row["code"]: tuple(row["related"].split()) for row in rows("related")}


def estimate(code: str) -> tuple[dict[str, Requirement], tuple[str, ...]]:
    """The mean over the five closest related occupations that have figures; empty where fewer than three
    have.

    An area counts where at least three of them have it.
    """
    close = tuple(other for other in related().get(code, ()) if other in knowledge())[: d.RELATED_USED]
    if len(close) < d.RELATED_NEEDED:
        return {}, ()
    gathered: dict[str, list[Requirement]] = defaultdict(list)
    for other in close:
        for element, requirement in knowledge()[other].items():
            gathered[element].append(requirement)
    return {
        element: Requirement(
            sum((one.importance for one in found), Fraction(0)) / len(found),
            sum((one.level for one in found), Fraction(0)) / len(found),
        )
        for element, found in gathered.items()
        if len(found) >= d.RELATED_NEEDED
    }, close


def required_level(level: Fraction) -> int:
    """O*NET's level (0 to 7) as one of the four levels that a person can be asked for."""
    return 1 + sum(level >= Fraction(step) for step in d.LEVEL_STEPS)


def group_id(name: str) -> str:
    """The stable id of a technology group: ``tech.`` and its name in lower case with hyphens."""
    return "tech." + re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


@cache
def technology_groups() -> dict[str, dict[str, tuple[int, int]]]:
    """By occupation and group: how many technologies are in demand there, and how many are hot anywhere."""
    counted: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    for row in rows("technologies"):
        demanded, hot = counted[row["code"]].get(row["group"], (0, 0))
        counted[row["code"]][row["group"]] = (demanded + (row["in_demand"] == "Y"), hot + (row["hot"] == "Y"))
    return counted


def _asked_knowledge(requirements: dict[str, Requirement]) -> list[tuple[str, Fraction, int]]:
    ranked = sorted(requirements, key=lambda element: (-requirements[element].importance, element))
    return [
        (element, requirements[element].importance * 100, required_level(requirements[element].level))
        for element in ranked[: d.KNOWLEDGE_ASKED]
    ]


def _asked_groups(code: str) -> list[tuple[str, Fraction, int]]:
    groups = technology_groups().get(code, {})
    ranked = sorted(groups, key=lambda name: (-groups[name][0], -groups[name][1], name))
    return [
        (
            group_id(name),
            Fraction(d.GROUP_IMPORTANCE[groups[name][0] > 0]),
            d.GROUP_LEVEL[groups[name][0] > 0],
        )
        for name in ranked[: d.GROUPS_ASKED]
    ]


def skill_set(code: str) -> SkillSet:
    """What an occupation asks; weights sum to 10,000. No items where neither it nor its relations have
    figures.
    """
    close: tuple[str, ...] = ()
    requirements = knowledge().get(code, {})
    if not requirements:
        requirements, close = estimate(code)
    if not requirements:
        return SkillSet((), ())
    asked = sorted(_asked_knowledge(requirements) + _asked_groups(code))
    common = 60  # hundredths of an importance; a mean over three to five of them becomes whole at 60
    weights = apportion([half_up(importance * common) for _, importance, _ in asked], d.VALUE)
    items = tuple((item, weight, level) for (item, _, level), weight in zip(asked, weights, strict=True))
    return SkillSet(items, close)


def decay(half_life_tenths: int) -> list[int]:
    """Parts of 10,000 still current after 0 to 720 months: ``2^(-m / (12 H))``, halves upwards."""
    with localcontext() as context:
        context.prec = 40
        return [
            int(
                (d.VALUE * Decimal(2) ** (Decimal(-10 * months) / (12 * half_life_tenths))).quantize(
                    Decimal(1), rounding=ROUND_HALF_UP
                )
            )
            for months in range(d.MONTHS_MAXIMUM + 1)
        ]
