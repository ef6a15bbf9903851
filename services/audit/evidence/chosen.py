"""Which entries a pack holds: those that were asked for, what caused them, and what they caused. Pure over a log."""

import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from functools import partial
from typing import Final

import orjson

from services.audit.tlog.tiles import WIDTH
from services.audit.tlog.walking import Bundles, walk

MOST_ENTRIES = 10_000
"""Entries of one pack: what fits beyond them is asked for as a further part."""
_CAUSE: Final = re.compile(rb'"cause":\{([^}]*)\}')
_PLACE: Final = re.compile(rb'"place":([0-9]+)')
Place = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Entries at `indices` or of these `ids`, from time `start` to before `end`, of a methodology's hash: all that is
    given counts.
    """

    indices: frozenset[int] | None = None
    ids: frozenset[str] = frozenset()
    start: str | None = None
    end: str | None = None
    methodology: str | None = None

    def takes(self, index: int, entry: dict[str, object]) -> bool:
        """Whether this entry was asked for."""
        time = str(entry["time"])
        return (
            (self.indices is None or index in self.indices or entry["id"] in self.ids)
            and (self.start is None or time >= self.start)
            and (self.end is None or time < self.end)
            and (self.methodology is None or entry.get("methodology") == self.methodology)
        )


@dataclass(frozen=True, slots=True)
class Part:
    """Entries by index, in order; `following` is the index at which what fits goes on, None where that is all."""

    entries: dict[int, bytes]
    following: int | None = None


def chosen(log: Bundles, size: int, wanted: Wanted, start: int = 0, most_decisions: int | None = None) -> Part:
    """The entries among the first `size` from index `start` on, with their causes and effects; at most
    `MOST_ENTRIES` of them, and at most so many decisions.

    A period is read from `start` on; for entries that are named see `named`.
    """
    if wanted.indices is None:
        bundles = range(start // WIDTH, -(-size // WIDTH))
        fitting = (
            (index, entry)
            for index, entry, fields in walk(log, size, bundles)
            if index >= start and wanted.takes(index, fields)
        )
        return _part(fitting, most_decisions)
    return part(named({0: (log, size)}, {0: wanted})[0], start, most_decisions)


def named(logs: Mapping[int, tuple[Bundles, int]], wanted: Mapping[int, Wanted]) -> dict[int, dict[int, bytes]]:
    """By the numbers of these logs, each with its size, the entries that are named, their causes and their effects.

    Their own bundles are read, where each has an index, and then every log whole: an effect stands behind its cause,
    and a cause may stand behind the entry that names it, because a log takes the records of several topics as they
    come; and either may stand in another log.
    """
    asked = {number: _asked(*logs[number], one) for number, one in wanted.items()}
    documents = [orjson.loads(entry) for entries in asked.values() for entry in entries.values()]
    effects_of = {place for document in documents if (place := _own_place(document)) is not None}
    causes = {place for document in documents if (place := _cause(document)) is not None}
    worth = partial(_may_hold, frozenset(map(_as_cause, effects_of)), frozenset(b"%d" % at for _, at in causes))
    return {
        number: dict(
            sorted(
                asked.get(number, {}).items()
                | {
                    index: entry
                    for index, entry, fields in walk(log, size, worth=worth)
                    if _cause(fields) in effects_of or _own_place(fields) in causes
                }.items()
            )
        )
        for number, (log, size) in logs.items()
    }


def part(entries: Mapping[int, bytes], start: int = 0, most_decisions: int | None = None) -> Part:
    """As many of the entries that were named as one pack takes, from index `start` on."""
    return _part(((index, entry) for index, entry in entries.items() if index >= start), most_decisions)


def _asked(log: Bundles, size: int, wanted: Wanted) -> dict[int, bytes]:
    own = {index // WIDTH for index in wanted.indices or () if 0 <= index < size}
    bundles = None if wanted.ids else sorted(own)
    return {index: entry for index, entry, fields in walk(log, size, bundles) if wanted.takes(index, fields)}


def _part(fitting: Iterable[tuple[int, bytes]], most_decisions: int | None) -> Part:
    """As many of these as one pack takes."""
    entries: dict[int, bytes] = {}
    decisions = 0
    for index, entry in fitting:
        decisions += most_decisions is not None and orjson.loads(entry)["type"] == "scored"
        if len(entries) == MOST_ENTRIES or (most_decisions is not None and decisions > most_decisions):
            return Part(entries, index)
        entries[index] = entry
    return Part(entries)


def _may_hold(effects_of: Set[bytes], places: Set[bytes], bundle: bytes) -> bool:
    """Whether an entry in these bytes may name one of these causes, or stand at a place of one of these numbers."""
    return not (effects_of.isdisjoint(_CAUSE.findall(bundle)) and places.isdisjoint(_PLACE.findall(bundle)))


def _as_cause(place: Place) -> bytes:
    """How an entry names this place as its cause, in canonical JSON."""
    topic, _, partition = place[0].partition("/")
    return f'"offset":{place[1]},"partition":{partition},"topic":"{topic}"'.encode()


def _own_place(entry: dict[str, object]) -> Place | None:
    return str(entry["source"]), int(str(entry["place"]))


def _cause(entry: dict[str, object]) -> Place | None:
    cause = entry.get("cause")
    return (f"{cause['topic']}/{cause['partition']}", cause["offset"]) if isinstance(cause, dict) else None
