"""Several assessments of one person: which change is more than measurement error, and which is not said to be
one.

Two scores are compared under the same version, the same profile and the same occupations only. A change is
detected where even the nearest ends of the two scores lie further apart than the detectable change, 1.96·√2
standard errors of measurement (Jacobson & Truax 1991, Journal of Consulting and Clinical Psychology 59).
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from services.methodology.version import load

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
        return (self.least > self.detectable) - (self.most < -self.detectable)


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


def series(details: Iterable[Document]) -> list[Change]:
    """Each ``Detail`` against the one before it, by month; those of one month keep their order."""
    ordered = sorted(details, key=lambda detail: str(detail["as_of"]))
    return [change(earlier, later) for earlier, later in pairwise(ordered)]


@dataclass(frozen=True, slots=True)
class Replay:
    """A past decision computed again. ``same`` is equality of bytes; ``recorded`` and ``present`` are
    the hashes.
    """

    version: str
    recorded: str
    present: str
    same: bool


def replay(trail: Document) -> Replay:
    """Recompute a ``Trail`` from its answers under its own version; raises ``UnknownVersion`` if it
    never existed.
    """
    head = trail["methodology"]
    version = load(head["version"])
    again = version.score(trail["answers"]).trail()
    return Replay(version.id, head["hash"], version.hash, _canonical(again) == _canonical(trail))


def _canonical(document: Document) -> bytes:
    """The bytes of a document whatever order its keys were stored in (RFC 8785 for strings and integers)."""
    return json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
