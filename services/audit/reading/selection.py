"""Which of the arrived entries go into the log, and as what. Pure: marks in, entries and marks out.

A mark is the place of a source's last entry in the log. What lies at or below it is a repetition, or in an outbox
something else under a number that is taken. Of several records with one id the first read counts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.audit.reading.arrivals import Arrived

OUTBOX = "outbox/"


@dataclass(frozen=True, slots=True)
class Hole:
    """Places that should have come from a source and did not: from `expected` up to `found`, without it."""

    source: str
    expected: int
    found: int


@dataclass(frozen=True, slots=True)
class Completed:
    """Entries to append, the marks that they set, and the holes that lie before them in their outboxes."""

    entries: Sequence[bytes]
    marks: Mapping[str, int]
    holes: Sequence[Hole]


def fresh(arrived: Iterable[Arrived], marks: Mapping[str, int]) -> tuple[list[Arrived], list[Arrived]]:
    """Those that are above their source's mark, each place and each id once, the first as they were read.

    Beside them those of outboxes whose number is taken: by themselves, or else they are displaced.
    """
    reached: dict[str, int] = {}
    ids: set[str] = set()
    chosen: list[Arrived] = []
    taken: list[Arrived] = []
    for one in arrived:
        if one.leaf.id in ids:
            continue
        if one.place <= reached.get(one.source, marks.get(one.source, -1)):
            if one.source.startswith(OUTBOX):
                taken.append(one)
            continue
        reached[one.source] = one.place
        ids.add(one.leaf.id)
        chosen.append(one)
    return chosen, taken


def completed(chosen: Iterable[Arrived], marks: Mapping[str, int]) -> Completed:
    """The entries of what `fresh` chose under these marks, or of a part of it."""
    reached: dict[str, int] = {}
    entries: list[bytes] = []
    holes: list[Hole] = []
    for one in chosen:
        before = reached.get(one.source, marks.get(one.source))
        entries.append(one.leaf.at(one.source, one.place, before))
        expected = 1 if before is None else before + 1
        if one.source.startswith(OUTBOX) and one.place > expected:
            holes.append(Hole(one.source, expected, one.place))
        reached[one.source] = one.place
    return Completed(entries, reached, holes)
