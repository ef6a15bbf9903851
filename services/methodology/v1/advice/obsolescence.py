"""What is still current of each skill if nothing is refreshed: the one forecast that has a path of the score.

The level that is current after m months is ``level · 2^(-m / (12 H))`` with the half-life H of the skill's
class. It falls short of a requirement in the first month in which it is nearer to a lower level than to the
required one, that is below the requirement less one half: levels are whole, so a month's fading of a level
that is just met is no finding. Everything but the skills' months stays as it is in the path.
"""

from typing import Any

from services.methodology.v1 import definition as d
from services.methodology.v1.advice.changes import faded_months, unanswered
from services.methodology.v1.advice.month import later
from services.methodology.v1.documents import band_of
from services.methodology.v1.engine import Scored
from services.methodology.v1.plan import Place
from services.methodology.v1.tables import half_life_class, tables

Document = dict[str, Any]

HORIZONS = (0, 1, 3, 5)
PATH_YEARS = range(6)


def _aged(months: int, years: int) -> int:
    """Months since the last refreshing, so many years on; the table of decay ends after sixty years."""
    return min(d.MONTHS_MAXIMUM, months + 12 * years)


def falls_short(decay: tuple[int, ...], level: int, months: int, required: int) -> int | None:
    """In how many months the current level falls short; 0 if it does already, ``None`` if not within the
    table.
    """
    limit = (2 * required - 1) * d.VALUE
    short = (count for count in range(len(decay) - months) if 2 * level * decay[months + count] < limit)
    return next(short, None)


def _requirement(as_of: str, decay: tuple[int, ...], place: Place, level: int, months: int) -> Document:
    told: Document = {"occupation": place.occupation, "required": place.required}
    if level < place.required:
        return {**told, "status": "below"}
    after = falls_short(decay, level, months, place.required)
    if after is None:
        return {**told, "status": "holds"}
    if after == 0:
        return {**told, "status": "short"}
    return {**told, "status": "falls_short", "month": later(as_of, after), "months": after}


def _value(scored: Scored, item: str, level: int, months: int) -> int:
    """Units of the score that an item's places give in skill currency."""
    entry, places = scored.plan.skills[item], scored.plan.places
    weight = d.WEIGHTS[scored.profile][d.SKILLS]
    return weight * sum(places[place].weight * curve[level][months] for place, curve in entry.targets)


def _skill(scored: Scored, answer: Document) -> Document:
    item, level, months = answer["id"], answer["level"], faded_months(scored, answer)
    decay = tables().decay[half_life_class(item)]
    ages = [_aged(months, years) for years in HORIZONS]
    fresh = _value(scored, item, level, 0)
    return {
        "id": item,
        **({"technology": answer["technology"]} if "technology" in answer else {}),
        "level": level,
        "months": months,
        "half_life_tenths": d.HALF_LIFE_TENTHS[half_life_class(item)],
        "current_hundredths": [level * decay[age] * 100 // d.VALUE for age in ages],
        "refresh_gain": [fresh - _value(scored, item, level, age) for age in ages],
        "requirements": [
            _requirement(scored.answers["as_of"], decay, scored.plan.places[place], level, months)
            for place, _ in scored.plan.skills[item].targets
        ],
    }


def _lost(scored: Scored, years: int) -> int:
    """Units that fading takes from the score in so many years."""
    return sum(
        _value(scored, answer["id"], answer["level"], faded_months(scored, answer))
        - _value(scored, answer["id"], answer["level"], _aged(faded_months(scored, answer), years))
        for answer in scored.answers.get("skills", ())
    )


def obsolescence(scored: Scored) -> Document:
    """Each skill now and after 1, 3 and 5 years, and the score of each of the next five years."""
    as_of, profile = scored.answers["as_of"], scored.profile
    held = sorted(scored.answers.get("skills", ()), key=lambda answer: str(answer["id"]))
    low, high = scored.low(profile), scored.high(profile)
    lost = [_lost(scored, years) for years in PATH_YEARS]
    return {
        "profile": profile,
        "as_of": as_of,
        "assumption": "nothing_refreshed",
        "years": list(HORIZONS),
        "skills": [_skill(scored, answer) for answer in held if answer["level"]],
        "path": [
            {
                "years": years,
                "month": later(as_of, 12 * years),
                "score": {"low": low - lost[years], "high": high - lost[years]},
            }
            for years in PATH_YEARS
        ],
        "detectable_change": band_of(scored, profile).detectable,
        "open": [item for item in unanswered(scored) if item in scored.plan.skills],
    }
