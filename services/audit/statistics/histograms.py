"""The histograms of a day by name: of all scores, of the scores of each group, and of each coarse answer. Pure.

`scores`, `sex/female`, `age/25-34`, `sex-age/female-25-34` and `break/told` count whole points, 0 to 100;
`answers/skills` counts cells. Somebody is in a group only where they told it; whoever prefers not to say is among all
scores and in no group.
"""

from collections.abc import Iterable, Mapping
from operator import add

from schemas.fairness import CROSSED
from schemas.statistics import AGE_BANDS, ANSWER_CELLS, SEXES, SEXES_BY_AGE, Counted
from services.audit.statistics.stability import POINTS

SCORES = "scores"
GROUPS: Mapping[str, tuple[str, ...]] = {
    "sex": SEXES,
    "age": AGE_BANDS,
    CROSSED: SEXES_BY_AGE,
    "break": ("told", "none"),
}
"""By what is compared, and the groups of each: `sex-age` where both meet; `break` is a career break, told among the
answers.
"""
Histograms = dict[str, list[int]]
Place = tuple[str, int]
"""A histogram and the cell in it."""


def places(points: int, told: Counted | None) -> tuple[Place, ...]:
    """Where a decision counts. `told` is None for whoever told nothing but that they consent."""
    if told is None:
        return ((SCORES, points),)
    sex, age = _chosen("sex", told.sex), _chosen("age", told.age_band)
    groups = {
        "sex": sex,
        "age": age,
        CROSSED: f"{sex}-{age}" if sex and age else None,
        "break": "told" if told.career_break else "none",
    }
    of_groups = ((f"{of}/{group}", points) for of, group in groups.items() if group is not None)
    of_answers = ((f"answers/{answer}", getattr(told, answer)) for answer in ANSWER_CELLS)
    return ((SCORES, points), *of_groups, *of_answers)


def length(name: str) -> int:
    """How many cells a histogram has. Raises ValueError for one that there is not."""
    of, _, which = name.partition("/")
    if name == SCORES or which in GROUPS.get(of, ()):
        return POINTS
    if of == "answers" and which in ANSWER_CELLS:
        return ANSWER_CELLS[which]
    raise ValueError(f"there is no histogram {name}")


def grown(before: Mapping[str, list[int]], counted: Mapping[Place, int]) -> Histograms:
    """The histograms with these counts added."""
    after = {name: list(counts) for name, counts in before.items()}
    for (name, cell), count in sorted(counted.items()):
        after.setdefault(name, [0] * length(name))[cell] += count
    return after


def summed(days: Iterable[Mapping[str, list[int]]]) -> Histograms:
    """All days in one; every histogram that there is, empty ones too."""
    total = {name: [0] * length(name) for name in NAMES}
    for day in days:
        for name, counts in day.items():
            total[name] = list(map(add, total[name], counts))
    return total


NAMES = (
    SCORES,
    *(f"{of}/{group}" for of, groups in GROUPS.items() for group in groups),
    *(f"answers/{answer}" for answer in ANSWER_CELLS),
)


def _chosen(of: str, place: int) -> str | None:
    known = GROUPS[of]
    return known[place - 1] if 0 < place <= len(known) else None
