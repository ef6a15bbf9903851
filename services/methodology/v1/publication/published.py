"""The methodology as one JSON document, for machines: what ``GET /v1/methodology/{version}`` answers."""

from collections import Counter
from typing import Any

from schemas.points import UNITS_PER_POINT
from services.methodology.source import manifest
from services.methodology.v1 import definition as d
from services.methodology.v1.advice import qualification, stress
from services.methodology.v1.advice.credentials import credentials, note
from services.methodology.v1.advice.effort import RAISE_HOURS, REFRESH_HOURS, UNIT_HOURS
from services.methodology.v1.advice.figures import FIRST_YEAR, figures
from services.methodology.v1.advice.signals import signals
from services.methodology.v1.names import name
from services.methodology.v1.publication.errors import WHERE_FROM
from services.methodology.v1.publication.fixed_items import FIXED_ITEMS
from services.methodology.v1.publication.formulas import FORMULAS, SYMBOLS
from services.methodology.v1.publication.limits_page import CHANGES
from services.methodology.v1.publication.measured import measured
from services.methodology.v1.publication.notes import NOTES
from services.methodology.v1.publication.prose import prose
from services.methodology.v1.publication.translations import translations
from services.methodology.v1.tables import tables
from services.methodology.v1.text import limits, not_claimed, texts
from services.methodology.version import ENGLISH, Version


def _dimension(number: int, id: str, language: str) -> dict[str, Any]:
    return {
        "id": id,
        "name": texts(language)[f"dimension.{id}"],
        "weights": {profile: weights[number] for profile, weights in d.WEIGHTS.items()},
        "formula": FORMULAS[id],
        "symbols": SYMBOLS[language][id],
        "note": {"language": ENGLISH, "text": NOTES[id]},
        "measurement_error_hundredths": d.SEM[number],
        "reference_error_hundredths": d.SE_REFERENCE[number],
        "errors_from": WHERE_FROM[language][id],
        "items": _items(number, language),
    }


def _items(number: int, language: str) -> list[dict[str, Any]]:
    """The items that every occupation has, with their weights in parts of 10,000; others stand in ``tables.json``."""
    if number == d.TRANSFER:
        return [
            {
                "id": area.id,
                "name": name(area.id, language),
                "weight": area.weight,
                "values_by_level": list(area.values),
            }
            for area in tables().transfer
        ]
    return [
        {"id": item, "name": name(item, language), "weight": weight} for item, weight in FIXED_ITEMS.get(number, ())
    ]


def _coverage() -> dict[str, int]:
    """How many occupations have all figures of their own, and how the others are dealt with."""
    known = tables()
    counted = Counter(one.status for one in known.occupations.values())
    return {**dict(sorted(counted.items())), "without_figures": len(known.without_figures)}


def _advice() -> dict[str, Any]:
    """The formulas and constants of what stands beside a score."""
    return {
        **{one: FORMULAS[one] for one in ("current", "exposure", "distance")},
        "effort_hours": {
            "raise_from_level": list(RAISE_HOURS),
            "refresh": REFRESH_HOURS,
            "unit": UNIT_HOURS,
        },
        "qualification_parts_of_10000": {"now": qualification.NOW, "nearly": qualification.NEARLY},
        "stress": {
            "draws": stress.DRAWS,
            "illness_months": stress.ILLNESS_MONTHS,
            "rate_left_percent": stress.RATE_LEFT_PERCENT,
            "contractor_rates_percent": [stress.RATES_PERCENT.start, stress.RATES_PERCENT[-1]],
            "gap_months": stress.GAP_MONTHS,
        },
        "adoption_parts_of_10000": {
            "first_year": FIRST_YEAR,
            **{speed: list(curve) for speed, curve in figures().adoption.items()},
        },
    }


def published(version: Version, language: str = "en") -> dict[str, Any]:
    """Formulas, weights, errors, sources, prose, limits and change notes; all numbers are integers."""
    return {
        "version": version.id,
        "hash": version.hash,
        "edition": version.edition_head(),
        "units_per_point": UNITS_PER_POINT,
        "dimensions": [_dimension(number, name, language) for number, name in enumerate(d.DIMENSIONS)],
        "formulas": {
            name: FORMULAS[name] for name in ("score", "contribution", "error", "correlation", "band", "change")
        },
        "advice": _advice(),
        "credentials": {"language": ENGLISH, "note": note(), **credentials()},
        "signals": signals((), language),
        "half_life_tenths_of_years": dict(d.HALF_LIFE_TENTHS),
        "task_error_minimum_hundredths": d.SE_TASKS_MINIMUM,
        "typical_mix_error_hundredths": d.SEM_TYPICAL_MIX,
        "estimated_skills_error_hundredths": d.SE_ESTIMATED,
        "coverage": _coverage(),
        "measured": measured(),
        "sources": manifest(),
        "translations": translations(language),
        "prose": {"language": ENGLISH, "sections": prose(version)},
        "limits": limits(language),
        "not_claimed": not_claimed(language),
        "changes": CHANGES.read_text(encoding="utf-8"),
        "changes_language": ENGLISH,
    }
