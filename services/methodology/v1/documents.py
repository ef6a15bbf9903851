"""The documents of a score: ``result`` and ``detail`` of ``core``, ``trail`` of everything. Forms:
``schemas.result``.

Key order is fixed by this code, lists are in the order of dimensions and item ids, and all numbers are
integers, so the same answers in any order give the same bytes.
"""

from collections.abc import Callable
from functools import lru_cache
from operator import itemgetter
from typing import Any

from services.methodology.v1 import definition as d
from services.methodology.v1.apportion import apportion
from services.methodology.v1.display import rounded
from services.methodology.v1.engine import Scored
from services.methodology.v1.tables import Occupation, half_life_class, tables
from services.methodology.v1.uncertainty import Band

SCORE_MAXIMUM = 10**10

Document = dict[str, Any]


def band_of(scored: Scored, profile: str) -> Band:
    """The band's half width; narrower where every mix of work is the person's own."""
    errors = scored.plan.errors
    return (errors.own if all(scored.own) else errors.typical)[profile]


def _range(low: int, high: int) -> Document:
    return {"low": low, "high": high}


def _head(version: str, content_hash: str) -> Document:
    return {"version": version, "hash": content_hash}


def _scores(scored: Scored, profile: str) -> Document:
    low, high, band = scored.low(profile), scored.high(profile), band_of(scored, profile)
    return {
        "score": _range(low, high),
        "band": _range(max(0, low - band.half), min(SCORE_MAXIMUM, high + band.half)),
        "detectable_change": band.detectable,
    }


def _dimension(scored: Scored, profile: str, number: int) -> Document:
    return {
        "id": d.DIMENSIONS[number],
        "weight": d.WEIGHTS[profile][number],
        "value": _range(scored.dimensions_low[number], scored.dimensions_high[number]),
    }


def _numbers(profile: str) -> range:
    return range(len(d.DIMENSIONS) if profile == d.CORE_INCOME else d.INCOME)


def _stand_in(dimension: str, occupation: Occupation, soc: str) -> list[Document]:
    """The mark of a figure that is missing (``soc`` is empty) or stands under another code."""
    if not soc:
        return [{"id": "no_figure", "dimension": dimension, "occupation": occupation.code}]
    if soc != occupation.soc:
        return [{"id": "broader_code", "dimension": dimension, "occupation": occupation.code, "codes": [soc]}]
    return []


def _occupation_marks(occupation: Occupation, own: bool) -> list[Document]:
    found = _stand_in("tasks", occupation, occupation.mix_soc)
    if occupation.mix and not own:
        found.append({"id": "typical_mix", "dimension": "tasks", "occupation": occupation.code})
    if occupation.estimated_from:
        codes = list(occupation.estimated_from)
        mark = {"id": "estimated_from_related", "dimension": "skills", "occupation": occupation.code}
        found.append({**mark, "codes": codes})
    return found + _stand_in("market", occupation, occupation.market_soc)


def marks(scored: Scored) -> list[Document]:
    """The limits of this result, the portfolio's first, then what comes of the answers."""
    found: list[Document] = [{"id": "target"}] if scored.answers.get("target") else []
    for (occupation, _), own in zip(scored.plan.portfolio, scored.own, strict=True):
        found.extend(_occupation_marks(occupation, own))
    if scored.values_low is not scored.values_high:
        for number in _numbers(scored.profile):
            start, end = scored.plan.spans[number]
            if number != d.MARKET and scored.values_low[start:end] != scored.values_high[start:end]:
                found.append({"id": "unanswered", "dimension": d.DIMENSIONS[number]})
    return found


def _core_marks(scored: Scored) -> list[Document]:
    """Without what would tell of an income part."""
    return [mark for mark in marks(scored) if mark.get("dimension") != "income"]


