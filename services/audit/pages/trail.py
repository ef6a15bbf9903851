"""An opened decision as an officer reads it: score, band, what each dimension adds, figures. Pure."""

from typing import Any

from infra.pages.visit import Visit
from schemas.points import rounded
from services.audit.openings import Opened
from services.methodology.version import load

Document = dict[str, Any]
_UNITS_OF_A_TENTH = 1


def decision(visit: Visit, opened: Opened) -> Document:
    """What the page tells of a decision, one table of dimensions for each profile."""
    trail = opened.trail
    version = load(trail["methodology"]["version"])
    language = visit.language
    return {
        "event": opened.event_id,
        "organisation": next(field.value.decode() for field in opened.fields if field.name == "tenant"),
        "version": trail["methodology"],
        "as_of": trail["as_of"],
        "occupations": [(version.name(one["code"], language), one["share"]) for one in trail["occupations"]],
        "attribution": version.attribution(language),
        "marks": [version.text(f"mark.{mark}", language) for mark in sorted({one["id"] for one in trail["marks"]})],
        "quality": trail["quality"],
        "profiles": [_profile(visit, one, version) for one in trail["explanations"]],
        "figures": trail["figures"],
        "salts": [(field.name, field.salt.hex()) for field in opened.fields],
    }


def _profile(visit: Visit, explanation: Document, version: Any) -> Document:
    return {
        "profile": explanation["profile"],
        "score": _points(visit, explanation["score"]),
        "band": _points(visit, explanation["band"]),
        "dimensions": [
            {
                "name": version.text(f"dimension.{one['id']}", visit.language),
                "weight": one["weight"],
                "points": _points(visit, one["contribution"], signed=True),
            }
            for one in explanation["dimensions"]
        ],
    }


def _points(visit: Visit, span: Document, *, signed: bool = False) -> str:
    low, high = (rounded(span[end], _UNITS_OF_A_TENTH) for end in ("low", "high"))
    written = visit.formats.number(low, 1, signed=signed)
    return written if low == high else f"{written} – {visit.formats.number(high, 1, signed=signed)}"
