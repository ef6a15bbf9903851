"""What a person is qualified for: now, nearly (with the exact gaps), or not yet.

Distances are published choices of scale; job zone and required education are gates. They are compared with
those of the person's own occupations, because nobody is asked for a certificate here. An occupation more than
one job zone below is counted apart: it asks for so much less that to list it would be no advice.
"""

from typing import Any

from services.methodology.v1.advice.profiles import Profile, profiles
from services.methodology.v1.advice.standing import Standing, standing
from services.methodology.v1.engine import Scored
from services.methodology.v1.names import name
from services.methodology.v1.tables import tables
from services.methodology.v1.text import worded

Document = dict[str, Any]

NOW = 400
NEARLY = 1_000
"""Parts of 10,000: .04 and .10."""
LISTED = 10
RANKINGS = ("distance", "resilience", "openings", "wage")
CLASSES = ("now", "nearly", "not_yet", "below")


def gates(here: Standing, profile: Profile) -> list[str]:
    """The terms that are above those of the person's own occupations; what is unknown is no gate."""
    closed = []
    if here.zone and profile.zone > here.zone:
        closed.append("job_zone")
    if here.education and profile.education > here.education:
        closed.append("education")
    return closed


def _class(here: Standing, profile: Profile, distance: int) -> str:
    if profile.zone and profile.zone < here.zone - 1:
        return "below"
    closed = gates(here, profile)
    if distance <= NOW and not closed:
        return "now"
    if distance <= NEARLY and (not here.zone or profile.zone <= here.zone + 1):
        return "nearly"
    return "not_yet"


def _key(profile: Profile, distance: int, by: str) -> tuple[int, ...]:
    """The ranking asked for first, the others after it in their published order."""
    keys = {
        "distance": distance,
        "resilience": -(profile.resilience or 0),
        "openings": -(profile.openings or 0),
        "wage": -(profile.wage or 0),
    }
    return (keys[by], *(keys[name] for name in RANKINGS if name != by))


def offer(here: Standing, profile: Profile, distance: int, language: str = "en") -> Document:
    """An occupation as it is told: how far it is, on which terms, and what it asks beyond what is there."""
    told: Document = {
        "code": profile.code,
        "title": name(profile.code, language),
        "distance": distance,
        "zone": profile.zone,
        "education": profile.education,
        "gates": gates(here, profile),
        "resilience": profile.resilience,
        "openings": profile.openings,
        "openings_soc": profile.openings_soc,
        "wage_usd": profile.wage,
        "gaps": here.gaps(profile),
    }
    if profile.regulated:
        told["regulated"] = _regulated(profile.regulated, language)
    if tables().occupations[profile.code].estimated_from:
        told["estimated_from"] = list(tables().occupations[profile.code].estimated_from)
    return told


def _regulated(profession: str, language: str) -> Document:
    known = profiles()
    return {
        "profession": worded(f"profession.{profession}", known.professions[profession], language),
        "warning": worded("regulated", known.warning, language),
    }


def qualification(scored: Scored, by: str = "distance", language: str = "en") -> Document:
    """The best ten of each class by one of the four rankings, ties by the others. Raises ``ValueError`` for
    another ranking.
    """
    if by not in RANKINGS:
        raise ValueError(f"Occupations are ranked by one of {', '.join(RANKINGS)}, not by {by}.")
    here, own = standing(scored), set(scored.plan.codes)
    classes: dict[str, list[tuple[tuple[int, ...], str, int]]] = {name: [] for name in CLASSES}
    known = profiles().by_code
    for code, distance in here.distances().items():
        if code not in own:
            profile = known[code]
            classes[_class(here, profile, distance)].append((_key(profile, distance, by), code, distance))
    return {
        "as_of": scored.answers["as_of"],
        "occupations": list(scored.plan.codes),
        "country": "US",
        "basis": {
            "answered": len(here.answered),
            "typical": len(here.typical) - len(here.answered),
            "zone": here.zone,
            "education": here.education,
        },
        "thresholds": {"now": NOW, "nearly": NEARLY},
        "ranked_by": [by, *(name for name in RANKINGS if name != by)],
        "counts": {name: len(found) for name, found in classes.items()},
        **{name: _listed(here, classes[name], language) for name in CLASSES[:3]},
        "without_profile": [code for code in scored.plan.codes if code not in profiles().by_code],
    }


def _listed(here: Standing, found: list[tuple[tuple[int, ...], str, int]], language: str) -> list[Document]:
    known = profiles().by_code
    return [offer(here, known[code], distance, language) for _, code, distance in sorted(found)[:LISTED]]