def result(scored: Scored, version: str, content_hash: str) -> Document:
    """Score, band and dimensions of ``core``: exactly what an employer may get."""
    numbers = _scores(scored, d.CORE)
    score, band = numbers["score"], numbers["band"]
    return {
        "methodology": _head(version, content_hash),
        "profile": d.CORE,
        "as_of": scored.answers["as_of"],
        **numbers,
        "points": {
            "low": rounded(score["low"]),
            "high": rounded(score["high"]),
            "band_low": rounded(band["low"]),
            "band_high": rounded(band["high"]),
        },
        "dimensions": [_dimension(scored, d.CORE, number) for number in _numbers(d.CORE)],
        "marks": sorted({mark["id"] for mark in _core_marks(scored)}),
    }


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
    for number in _numbers(profile):
        of = d.WEIGHTS[profile][number]
        head = _dimension(scored, profile, number)
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
        **_scores(scored, profile),
        "dimensions": dimensions,
    }


def _occupations(scored: Scored) -> list[Document]:
    return [
        {"code": occupation.code, "title": occupation.title, "share": share}
        for occupation, share in scored.plan.portfolio
    ]


def detail(scored: Scored, version: str, content_hash: str) -> Document:
    """The reasons of ``core``; nothing in it tells of income."""
    return _detail(scored, version, content_hash, explanation(scored, d.CORE))


def _detail(scored: Scored, version: str, content_hash: str, core: Document) -> Document:
    return {
        "methodology": _head(version, content_hash),
        "as_of": scored.answers["as_of"],
        "occupations": _occupations(scored),
        "explanation": core,
        "marks": _core_marks(scored),
    }


_LISTS: tuple[tuple[str, tuple[str, ...], Callable[[Document], str]], ...] = (
    ("occupations", ("code", "share"), itemgetter("code")),
    ("activities", ("occupation", "id", "factor"), lambda one: f"{one.get('occupation', '')} {one['id']}"),
    ("skills", ("id", "level", "months", "technology"), itemgetter("id")),
    ("knowledge", ("id", "level"), itemgetter("id")),
    ("behaviours", ("id", "level"), itemgetter("id")),
)


def canonical(answers: Document) -> Document:
    """The answers as they were used: parts and keys in a fixed order, lists by id, nothing that was not
    given.
    """
    ordered: Document = {"as_of": answers["as_of"], "profile": answers["profile"]}
    for part, keys, by in _LISTS:
        if part in answers:
            ordered[part] = [{key: one[key] for key in keys if key in one} for one in sorted(answers[part], key=by)]
    for part in ("target", "pause_months"):
        if part in answers:
            ordered[part] = answers[part]
    for part in ("income", "response"):
        if part in answers:
            ordered[part] = dict(sorted(answers[part].items()))
    return ordered


def _figures(scored: Scored) -> list[Document]:
    found: list[Document] = []
    for occupation, _ in scored.plan.portfolio:
        named = (
            ("human_rating_beta", occupation.figures["human_rating_beta"], "exposure"),
            ("dv_rating_beta", occupation.figures["dv_rating_beta"], "exposure"),
            ("activity_exposure", occupation.figures["activity_exposure"], "activity_weights"),
            ("change_percent", occupation.change_percent, "projections"),
        )
        found.extend(
            {"occupation": occupation.code, "name": name, "value": value, "source": source}
            for name, value, source in named
            if value
        )
    return found


def trail(scored: Scored, version: str, content_hash: str) -> Document:
    """Everything that reproduces the decision, ``core+income`` included where income was asked."""
    return _trail(scored, version, content_hash, explanation(scored, d.CORE))


def _trail(scored: Scored, version: str, content_hash: str, core: Document) -> Document:
    explanations = [core]
    if scored.profile == d.CORE_INCOME:
        explanations.append(explanation(scored, d.CORE_INCOME))
    return {
        "methodology": _head(version, content_hash),
        "as_of": scored.answers["as_of"],
        "answers": canonical(scored.answers),
        "occupations": _occupations(scored),
        "explanations": explanations,
        "marks": marks(scored),
        "quality": {"flagged": len(scored.quality) >= d.FLAG_GROUPS, "groups": list(scored.quality)},
        "figures": _figures(scored),
    }


def all_of(scored: Scored, version: str, content_hash: str) -> tuple[Document, Document, Document]:
    """``result``, ``detail`` and ``trail`` at once; the latter two share the reasons of ``core``."""
    core = explanation(scored, d.CORE)
    return (
        result(scored, version, content_hash),
        _detail(scored, version, content_hash, core),
        _trail(scored, version, content_hash, core),
    )
