"""Where figures tie: values that occupations share, and choices of what is asked that only an id decides."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from services.methodology.v1 import definition as d
from services.methodology.v1.publication.specimen import drawable
from services.methodology.v1.skill_table import estimate, knowledge, technology_groups
from services.methodology.v1.tables import tables
from services.methodology.v1.task_table import broader, weights_of_activities


@dataclass(frozen=True, slots=True)
class Shared:
    """How many different values there are, how many occupations share one with another, and the most that do."""

    values: int
    sharing: int
    most: int


def shared(values: Sequence[int]) -> Shared:
    counted = Counter(values)
    return Shared(len(counted), sum(count for count in counted.values() if count > 1), max(counted.values()))


def _tied(ranks: Sequence[Any], asked: int) -> bool:
    """Whether the last that is asked and the first that is not have the same rank."""
    ordered = sorted(ranks)
    return len(ordered) > asked and ordered[asked - 1] == ordered[asked]


def _areas(code: str) -> bool:
    requirements = knowledge().get(code) or estimate(code)[0]
    return _tied([-one.importance for one in requirements.values()], d.KNOWLEDGE_ASKED)


def _groups(code: str) -> bool:
    found = technology_groups().get(code, {})
    return _tied([(-demanded, -hot) for demanded, hot in found.values()], d.GROUPS_ASKED)


def _activities(code: str) -> bool:
    soc, weights = code[:7], weights_of_activities()
    return _tied([-one for one in weights.get(soc, weights.get(broader(soc), {})).values()], d.ACTIVITIES_ASKED)


CHOICES: dict[str, Callable[[str], bool]] = {
    "knowledge areas": _areas,
    "technology groups": _groups,
    "activities": _activities,
}


@cache
def decided_by_id() -> dict[str, int]:
    """In how many of the 893 occupations the last place among what is asked goes by id, by kind."""
    return {kind: sum(tied(entry.code) for entry in drawable()) for kind, tied in CHOICES.items()}


@cache
def of_market() -> Shared:
    """Market demand over the 893, which no answer changes."""
    found = (tables().occupations[entry.code].market for entry in drawable())
    return shared([value for value in found if value is not None])
