"""AI career impact: how exposed the work is now and in 1, 3 and 5 years, in three scenarios at three speeds.

``r(t) = F(t) · E``: E is the exposure of the tasks by the model alone (alpha), with half of the tools built on
it (beta) or with all of them (gamma); F(t) is the part of it that is in use. Exposure says what AI takes part
in. It is no probability of losing a job, and nothing here is one.
"""

from typing import Any

from services.methodology.v1 import definition as d
from services.methodology.v1.advice.figures import SCENARIOS, Pair, figures
from services.methodology.v1.advice.month import later
from services.methodology.v1.apportion import apportion
from services.methodology.v1.engine import Scored
from services.methodology.v1.plan import Mixed, MixPlan
from services.methodology.v1.tables import Occupation
from services.methodology.v1.text import texts

Document = dict[str, Any]

YEARS = (0, 1, 3, 5)


def _curves(as_of: str) -> dict[str, list[int]]:
    """By speed, the part in use now and after 1, 3 and 5 years."""
    year = int(as_of[:4])
    return {speed: [figures().in_use(speed, year + ahead) for ahead in YEARS] for speed in figures().adoption}


def _paths(potential: int, curves: dict[str, list[int]]) -> Document:
    paths = {speed: [used * potential // d.VALUE for used in curve] for speed, curve in curves.items()}
    return {"potential": potential, **paths}


def _scenarios(potentials: tuple[int, ...], curves: dict[str, list[int]], language: str) -> Document:
    return {
        name: {"meaning": texts(language)[f"scenario.{name}"], **_paths(potential, curves)}
        for name, potential in zip(SCENARIOS, potentials, strict=True)
    }


def _shift(item: str, soc: str) -> Pair:
    return figures().shifts_of_the_rest[soc] if item == d.REST else figures().shifts[item]


def _activities(occupation: Occupation, mix: MixPlan, mixed: Mixed, curves: dict[str, list[int]]) -> list[Document]:
    """Each activity with its share of the work; one without exposure is under the measure's threshold."""
    shares = apportion(mixed.numerators, 1000)
    told = []
    for item, share in zip(mix.ids, shares, strict=True):
        assisted, automated = _shift(item, occupation.mix_soc)
        told.append(
            {
                "id": item,
                "occupation": occupation.code,
                "share_per_mille": share,
                "assistance": _paths(assisted, curves),
                "automation": _paths(automated, curves),
                "under_threshold": assisted == 0 == automated,
            }
        )
    return told


def _portfolio(shares: list[int], potentials: list[tuple[int, ...]]) -> tuple[int, ...]:
    return tuple(
        sum(share * one[number] for share, one in zip(shares, potentials, strict=True)) // 1000
        for number in range(len(SCENARIOS))
    )


def exposure(scored: Scored, language: str = "en") -> Document:
    """Scenarios of each occupation and of the portfolio, and of each activity what shifts."""
    as_of, plan = scored.answers["as_of"], scored.plan
    curves = _curves(as_of)
    potentials: list[tuple[int, ...]] = [figures().potentials[code] for code in plan.codes]
    shares = [share for _, share in plan.portfolio]
    activities = [
        activity
        for (occupation, _), mix, mixed in zip(plan.portfolio, plan.mixes, scored.mixes, strict=True)
        if mixed is not None
        for activity in _activities(occupation, mix, mixed, curves)
    ]
    return {
        "as_of": as_of,
        "measure": "exposure",
        "years": list(YEARS),
        "months": [later(as_of, 12 * years) for years in YEARS],
        "in_use": curves,
        "scenarios": _scenarios(_portfolio(shares, potentials), curves, language),
        "occupations": [
            {"code": occupation.code, "share": share, "scenarios": _scenarios(potential, curves, language)}
            for (occupation, share), potential in zip(plan.portfolio, potentials, strict=True)
        ],
        "activities": activities,
        "own_mix": list(scored.own),
    }
