"""The smallest set of changes that reaches a gain: fewest items, then fewest steps, then item ids. Exact.

**Fewest items.** Each item gives at most its largest gain, so k items give at most the sum of the k largest.
The first k whose sum reaches what is needed is the fewest, and that the k - 1 largest fall short is the proof.

**Fewest steps** among the sets of k items: a table of the largest gain by items still to choose and steps
spent. It stays small because of what the proof leaves: with θ the k-th largest gain and ``slack`` what the k
largest have beyond need, a choice loses ``max(0, most - θ)`` by leaving an item and
``max(0, most - θ) - (gain - θ)`` by taking an option of it; losses are never negative and add up to at most
``slack``, so whatever loses more is no part of any answer (reduced-cost fixing).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from services.methodology.v1.advice.changes import Changeable, Option

NONE = -(1 << 62)
Row = list[int]


@dataclass(frozen=True, slots=True)
class Choice:
    """The chosen options in the order of item ids, and both sums of the proof, in units.

    ``fewer`` are the largest gains of one item less, which together do not reach what is needed; ``enough``
    those of as many items as were chosen, which do.
    """

    changes: tuple[tuple[Changeable, Option], ...]
    fewer: tuple[int, ...]
    enough: tuple[int, ...]

    @property
    def gain(self) -> int:
        return sum(option.gain for _, option in self.changes)

    @property
    def steps(self) -> int:
        return sum(option.steps for _, option in self.changes)


def fewest(items: Sequence[Changeable], needed: int) -> tuple[int, ...] | None:
    """The largest gains, as many as are needed; ``None`` where all of them together do not reach it."""
    gains: list[int] = []
    total = 0
    for item in sorted(items, key=lambda one: (-one.most, one.id)):
        if total >= needed:
            break
        gains.append(item.most)
        total += item.most
    return tuple(gains) if total >= needed else None


def _fitting(items: Sequence[Changeable], threshold: int, slack: int) -> list[tuple[Changeable, list[Option]]]:
    """Items and options that lose no more than ``slack``."""
    found = []
    for item in items:
        leaving = max(0, item.most - threshold)
        options = [option for option in item.options if leaving - (option.gain - threshold) <= slack]
        if options:
            found.append((item, options))
    return found


def _taken(before: Row, options: Sequence[Option], into: Row) -> Row:
    """``into``, or better where one of the options is taken after ``before``; rows run along steps spent."""
    length = len(into)
    for option in options:
        gain = option.gain
        into[option.steps :] = [
            total if total >= earlier + gain else earlier + gain
            for total, earlier in zip(into[option.steps :], before[: max(0, length - option.steps)], strict=True)
        ]
    return into


def _suffixes(options: Sequence[Sequence[Option]], count: int, limit: int) -> list[list[Row]]:
    """For every place: the largest gain of so many items from there on, in exactly so many steps."""
    nothing = [NONE] * (limit + 1)
    rows = [[0, *nothing[1:]]] + [nothing] * count
    tables = [rows]
    for number in reversed(range(len(options))):
        least = max(1, count - number)
        rows = [
            rows[left] if left < least else _taken(rows[left - 1], options[number], rows[left][:])
            for left in range(count + 1)
        ]
        tables.append(rows)
    tables.reverse()
    return tables


def _first_ids(
    fitting: list[tuple[Changeable, list[Option]]], count: int, needed: int, limit: int
) -> tuple[int, list[int]]:
    """The fewest steps, and the places of the items whose ids come first among the sets of so many steps."""
    tables = _suffixes([options for _, options in fitting], count, limit)
    steps = next(spent for spent, gain in enumerate(tables[0][count]) if gain >= needed)
    prefix = [0] + [NONE] * steps
    chosen: list[int] = []
    for number, (_, options) in enumerate(fitting):
        left = count - len(chosen) - 1
        if left < 0:
            break
        taken = _taken(prefix, options, [NONE] * (steps + 1))
        rest = tables[number + 1][left]
        if any(taken[spent] + rest[steps - spent] >= needed for spent in range(steps + 1)):
            prefix = taken
            chosen.append(number)
    return steps, chosen


def _first_options(
    chosen: list[tuple[Changeable, list[Option]]], needed: int, steps: int
) -> tuple[tuple[Changeable, Option], ...]:
    """Of chosen items the options of exactly so many steps in total, fewest steps for the first item first."""
    tables = _suffixes([options for _, options in chosen], len(chosen), steps)
    found = []
    for number, (item, options) in enumerate(chosen):
        rest = tables[number + 1][len(chosen) - number - 1]
        option = next(
            option
            for option in options
            if option.steps <= steps and rest[steps - option.steps] + option.gain >= needed
        )
        found.append((item, option))
        needed -= option.gain
        steps -= option.steps
    return tuple(found)


def smallest(items: Sequence[Changeable], needed: int) -> Choice | None:
    """The smallest choice that gains at least ``needed`` (above 0) from items in the order of their ids.

    ``None`` where not even all items at their best reach it.
    """
    enough = fewest(items, needed)
    if enough is None:
        return None
    fitting = _fitting(items, enough[-1], sum(enough) - needed)
    largest = sorted(items, key=lambda one: (-one.most, one.id))[: len(enough)]
    limit = sum(item.options[-1].steps for item in largest)
    steps, places = _first_ids(fitting, len(enough), needed, limit)
    changes = _first_options([fitting[place] for place in places], needed, steps)
    return Choice(changes, enough[:-1], enough)
