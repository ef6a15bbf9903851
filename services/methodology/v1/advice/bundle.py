"""A bundle of items with a level for each, such as a specialisation: what it gains one person, and in which hours.

An item was answered (``asked`` where it is below the level, ``held`` where it is not), left ``open``, or
``not_asked`` of this occupation. What was not answered gains nothing that could be told, but it has to be learned
all the same: its hours are counted from level 0, as an upper bound that is marked as one.
"""

from dataclasses import dataclass
from typing import Any

from services.methodology.v1.advice.changes import Changeable, faded_months
from services.methodology.v1.advice.effort import assumed, hours, stated
from services.methodology.v1.engine import Scored

Document = dict[str, Any]
UNKNOWN = ("open", "not_asked")


@dataclass(frozen=True, slots=True)
class Learner:
    """What is known of one person: items that can be raised, levels answered with the months that they have faded,
    and the ids of all skills and knowledge areas that were asked.
    """

    raisable: dict[str, Changeable]
    answered: dict[str, tuple[int, int]]
    asked: frozenset[str]

    def part(self, item: str, level: int) -> Document:
        """One item of a bundle: what is known of it, and the gain and the hours of bringing it to its level."""
        if item not in self.answered:
            basis = "open" if item in self.asked else "not_asked"
            return {"id": item, "level": level, "basis": basis, "gain": 0, "hours": hours(0, level)}
        now, months = self.answered[item]
        held = now >= level
        return {
            "id": item,
            "level": level,
            "basis": "held" if held else "asked",
            "from": now,
            "gain": self._gain(item, max(now, level)),
            "hours": 0 if held and not months else hours(now, level),
        }

    def _gain(self, item: str, reached: int) -> int:
        """Of the best option up to a level; levels beyond what is asked gain nothing more."""
        options = self.raisable[item].options if item in self.raisable else ()
        return max((option.gain for option in options if option.reached <= reached), default=0)


def learner(scored: Scored, items: tuple[Changeable, ...]) -> Learner:
    """Of one person, whose changeable ``items`` are."""
    answers = scored.answers
    answered = {one["id"]: (one["level"], faded_months(scored, one)) for one in answers.get("skills", ())}
    answered |= {one["id"]: (one["level"], 0) for one in answers.get("knowledge", ())}
    asked = frozenset((*scored.plan.skills, *scored.plan.knowledge))
    return Learner({item.id: item for item in items}, answered, asked)


def bundle(person: Learner, wanted: dict[str, int], issuer: Document | None = None) -> Document:
    """What the wanted items gain this person, and the effort: the ``issuer``'s own figure before our assumption,
    which then stands beside it. ``gain_per_hour`` is of the middle, floored.
    """
    parts = [person.part(item, level) for item, level in wanted.items()]
    unknown = sum(part["hours"] for part in parts if part["basis"] in UNKNOWN)
    ours = assumed(sum(part["hours"] for part in parts) - unknown, unknown)
    effort = stated(issuer) if issuer else ours
    told: Document = {
        "items": parts,
        "gain": sum(part["gain"] for part in parts),
        "effort": effort,
        **({"assumed_effort": ours} if issuer else {}),
    }
    if ours["middle"]:
        told["gain_per_hour"] = told["gain"] // effort["middle"]
    return told
