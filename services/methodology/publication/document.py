"""The methodology as one JSON document, for machines: what ``GET /v1/methodology/{version}`` answers."""

from typing import Any

from services.methodology.publication.formulas import FORMULAS, SYMBOLS
from services.methodology.publication.pages import CHANGES, NOT_CLAIMED
from services.methodology.source import manifest
from services.methodology.v1 import definition as d
from services.methodology.v1.advice.credentials import credentials
from services.methodology.v1.advice.signals import signals
from services.methodology.v1.text import limits, texts
from services.methodology.version import Version


def _dimension(number: int, name: str, language: str) -> dict[str, Any]:
    return {
        "id": name,
        "name": texts(language)[f"dimension.{name}"],
        "weights": {profile: weights[number] for profile, weights in d.WEIGHTS.items()},
        "formula": FORMULAS[name],
        "symbols": SYMBOLS[name],
        "measurement_error_hundredths": d.SEM[number],
        "reference_error_hundredths": d.SE_REFERENCE[number],
    }


def document(version: Version, language: str = "en") -> dict[str, Any]:
    """Formulas, weights, errors, sources, limits and change notes; all numbers are integers."""
    return {
        "version": version.id,
        "hash": version.hash,
        "units_per_point": 10**8,
        "dimensions": [_dimension(number, name, language) for number, name in enumerate(d.DIMENSIONS)],
        "formulas": {
            name: FORMULAS[name] for name in ("score", "contribution", "error", "correlation", "band", "change")
        },
        "advice": {name: FORMULAS[name] for name in ("current", "exposure", "distance")},
        "credentials": credentials(),
        "signals": signals(),
        "half_life_tenths_of_years": dict(d.HALF_LIFE_TENTHS),
        "task_error_minimum_hundredths": d.SE_TASKS_MINIMUM,
        "typical_mix_error_hundredths": d.SEM_TYPICAL_MIX,
        "estimated_skills_error_hundredths": d.SE_ESTIMATED,
        "sources": manifest(),
        "limits": limits(language),
        "not_claimed": list(NOT_CLAIMED),
        "changes": CHANGES.read_text(encoding="utf-8"),
    }
