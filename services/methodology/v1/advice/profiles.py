"""Occupations as somebody from outside meets them: what they ask, on which terms, and what lies next to them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from services.methodology.v1 import definition as d
from services.methodology.v1.advice.deficit import IMPORTANCE_COUNTED, asked_level
from services.methodology.v1.advice.figures import PATH
from services.methodology.v1.tables import Occupation, tables

REGULATED = Path(__file__).with_name("regulated.json")
BASE = 36
NEEDS_LEAST = 10
"""Fewer elements of importance 3 and more than this say too little of what an occupation asks."""


@dataclass(frozen=True, slots=True)
class Need:
    """One element that counts: its place, importance and level in hundredths, and the level as it is asked
    (1 to 4).
    """

    place: int
    importance: int
    hundredths: int
    asked: int


@dataclass(frozen=True, slots=True)
class Profile:
    """An occupation's terms. Unknown ``education`` and ``zone`` are 0; unknown ``wage`` (US dollars a year) and
    ``openings`` (a year's in the United States, of the whole line that the projection stands for) are ``None``;
    ``resilience`` is the typical task resilience in parts of 10,000; ``total`` is the sum of ``levels`` and
    ``weight`` that of the needs' importances; ``moves`` are related occupations with the distance of somebody
    typical; ``regulated`` is the id of a profession, or empty.
    """

    code: str
    zone: int
    education: int
    openings: int | None
    openings_soc: str
    wage: int | None
    resilience: int | None
    regulated: str
    levels: tuple[int, ...]
    total: int
    needs: tuple[Need, ...]
    weight: int
    moves: tuple[tuple[str, int], ...]

    @property
    def measured(self) -> bool:
        """Whether enough of what it asks is known to say how far somebody is from it."""
        return len(self.needs) >= NEEDS_LEAST


@dataclass(frozen=True, slots=True)
class Profiles:
    """All profiles by code, the elements by place with who needs them (place in order of codes, and the need),
    and the regulated professions by the beginning of their codes: name and evidence (``official``, ``secondary`` or
    our ``judgement``), with the warning for them.
    """

    elements: tuple[str, ...]
    by_code: dict[str, Profile]
    needed: tuple[tuple[tuple[int, Need], ...], ...]
    weights: tuple[int, ...]
    professions: dict[str, tuple[str, str]]
    warning: str


def _resilience(occupation: Occupation) -> int | None:
    """Task resilience of the typical mix, floored; ``None`` where the mix is unknown."""
    if not occupation.mix:
        return None
    mix = sum(activity.share * activity.value for activity in occupation.mix)
    rated = d.HUMAN_WEIGHT * occupation.human + d.MODEL_WEIGHT * occupation.model
    return (rated * d.MIX_SCALE + d.MIX_WEIGHT * mix) // (d.VALUE * d.MIX_SCALE)


def _needs(importances: list[int], levels: list[int]) -> tuple[Need, ...]:
    return tuple(
        Need(place, importance, level, asked_level(level))
        for place, (importance, level) in enumerate(zip(importances, levels, strict=True))
        if importance >= IMPORTANCE_COUNTED
    )


def _regulated(code: str, professions: Iterable[str]) -> str:
    """The id of the regulated profession that an occupation belongs to, by the beginning of its code."""
    return next((start for start in professions if code.startswith(start)), "")


def _needed(count: int, known: Iterable[Profile]) -> tuple[tuple[tuple[int, Need], ...], ...]:
    gathered: list[list[tuple[int, Need]]] = [[] for _ in range(count)]
    for place, profile in enumerate(known):
        for need in profile.needs:
            gathered[need.place].append((place, need))
    return tuple(map(tuple, gathered))


@cache
def profiles() -> Profiles:
    """Read once in a process."""
    raw, regulated = json.loads(PATH.read_bytes()), json.loads(REGULATED.read_bytes())
    professions = {one["id"]: (one["name"], one["evidence"]) for one in regulated["professions"]}
    codes = sorted(raw["profiles"])
    known = {}
    for code in codes:
        coded, moves = raw["profiles"][code], raw["moves"][code]
        numbers = [int(coded[start : start + 2], BASE) for start in range(0, len(coded), 2)]
        importances, levels = numbers[: len(numbers) // 2], numbers[len(numbers) // 2 :]
        needs = _needs(importances, levels)
        occupation, (education, openings, wage) = tables().occupations[code], raw["terms"][code]
        known[code] = Profile(
            code=code,
            zone=occupation.zone,
            education=education,
            openings=None if openings < 0 else openings,
            openings_soc=occupation.market_soc,
            wage=wage or None,
            resilience=_resilience(occupation),
            regulated=_regulated(code, professions),
            levels=tuple(levels),
            total=sum(levels),
            needs=needs,
            weight=sum(need.importance for need in needs),
            moves=tuple(
                (codes[int(moves[start : start + 2], BASE)], int(moves[start + 2 : start + 5], BASE))
                for start in range(0, len(moves), 5)
            ),
        )
    elements = tuple(raw["elements"])
    needed = _needed(len(elements), known.values())
    weights = tuple(profile.weight for profile in known.values())
    return Profiles(elements, known, needed, weights, professions, regulated["warning"])
