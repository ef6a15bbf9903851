"""Response quality: independent groups of signs that a form was not filled in with care.

Two groups raise a flag. It never changes a score and never reaches an employer as a judgement of the person.
"""

from typing import Any

from services.methodology.v1 import definition as d
from services.methodology.v1.plan import Plan

GROUPS = ("time", "uniformity", "instructed", "contradiction")
_PARTS = ("skills", "knowledge", "behaviours")


def _count(answers: dict[str, Any]) -> int:
    return sum(len(answers[part]) for part in _PARTS if part in answers)


def _contradicts(plan: Plan, values: list[int]) -> bool:
    places = plan.behaviours
    return any(
        values[places[first]] == 0 and values[places[second]] >= d.BEHAVIOUR_STEP * least
        for first, second, least in d.CONTRADICTIONS
    )


def groups(answers: dict[str, Any], plan: Plan, values: list[int], seen: int) -> tuple[str, ...]:
    """The groups whose sign is present. ``seen`` holds the levels that occur as bits, over every level
    answered.
    """
    found = []
    response = answers.get("response")
    if response:
        answered = _count(answers) + len(answers.get("activities", ()))
        if response.get("seconds", answered * d.SECONDS_PER_ANSWER) < answered * d.SECONDS_PER_ANSWER:
            found.append("time")
    if seen and seen & (seen - 1) == 0 and _count(answers) >= d.UNIFORM_ANSWERS:
        found.append("uniformity")
    if response and response.get("instructed", d.INSTRUCTED_LEVEL) != d.INSTRUCTED_LEVEL:
        found.append("instructed")
    if _contradicts(plan, values):
        found.append("contradiction")
    return tuple(found)
