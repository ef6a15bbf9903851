"""Several assessments of one person: which change is more than measurement error, and which is not said to be
one.

Two scores are compared under the same version, the same profile and the same occupations only. A change is
detected where even the nearest ends of the two scores lie further apart than the detectable change, 1.96·√2
standard errors of measurement (Jacobson & Truax 1991, Journal of Consulting and Clinical Psychology 59).
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """From one assessment to a later one, in units of 10⁻⁸ points.

    ``least`` and ``most`` bound the difference; ``direction`` is 1 or -1 where it is detected, else 0.
    ``reason`` says why two assessments are not compared: ``version``, ``profile`` or ``occupations``; it is
    empty where they are.
    """

    earlier: str
    later: str
    reason: str
    least: int
    most: int
    detectable: int

    @property
    def direction(self) -> int:
        if self.reason:
            return 0
        return detected(self.least, self.detectable) - detected(-self.most, self.detectable)


def detected(apart: int, detectable: int) -> bool:
    """Whether a change is told of two scores whose nearest ends lie so far apart, both in units: a difference as
    large as the detectable one is not yet.
    """
    return apart > detectable


def nearest_rise(high: int, detectable: int) -> int:
    """The lowest score (of an interval its lower end) that is told as a rise from one whose upper end is ``high``,
    in units.
    """
    return high + detectable + 1


def _reason(earlier: Document, later: Document) -> str:
    if earlier["methodology"] != later["methodology"]:
        return "version"
    if earlier["explanation"]["profile"] != later["explanation"]["profile"]:
        return "profile"
    return "" if earlier["occupations"] == later["occupations"] else "occupations"


def change(earlier: Document, later: Document) -> Change:
    """The change between two ``Detail`` documents of one person."""
    before, after = earlier["explanation"], later["explanation"]
    return Change(
        earlier=earlier["as_of"],
        later=later["as_of"],
        reason=_reason(earlier, later),
        least=after["score"]["low"] - before["score"]["high"],
        most=after["score"]["high"] - before["score"]["low"],
        detectable=max(before["detectable_change"], after["detectable_change"]),
    )


def ordered(details: Mapping[str, Document]) -> list[list[str]]:
    """The names of ``Detail`` documents by version and within one by month; those of one month keep their order."""
    by_version: dict[str, list[str]] = defaultdict(list)
    for name in sorted(details, key=lambda name: str(details[name]["as_of"])):
        by_version[details[name]["methodology"]["hash"]].append(name)
    return list(by_version.values())


def neighbours(details: Mapping[str, Document]) -> list[tuple[str, str]]:
    """Which of them stand side by side: each with the one before it of the same version."""
    return [pair for names in ordered(details) for pair in pairwise(names)]


def earlier_than(name: str, details: Mapping[str, Document]) -> list[str]:
    """Those before one of them, of its own version, the nearest first."""
    (names,) = [names for names in ordered(details) if name in names]
    return names[: names.index(name)][::-1]
