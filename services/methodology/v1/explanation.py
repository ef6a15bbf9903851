"""The reasons of a score: band and dimensions, and every item with what it adds and the factors of its
value.
"""

from functools import lru_cache
from typing import Any

from services.methodology.v1 import definition as d
from services.methodology.v1.apportion import apportion
from services.methodology.v1.engine import Scored
from services.methodology.v1.tables import half_life_class, tables
from services.methodology.v1.uncertainty import Band

SCORE_MAXIMUM = 10**10

Document = dict[str, Any]


def band_of(scored: Scored, profile: str) -> Band:
    """The band's half width; narrower where every mix of work is the person's own."""
    errors = scored.plan.errors
    return (errors.own if all(scored.own) else errors.typical)[profile]


def _range(low: int, high: int) -> Document:
    return {"low": low, "high": high}


def scores(scored: Scored, profile: str) -> Document:
    """Score, band and detectable change, in units."""
    low, high, band = scored.low(profile), scored.high(profile), band_of(scored, profile)
    return {
        "score": _range(low, high),
        "band": _range(max(0, low - band.half), min(SCORE_MAXIMUM, high + band.half)),
        "detectable_change": band.detectable,
    }


def dimension(scored: Scored, profile: str, number: int) -> Document:
    """One dimension's weight and value."""
    return {
        "id": d.DIMENSIONS[number],
        "weight": d.WEIGHTS[profile][number],
        "value": _range(scored.dimensions_low[number], scored.dimensions_high[number]),
    }


def numbers(profile: str) -> range:
    """The dimensions that a profile counts."""
    return range(len(d.DIMENSIONS) if profile == d.CORE_INCOME else d.INCOME)


def _given(scored: Scored) -> dict[int, dict[str, Document]]:
    """The factors that come of the answers, by item id, for each dimension that has any."""
    pause = scored.answers.get("pause_months", 0)
    decay = tables().decay
    skills: dict[str, Document] = {}
    levels: dict[str, Document] = {}
    for answer in scored.answers.get("skills", ()):
        item, level = answer["id"], answer["level"]
        months = max(0, answer.get("months", 0) - pause)
        skills[item] = {"level": level, "months": months, "current": decay[half_life_class(item)][months]}
        if "technology" in answer:
            skills[item]["technology"] = answer["technology"]
        levels[item] = {"level": level}
    for part in ("knowledge", "behaviours"):
        for answer in scored.answers.get(part, ()):
            levels[answer["id"]] = {"level": answer["level"]}
    return {d.SKILLS: skills, d.AI: levels, d.LEARNING: levels, d.TRANSFER: levels, d.INCOME: _income(scored)}


def _income(scored: Scored) -> dict[str, Document]:
    """Which figures each income item was computed from."""
    used = {
        "income.other_sources": ("sources_total", "largest_source", "expenses"),
        "income.reserve": ("reserve", "expenses"),
        "income.months_covered": ("months_covered",),
    }
    income = scored.answers.get("income") or {}
    return {item: {name: income[name] for name in names if name in income} for item, names in used.items()}


def _placed(scored: Scored, number: int, of: int, given: dict[str, Document]) -> list[Document]:
    """The items of a dimension that have places; ``of`` is the dimension's weight."""
    values, at_best = scored.values_low, scored.values_high
    below, above = scored.deviations_low, scored.deviations_high
    items = []
    for group in scored.plan.groups[number]:
        place = group.places[0]
        item: Document = {"id": group.id}
        if group.occupation:
            item["occupation"] = group.occupation
        item["weight"] = group.weight
        shared = len(group.places) > 1
        deviation = sum(below[one] for one in group.places) if shared else below[place]
        if values[place] != at_best[place]:
            highest = sum(above[one] for one in group.places)
            item["bounds"] = {"low": of * deviation, "high": of * highest}
        else:
            item["value"] = d.MIDDLE + deviation // max(1, group.weight) if shared else values[place]
            item["contribution"] = of * deviation
        item["factors"] = {**group.factors, **given[group.id]} if group.id in given else group.factors
        items.append(item)
    return items


@lru_cache(maxsize=4096)
def _parts(numerators: tuple[int, ...], weight: int) -> tuple[list[int], list[int]]:
    """A mix as it is shown: shares per mille and weights, each summing exactly."""
    return apportion(numerators, 1000), apportion(numerators, weight)


def _activities(scored: Scored, of: int) -> list[Document]:
    """The items of each mix: share per mille as shown back, value, and the exact part of the one floor
    division.
    """
    items: list[Document] = []
    for mix, mixed in zip(scored.plan.mixes, scored.mixes, strict=True):
        code = mix.occupation
        if mixed is None:
            middle = of * mix.weight * d.MIDDLE
            unknown = {"low": -middle, "high": middle}
            items.append(
                {
                    "id": "tasks.activities",
                    "occupation": code,
                    "weight": mix.weight,
                    "bounds": unknown,
                    "factors": {},
                }
            )
            continue
        shares, weights = _parts(mixed.numerators, mix.weight)
        items.extend(
            {
                "id": item,
                "occupation": code,
                "weight": weight,
                "value": value,
                "contribution": of * deviation,
                "factors": {"share_per_mille": share, "exposure": d.VALUE - value},
            }
            for item, weight, value, deviation, share in zip(
                mix.ids, weights, mix.values, mixed.deviations, shares, strict=True
            )
        )
    return items


def explanation(scored: Scored, profile: str) -> Document:
    """All reasons of one profile's score: ``base`` plus every contribution is the score exactly."""
    given = _given(scored)
    dimensions = []
    for number in numbers(profile):
        of = d.WEIGHTS[profile][number]
        head = dimension(scored, profile, number)
        middle = d.MIDDLE * d.VALUE
        items = _placed(scored, number, of, given.get(number, {}))
        if number == d.TASKS:
            items += _activities(scored, of)
        value = head["value"]
        contribution = _range(of * (value["low"] - middle), of * (value["high"] - middle))
        dimensions.append({**head, "contribution": contribution, "items": items})
    return {
        "profile": profile,
        "base": sum(d.WEIGHTS[profile]) * d.MIDDLE * d.VALUE,
        **scores(scored, profile),
        "dimensions": dimensions,
    }
