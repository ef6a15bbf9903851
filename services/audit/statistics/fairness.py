"""Whether groups reach scores above the median as often as others do: rates, ratios and tests. Pure and exact.

Scoring rate: the share of a group with a score above the median of the full sample; impact ratio: a group's rate by
the highest rate of a group (New York City's Local Law 144). A ratio below four fifths is held to show adverse impact,
a difference beyond two standard deviations to be no chance; Fisher's exact test, two-sided, says how rare a
difference as large is where chance alone decides. What these rest on stands in the rows `bias-audit`, `four-fifths`
and `two-deviations` of the [table of the law](../documents/legal_table.py). The gap is between the mean score of a
group and that of all others who told theirs.

Whole numbers and fractions only. A group of fewer than `LEAST_PEOPLE` is not told of, and nothing is compared to it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb

LEAST_PEOPLE = 10
FOUR_FIFTHS = Fraction(4, 5)
BEYOND = 4
"""The square of two standard deviations."""
MOST_EXACT = 10_000
"""People in both groups, up to which Fisher's test is reckoned; of more, the standard deviations tell the same."""
Counts = Sequence[int]
"""How many people have each score from 0 on."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A group that is told of. What compares it to the group of the highest rate is None for that group itself.

    `deviations_squared` is Z², `rarity` Fisher's p; `gap` is in points, None where nobody else told theirs.
    """

    group: str
    people: int
    rate: Fraction
    ratio: Fraction | None = None
    deviations_squared: Fraction | None = None
    rarity: Fraction | None = None
    gap: Fraction | None = None

    @property
    def below_four_fifths(self) -> bool:
        """Whether the impact ratio is."""
        return self.ratio is not None and self.ratio < FOUR_FIFTHS

    @property
    def beyond_two_deviations(self) -> bool:
        """Whether |Z| > 2."""
        return self.deviations_squared is not None and self.deviations_squared > BEYOND


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A group of too few people, or of nobody."""

    group: str


def compared(sample: Counts, groups: Mapping[str, Counts]) -> list[Compared | Suppressed]:
    """Each group in order, by the median of the sample, which holds those too who are in no group."""
    median = doubled_median(sample)
    tables = {name: (_above(counts, median), sum(counts)) for name, counts in groups.items()}
    told = {name: table for name, table in tables.items() if table[1] >= LEAST_PEOPLE}
    if not told:
        return [Suppressed(name) for name in groups]
    highest = max(told, key=lambda name: Fraction(*told[name]))
    return [
        _compared(name, told[name], None if name == highest else told[highest], _gap(name, groups))
        if name in told
        else Suppressed(name)
        for name in groups
    ]


def told_median(sample: Counts) -> int | None:
    """Twice the median as it may be told: where ten people stand on either side, so that it is no single score."""
    return doubled_median(sample) if sum(sample) >= 2 * LEAST_PEOPLE else None


def doubled_median(counts: Counts) -> int | None:
    """Twice the median score, so that one between two scores is whole; None of nobody."""
    people = sum(counts)
    if not people:
        return None
    return _ranked(counts, (people - 1) // 2) + _ranked(counts, people // 2)


def mean(counts: Counts) -> Fraction:
    """The mean score. Raises ZeroDivisionError of nobody."""
    return Fraction(sum(score * count for score, count in enumerate(counts)), sum(counts))


def fisher(one: tuple[int, int], other: tuple[int, int]) -> Fraction:
    """Two-sided p of two groups, each (above, people): of all tables with these margins the part that is at most as
    likely (Fisher, Statistical Methods for Research Workers, 1934, § 21.02).
    """
    (above, people), (others_above, others) = one, other
    reached = above + others_above
    first = max(0, reached - others)
    weight = comb(people, first) * comb(others, reached - first)
    weights = [weight]
    for x in range(first, min(people, reached)):
        weight = weight * (people - x) * (reached - x) // ((x + 1) * (others - reached + x + 1))
        weights.append(weight)
    observed = weights[above - first]
    return Fraction(sum(one for one in weights if one <= observed), sum(weights))


def deviations_squared(one: tuple[int, int], other: tuple[int, int]) -> Fraction:
    """Z² of the difference of two rates with a pooled variance; 0 where all or none are above."""
    (above, people), (others_above, others) = one, other
    pooled = Fraction(above + others_above, people + others)
    if pooled in (0, 1):
        return Fraction(0)
    difference = Fraction(above, people) - Fraction(others_above, others)
    variance: Fraction = pooled * (1 - pooled) * (Fraction(1, people) + Fraction(1, others))
    return difference * difference / variance


def _compared(name: str, table: tuple[int, int], highest: tuple[int, int] | None, gap: Fraction | None) -> Compared:
    rate = Fraction(*table)
    if highest is None:
        return Compared(name, table[1], rate, gap=gap)
    best = Fraction(*highest)
    small = table[1] + highest[1] <= MOST_EXACT
    return Compared(
        name,
        table[1],
        rate,
        rate / best if best else None,
        deviations_squared(table, highest),
        fisher(table, highest) if small else None,
        gap,
    )


def _gap(name: str, groups: Mapping[str, Counts]) -> Fraction | None:
    others = [counts for other, counts in groups.items() if other != name]
    rest = [sum(column) for column in zip(*others, strict=True)]
    return mean(groups[name]) - mean(rest) if sum(rest) >= LEAST_PEOPLE else None


def _above(counts: Counts, median: int | None) -> int:
    return sum(count for score, count in enumerate(counts) if median is not None and 2 * score > median)


def _ranked(counts: Counts, rank: int) -> int:
    """The score of the person at this place from 0, the lowest first."""
    seen = 0
    for score, count in enumerate(counts):
        seen += count
        if seen > rank:
            return score
    raise ValueError(f"nobody is at place {rank}")
