"""How sure a score is: the half width of its band and the smallest change that is more than measurement
error.

Errors are in hundredths of a point, variances in their squares times squared percent weights. The items that
count in two dimensions (knowledge areas that are a skill and carry into other occupations) enter with their
summed coefficient, which adds twice the covariance: with equal errors over the items of a dimension the
correlation of the two dimensions' errors is ``sum(w_s * w_t) / sqrt(sum(w_s²) * sum(w_t²))`` over the shared
items.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isqrt
from typing import Protocol

from services.methodology.v1 import definition as d
from services.methodology.v1.tables import Occupation, tables

UNITS_PER_ROOT = 10_000
"""From ``isqrt(variance * Z² * 10⁴)`` to units: 10⁻⁴ points by weights, 10⁻² by Z, 10⁻² by the root's
own scale.
"""


class Weighted(Protocol):
    """Any item with an id and a weight."""

    @property
    def id(self) -> str: ...

    @property
    def weight(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Band:
    """In units of 10⁻⁸ points: 1.96 standard errors, and 1.96·√2 standard errors of measurement."""

    half: int
    detectable: int


@dataclass(frozen=True, slots=True)
class Errors:
    """The bands of one portfolio, by profile and by whether each mix of work is the person's own."""

    typical: dict[str, Band]
    own: dict[str, Band]


def _shared(skills: Iterable[Weighted]) -> tuple[int, int]:
    """Numerator and divisor of the correlation between the errors of skill currency and transferability."""
    by_item: dict[str, int] = {}
    for place in skills:
        by_item[place.id] = by_item.get(place.id, 0) + place.weight
    areas = {area.id: area.weight for area in tables().transfer}
    cross = sum(weight * areas.get(item, 0) for item, weight in by_item.items())
    squares = sum(weight**2 for weight in by_item.values()) * sum(weight**2 for weight in areas.values())
    return cross, isqrt(squares)


def reference_errors(portfolio: Sequence[tuple[Occupation, int]]) -> list[int]:
    """By dimension, hundredths of a point; of a portfolio the mean weighted by share, floored."""
    errors = list(d.SE_REFERENCE)
    errors[d.TASKS] = sum(share * occupation.se_tasks for occupation, share in portfolio) // 1000
    estimated = sum(share for occupation, share in portfolio if occupation.estimated_from)
    errors[d.SKILLS] += d.SE_ESTIMATED * estimated // 1000
    return errors


def _band(profile: str, sem_tasks: int, reference: list[int], shared: tuple[int, int]) -> Band:
    weights = d.WEIGHTS[profile]
    sem = [sem_tasks, *d.SEM[1:]]
    cross, divisor = shared
    covariance = weights[d.SKILLS] * weights[d.TRANSFER] * sem[d.SKILLS] * sem[d.TRANSFER] * cross // divisor
    measurement = sum((weight * error) ** 2 for weight, error in zip(weights, sem, strict=True)) + 2 * covariance
    whole = measurement + sum((weight * error) ** 2 for weight, error in zip(weights, reference, strict=True))
    scale = d.Z_PERCENT**2 * UNITS_PER_ROOT
    return Band(isqrt(scale * whole), isqrt(2 * scale * measurement))


def errors_of(portfolio: Sequence[tuple[Occupation, int]], skills: Sequence[Weighted]) -> Errors:
    """The bands of a portfolio whose skill places are ``skills``."""
    reference, shared = reference_errors(portfolio), _shared(skills)
    return Errors(
        {profile: _band(profile, d.SEM_TYPICAL_MIX, reference, shared) for profile in d.WEIGHTS},
        {profile: _band(profile, d.SEM[d.TASKS], reference, shared) for profile in d.WEIGHTS},
    )
