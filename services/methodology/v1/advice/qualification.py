"""For which occupations a person's knowledge and skills suffice now, nearly (with the exact gaps), or not yet.

Distances are published choices of scale; job zone and required education are gates. They are compared with
those of the person's own occupations, because nobody is asked for a certificate here: no class promises a licence, a
degree or a place. An occupation more than one job zone below is counted apart: it asks for so much less that to list
it would be no advice. So is one of which too little is measured: of one or two elements nobody lacks much.

A distance counts only what is missing, so many are at none. ``likeness`` therefore ranks first those that O*NET
names as related to an own occupation, and then by how different the work is: there, having more counts as having
less does.
"""

from collections import defaultdict
from dataclasses import dataclass
from heapq import nsmallest
from typing import Any

from services.methodology.v1.advice.profiles import NEEDS_LEAST, Profile, profiles
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
RANKINGS = ("likeness", "distance", "resilience", "openings", "wage")
CLASSES = ("now", "nearly", "not_yet", "below", "too_little_measured")
TOLD = ("now", "nearly", "not_yet")


@dataclass(frozen=True, slots=True)
class Candidate:
    """Another occupation as it lies from the person: what is missing, how different it is, whether it is related."""

    here: Standing
    profile: Profile
    distance: int

    @property
    def difference(self) -> int:
        """Reckoned when asked for: to compare all levels with all occupations costs the most."""
        return self.here.difference(self.profile)

    @property
    def related(self) -> bool:
        """Whether O*NET names it as related to an own occupation."""
        return self.profile.code in self.here.related

    def rank(self, by: str) -> tuple[int, ...]:
        """By one ranking; the lower, the better."""
        match by:
            case "likeness":
                return (not self.related, self.difference)
            case "distance":
                return (self.distance,)
            case _:
                return (-(getattr(self.profile, by) or 0),)

    def key(self, by: str) -> tuple[tuple[int, ...], ...]:
        """The ranking asked for first, the others after it in their published order."""
        return (self.rank(by), *(self.rank(other) for other in RANKINGS if other != by))


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
    if not profile.measured:
        return "too_little_measured"
    closed = gates(here, profile)
    if distance <= NOW and not closed:
        return "now"
    if distance <= NEARLY and (not here.zone or profile.zone <= here.zone + 1):
        return "nearly"
    return "not_yet"


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
    name, evidence = known.professions[profession]
    return {
        "profession": worded(f"profession.{profession}", name, language),
        "evidence": evidence,
        "warning": worded("regulated", known.warning, language),
    }


def qualification(scored: Scored, by: str = RANKINGS[0], language: str = "en") -> Document:
    """The best ten of each class by one of the rankings, ties by the others. Raises ``ValueError`` for another
    ranking.
    """
    if by not in RANKINGS:
        raise ValueError(f"Occupations are ranked by one of {', '.join(RANKINGS)}, not by {by}.")
    here = standing(scored)
    found = classes(here, scored.plan.codes)
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
        "thresholds": {"now": NOW, "nearly": NEARLY, "needs_least": NEEDS_LEAST},
        "ranked_by": [by, *(name for name in RANKINGS if name != by)],
        "counts": {name: len(found[name]) for name in CLASSES},
        **{name: _listed(here, found[name], by, language) for name in TOLD},
        "too_little_measured": [
            {"code": one.profile.code, "title": name(one.profile.code, language), "needs": len(one.profile.needs)}
            for one in _best(found["too_little_measured"], "likeness")
        ],
        "without_profile": [code for code in scored.plan.codes if code not in profiles().by_code],
    }


def classes(here: Standing, own: tuple[str, ...]) -> dict[str, list[Candidate]]:
    """All other occupations by class."""
    known, found = profiles().by_code, defaultdict[str, list[Candidate]](list)
    for code, distance in here.distances().items():
        if code not in own:
            found[_class(here, known[code], distance)].append(Candidate(here, known[code], distance))
    return found


def _best(found: list[Candidate], by: str) -> list[Candidate]:
    """The further rankings decide between equals alone, so only those are sorted by all that can be listed."""
    if by == "likeness":
        found = _related_first(found)
    ranks = [one.rank(by) for one in found]
    listed = nsmallest(LISTED, ranks)
    near = [one for one, rank in zip(found, ranks, strict=True) if rank <= listed[-1]]
    return sorted(near, key=lambda one: (one.key(by), one.profile.code))[:LISTED]


def _related_first(found: list[Candidate]) -> list[Candidate]:
    """Those alone that are related, where they fill the list."""
    related = [one for one in found if one.related]
    return related if len(related) >= LISTED else found


def _listed(here: Standing, found: list[Candidate], by: str, language: str) -> list[Document]:
    return [
        {
            **offer(here, one.profile, one.distance, language),
            "difference": one.difference,
            "related": one.related,
        }
        for one in _best(found, by)
    ]
