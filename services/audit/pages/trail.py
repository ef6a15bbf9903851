"""An opened decision as an officer reads it: score, band, items with their answers, figures and sources. Pure."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from infra.pages.visit import Visit
from schemas.points import rounded
from services.audit.openings import Opened
from services.methodology.report import why
from services.methodology.source import manifest
from services.methodology.version import Version, load
from services.methodology.wording import Wording

Document = dict[str, Any]
_UNITS_OF_A_TENTH = 1


def decision(visit: Visit, opened: Opened) -> Document:
    """What the page tells of a decision, one table of dimensions for each profile."""
    trail = opened.trail
    version = load(trail["methodology"]["version"])
    language, called = visit.language, _called(visit)
    return {
        "event": opened.event_id,
        "organisation": next(field.value.decode() for field in opened.fields if field.name == "tenant"),
        "version": trail["methodology"],
        "as_of": trail["as_of"],
        "occupations": [(version.name(one["code"], language), one["share"]) for one in trail["occupations"]],
        "attribution": version.attribution(language),
        "marks": [version.text(f"mark.{mark}", language) for mark in sorted({one["id"] for one in trail["marks"]})],
        "quality": trail["quality"],
        "profiles": [_profile(visit, one, version, trail["answers"]) for one in trail["explanations"]],
        "figures": [_figure(visit, one, version, called) for one in trail["figures"]],
        "salts": [(field.name, field.salt.hex()) for field in opened.fields],
    }


def _profile(visit: Visit, explanation: Document, version: Version, answers: Document) -> Document:
    words = Wording(version, visit.language)
    currency = answers.get("income", {}).get("currency", "")
    return {
        "profile": explanation["profile"],
        "score": _points(visit, explanation["score"]),
        "band": _points(visit, explanation["band"]),
        "dimensions": [
            {
                "name": version.text(f"dimension.{one['id']}", visit.language),
                "weight": one["weight"],
                "points": _points(visit, one["contribution"], signed=True),
                "items": [_item(visit, item, words, currency) for item in one["items"]],
            }
            for one in explanation["dimensions"]
        ],
    }


def _item(visit: Visit, item: Document, words: Wording, currency: str) -> tuple[str, str, str]:
    """What an item is called, what was answered or is published of it, and what it adds."""
    name = words.name(item["id"])
    if "bounds" in item:
        return name, visit.says("left open"), _points(visit, item["bounds"], signed=True)
    contribution = {"low": item["contribution"], "high": item["contribution"]}
    return name, why(words, item, currency), _points(visit, contribution, signed=True)


def _figure(visit: Visit, one: Document, version: Version, called: Mapping[str, tuple[str, int]]) -> Document:
    """A published figure by its name in words, whose it is, and the publisher's own name of it."""
    source = manifest().get(one["source"])
    name, thousandths = called.get(one["name"], (one["name"], 0))
    permille = int((Decimal(one["value"]) * thousandths).to_integral_value(ROUND_HALF_UP))
    return {
        "name": name,
        "own_name": one["name"],
        "occupation": version.name(one["occupation"], visit.language),
        "value": visit.formats.percent(permille) if thousandths else one["value"],
        "own_value": one["value"],
        "source": one["source"] if source is None else f"{source['publisher']}, {source['title']} ({source['date']})",
        "url": "" if source is None else source["url"],
    }


def _called(visit: Visit) -> dict[str, tuple[str, int]]:
    """Each published figure in words, and how many thousandths one of it is."""
    _ = visit.says
    return {
        "human_rating_beta": (_("Exposure of the tasks, as people rate it"), 1000),
        "dv_rating_beta": (_("Exposure of the tasks, as a language model rates it"), 1000),
        "activity_exposure": (_("Exposure of the activities, as AI is used for them"), 1000),
        "change_percent": (_("Projected change of employment in ten years"), 10),
    }


def _points(visit: Visit, span: Document, *, signed: bool = False) -> str:
    low, high = (rounded(span[end], _UNITS_OF_A_TENTH) for end in ("low", "high"))
    written = visit.formats.number(low, 1, signed=signed)
    return written if low == high else f"{written} – {visit.formats.number(high, 1, signed=signed)}"
