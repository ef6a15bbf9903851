"""The methodology as one JSON document, for machines: what ``GET /v1/methodology/{version}`` answers."""

from pathlib import Path
from typing import Any

from schemas.points import UNITS_PER_POINT
from services.methodology.source import manifest
from services.methodology.v1 import definition as d
from services.methodology.v1.advice.credentials import credentials, note
from services.methodology.v1.advice.signals import signals
from services.methodology.v1.names import translation
from services.methodology.v1.publication.formulas import FORMULAS, SYMBOLS
from services.methodology.v1.text import LANGUAGES, limits, not_claimed, texts
from services.methodology.version import Version

CHANGES = Path(__file__).with_name("changes.md")


def _dimension(number: int, name: str, language: str) -> dict[str, Any]:
    return {
        "id": name,
        "name": texts(language)[f"dimension.{name}"],
        "weights": {profile: weights[number] for profile, weights in d.WEIGHTS.items()},
        "formula": FORMULAS[name],
        "symbols": SYMBOLS[language][name],
        "measurement_error_hundredths": d.SEM[number],
        "reference_error_hundredths": d.SE_REFERENCE[number],
    }


def _translations(language: str) -> list[dict[str, str]]:
    """Whose names are not the sources' own, with what is said of them in ``language``."""
    told = ("language", "translates", "licence", "made_by")
    made = [one.about for one in map(translation, LANGUAGES) if one is not None]
    return [{**{key: about[key] for key in told}, "note": about[language]} for about in made]


def published(version: Version, language: str = "en") -> dict[str, Any]:
    """Formulas, weights, errors, sources, limits and change notes; all numbers are integers."""
    return {
        "version": version.id,
        "hash": version.hash,
        "edition": version.edition_head(),
        "units_per_point": UNITS_PER_POINT,
        "dimensions": [_dimension(number, name, language) for number, name in enumerate(d.DIMENSIONS)],
        "formulas": {
            name: FORMULAS[name] for name in ("score", "contribution", "error", "correlation", "band", "change")
        },
        "advice": {name: FORMULAS[name] for name in ("current", "exposure", "distance")},
        "credentials": {"note": note(), **credentials()},
        "signals": signals((), language),
        "half_life_tenths_of_years": dict(d.HALF_LIFE_TENTHS),
        "task_error_minimum_hundredths": d.SE_TASKS_MINIMUM,
        "typical_mix_error_hundredths": d.SEM_TYPICAL_MIX,
        "estimated_skills_error_hundredths": d.SE_ESTIMATED,
        "sources": manifest(),
        "translations": _translations(language),
        "limits": limits(language),
        "not_claimed": not_claimed(language),
        "changes": CHANGES.read_text(encoding="utf-8"),
    }
