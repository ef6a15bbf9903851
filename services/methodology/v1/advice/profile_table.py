"""What each occupation asks in 33 knowledge areas and 35 skills, and on what terms it is open to others."""

import re
from collections import defaultdict
from fractions import Fraction
from functools import cache

from services.methodology.source import exact, half_up, rows
from services.methodology.v1 import definition as d
from services.methodology.v1.advice.deficit import IMPORTANCE_COUNTED, distance
from services.methodology.v1.market_table import projection
from services.methodology.v1.skill_table import Requirement, related, usable
from services.methodology.v1.tables import tables

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
MEDIAN = 50
UNKNOWN = -1
ENTRY_EDUCATION = {
    "No formal educational credential": 1,
    "High school diploma or equivalent": 2,
    "Postsecondary nondegree award": 3,
    "Some college, no degree": 4,
    "Associate's degree": 5,
    "Bachelor's degree": 6,
    "Master's degree": 8,
    "Doctoral or professional degree": 10,
}
"""The projections' names on O*NET's scale of 1 (less than high school) to 12 (post-doctoral)."""


@cache
def elements() -> tuple[str, ...]:
    """The 68 knowledge areas and skills, knowledge first."""
    return tuple(row["id"] for table in ("knowledge_names", "skill_names") for row in rows(table))


@cache
def _measured() -> dict[str, dict[str, Requirement]]:
    found: dict[str, dict[str, Requirement]] = defaultdict(dict)
    for table in ("knowledge", "skills"):
        for row in rows(table):
            found[row["code"]].update(usable(row))
    return {code: profile for code, profile in found.items() if profile}


def _mean(found: list[Requirement]) -> Requirement:
    count = len(found)
    importance = sum((one.importance for one in found), Fraction(0)) / count
    return Requirement(importance, sum((one.level for one in found), Fraction(0)) / count)


@cache
def requirements(code: str) -> dict[str, Requirement]:
    """By element; where an occupation has none of its own, the mean over its closest relations, as for its
    skills.
    """
    if code in _measured():
        return _measured()[code]
    close = [other for other in related().get(code, ()) if other in _measured()][: d.RELATED_USED]
    if len(close) < d.RELATED_NEEDED:
        return {}
    gathered: dict[str, list[Requirement]] = defaultdict(list)
    for other in close:
        for element, requirement in _measured()[other].items():
            gathered[element].append(requirement)
    return {element: _mean(found) for element, found in gathered.items() if len(found) >= d.RELATED_NEEDED}


def digits(number: int, count: int) -> str:
    """A number to the base 36, so that a table of many small numbers stays small."""
    written = ""
    for _ in range(count):
        number, rest = divmod(number, len(DIGITS))
        written = DIGITS[rest] + written
    return written


@cache
def _hundredths(code: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Importance and level of every element; nothing where it is suppressed or not relevant."""
    profile = requirements(code)
    pairs = [profile.get(element, Requirement(Fraction(0), Fraction(0))) for element in elements()]
    return tuple(half_up(one.importance * 100) for one in pairs), tuple(half_up(one.level * 100) for one in pairs)


def profiles() -> dict[str, str]:
    """By occupation: importances, then levels, hundredths, each as two digits to the base 36."""
    coded = {}
    for code in tables().occupations:
        importances, levels = _hundredths(code)
        if max(importances) >= IMPORTANCE_COUNTED:
            coded[code] = "".join(digits(number, 2) for number in importances + levels)
    return coded


def moves() -> dict[str, str]:
    """By occupation the related ones, by rank: place among the profiles (two digits) and the distance of
    somebody typical of it (three).
    """
    known = profiles()
    places = {code: place for place, code in enumerate(sorted(known))}
    return {
        code: "".join(
            digits(places[other], 2) + digits(distance(*_hundredths(other), _hundredths(code)[1]), 3)
            for other in related().get(code, ())
            if other in known
        )
        for code in known
    }


@cache
def _education() -> dict[str, int]:
    """By occupation the category of the respondent in the middle."""
    answers: dict[str, list[tuple[Fraction, Fraction]]] = defaultdict(list)
    for row in rows("education"):
        answers[row["code"]].append((exact(row["category"]), exact(row["percent"])))
    middle = {}
    for code, found in answers.items():
        passed = Fraction(0)
        whole = sum((percent for _, percent in found), Fraction(0))
        for category, percent in sorted(found):
            passed += percent
            if passed * 100 >= whole * MEDIAN:
                middle[code] = int(category)
                break
    return middle


def terms() -> dict[str, list[int]]:
    """By occupation: education (0 unknown), annual openings (-1 unknown), median wage in dollars (0 unknown)."""
    lines = {row["soc"]: row for row in sorted(rows("projections"), key=lambda row: row["kind"] == "Line item")}
    found = {}
    for code in profiles():
        used = projection(code[:7])
        line = lines[used.soc] if used else {}
        entry = ENTRY_EDUCATION.get(line.get("entry_education", ""), 0)
        wage = re.sub(r"[^0-9]", "", line.get("median_wage_2024_usd", ""))
        openings = half_up(exact(line["annual_openings_thousands"]) * 1000) if line else UNKNOWN
        found[code] = [_education().get(code, entry), openings, int(wage or 0)]
    return found
