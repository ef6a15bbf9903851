"""The documents of a score: ``result`` and ``detail`` of ``core``, ``trail`` of everything. Forms:
``schemas.result``.

Key order is fixed by this code, lists are in the order of dimensions and item ids, and all numbers are
integers, so the same answers in any order give the same bytes.
"""

from collections.abc import Callable
from operator import itemgetter
from typing import Any

from services.methodology.v1 import definition as d
from services.methodology.v1.engine import Scored
from services.methodology.v1.explanation import SCORE_MAXIMUM, band_of, dimension, explanation, numbers, scores
from services.methodology.v1.marks import core_marks, marks

__all__ = ["SCORE_MAXIMUM", "all_of", "band_of", "canonical", "detail", "result", "trail"]

UNITS_PER_POINT = 10**8

Document = dict[str, Any]


def _points(units: int) -> int:
    """Whole points, halves upwards. It decides bytes of a result, so a version has its own."""
    return (units + UNITS_PER_POINT // 2) // UNITS_PER_POINT


def _head(version: str, content_hash: str) -> Document:
    return {"version": version, "hash": content_hash}


def result(scored: Scored, version: str, content_hash: str) -> Document:
    """Score, band and dimensions of ``core``: exactly what an employer may get."""
    found = scores(scored, d.CORE)
    score, band = found["score"], found["band"]
    return {
        "methodology": _head(version, content_hash),
        "profile": d.CORE,
        "as_of": scored.answers["as_of"],
        **found,
        "points": {
            "low": _points(score["low"]),
            "high": _points(score["high"]),
            "band_low": _points(band["low"]),
            "band_high": _points(band["high"]),
        },
        "dimensions": [dimension(scored, d.CORE, number) for number in numbers(d.CORE)],
        "marks": sorted({mark["id"] for mark in core_marks(scored)}),
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
        "marks": core_marks(scored),
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
