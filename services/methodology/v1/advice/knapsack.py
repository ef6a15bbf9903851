"""Which steps for a number of hours: the multiple-choice knapsack, exact, and the price that helps to show it.

Of every item at most one option is taken, all of them within the capacity, with the largest sum of gains
(Kellerer, Pferschy, Pisinger, *Knapsack Problems*, chapter 11). The table over capacities gives the optimum.
Where fractions of an option are allowed, what the last unit gains is the price of a unit; ``optimality`` shows
with it that nothing gains more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

Choice = tuple[int, int]
"""An option: its cost in whole units (above 0) and its gain."""


@dataclass(frozen=True, slots=True)
class Packed:
    """The best choice: for each item the number of its option or ``None``, and the best gain by capacity."""

    chosen: tuple[int | None, ...]
    best: tuple[int, ...]


def _with(rest: list[int], options: Sequence[Choice]) -> list[int]:
    """The best gain by capacity when one of the options, or none, goes before the rest."""
    best = rest
    for cost, gain in options:
        taken = [earlier + gain for earlier in rest[: max(0, len(rest) - cost)]]
        best = best[:cost] + [
            with_it if with_it > without else without for with_it, without in zip(taken, best[cost:], strict=True)
        ]
    return best


def pack(items: Sequence[Sequence[Choice]], capacity: int) -> Packed:
    """The largest gain within the capacity; among equal ones the fewest units, then the later items go first.

    Raises ``ValueError`` for a capacity below 0.
    """
    if capacity < 0:
        raise ValueError(f"A capacity is not negative, and this is {capacity}.")
    tables = [[0] * (capacity + 1)]
    for options in reversed(items):
        tables.append(_with(tables[-1], options))
    tables.reverse()
    best = tables[0]
    left = best.index(best[capacity])
    chosen: list[int | None] = []
    for number, options in enumerate(items):
        rest, gain = tables[number + 1], tables[number][left]
        if rest[left] == gain:
            chosen.append(None)
            continue
        taken = next(
            place for place, (cost, more) in enumerate(options) if cost <= left and rest[left - cost] + more == gain
        )
        chosen.append(taken)
        left -= options[taken][0]
    return Packed(tuple(chosen), tuple(best))


def _increments(options: Sequence[Choice]) -> list[Choice]:
    """The upper hull of an item's options from nothing on: steps of falling gain per unit."""
    hull: list[Choice] = [(0, 0)]
    for cost, gain in sorted(options):
        if gain <= hull[-1][1]:
            continue
        while len(hull) > 1 and _steeper(hull[-2], hull[-1], (cost, gain)):
            hull.pop()
        hull.append((cost, gain))
    return [(two[0] - one[0], two[1] - one[1]) for one, two in pairwise(hull)]


def _steeper(one: Choice, two: Choice, three: Choice) -> bool:
    """Whether the step from two to three gains at least as much per unit as that from one to two."""
    return (three[1] - two[1]) * (two[0] - one[0]) >= (two[1] - one[1]) * (three[0] - two[0])


def price(items: Sequence[Sequence[Choice]], capacity: int) -> int:
    """What a unit more would gain, rounded up, where fractions of an option are allowed; 0 where everything fits."""
    left = capacity
    increments = [one for options in items for one in _increments(options)]
    for cost, gain in sorted(increments, key=lambda one: Fraction(-one[1], one[0])):
        if cost > left:
            return -(-gain // cost)
        left -= cost
    return 0
