"""Which entries a pack holds: those that were asked for, what caused them, and what they caused. Pure over a log."""

from collections.abc import Iterable
from dataclasses import dataclass

import orjson

from services.audit.tlog.tiles import WIDTH
from services.audit.tlog.walking import Bundles, walk

MOST_ENTRIES = 10_000
"""Entries of one pack: what fits beyond them is asked for as a further part."""
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

    A period is read from `start` on. Of entries that are named their own bundles are read, where each has an index,
    and then the whole log: an effect stands behind its cause, and a cause may stand behind the entry that names it,
    because the log takes the records of several topics as they come.
    """
    if wanted.indices is None:
        bundles = range(start // WIDTH, -(-size // WIDTH))
        fitting = (
            (index, entry)
            for index, entry, fields in walk(log, size, bundles)
            if index >= start and wanted.takes(index, fields)
        )
        return _part(fitting, most_decisions)
    own = {index // WIDTH for index in wanted.indices if 0 <= index < size}
    first = walk(log, size, None if wanted.ids else sorted(own))
    asked = {index: entry for index, entry, fields in first if wanted.takes(index, fields)}
    documents = [orjson.loads(entry) for entry in asked.values()]
    effects_of = {place for document in documents if (place := _own_place(document)) is not None}
    causes = {place for document in documents if (place := _cause(document)) is not None}
    asked |= {
        index: entry
        for index, entry, fields in walk(log, size)
        if _cause(fields) in effects_of or _own_place(fields) in causes
    }
    return _part(((index, entry) for index, entry in sorted(asked.items()) if index >= start), most_decisions)


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


def _own_place(entry: dict[str, object]) -> Place | None:
    return str(entry["source"]), int(str(entry["place"]))


def _cause(entry: dict[str, object]) -> Place | None:
    cause = entry.get("cause")
    return (f"{cause['topic']}/{cause['partition']}", cause["offset"]) if isinstance(cause, dict) else None
