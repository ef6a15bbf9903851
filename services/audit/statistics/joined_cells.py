"""Cells joined until nobody can be made out in one. Pure.

A cell is told where in each period nobody is in it, or at least `LEAST_PEOPLE`. Neighbours are joined until that is
so, in all periods at once; none is left out, so that none can be reckoned from a total.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from services.audit.statistics.fairness import LEAST_PEOPLE


@dataclass(frozen=True, slots=True)
class Joined:
    """The cells from `first` to `last`, and how many people are in them in each period."""

    first: int
    last: int
    people: tuple[int, ...]

    @property
    def tellable(self) -> bool:
        """Whether nobody can be made out."""
        return all(people == 0 or people >= LEAST_PEOPLE for people in self.people)

    def with_next(self, following: "Joined") -> "Joined":
        """This and the cells behind it."""
        people = tuple(sum(both) for both in zip(self.people, following.people, strict=True))
        return Joined(self.first, following.last, people)


def joined(*periods: Sequence[int]) -> list[Joined]:
    """The cells in order; none where a period as a whole has too few people."""
    found: list[Joined] = []
    for cell, people in enumerate(zip(*periods, strict=True)):
        one = Joined(cell, cell, people)
        found.append(one if not found or found[-1].tellable else found.pop().with_next(one))
    while len(found) > 1 and not found[-1].tellable:
        last = found.pop()
        found.append(found.pop().with_next(last))
    return [one for one in found if one.tellable]
