"""Which entries a pack holds: those that were asked for, what caused them, and what they caused. Pure over a log."""

from dataclasses import dataclass

import orjson

from services.audit.tlog.stored import StoredLog
from services.audit.tlog.walking import walk

MOST_ENTRIES = 10_000
Place = tuple[str, int]


class TooMany(ValueError):
    """More entries were asked for than one pack holds."""


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


def chosen(log: StoredLog, size: int, wanted: Wanted) -> dict[int, bytes]:
    """The entries by index among the first `size`, with their causes and effects. Raises TooMany.

    Two walks over the log: an effect stands behind its cause, and a cause may stand behind the entry that names it,
    because the log takes the records of several topics as they come.
    """
    asked = {index: entry for index, entry, fields in walk(log, size) if wanted.takes(index, fields)}
    if wanted.indices is None:
        return _bounded(asked)
    documents = [orjson.loads(entry) for entry in asked.values()]
    effects_of = {place for document in documents if (place := _own_place(document)) is not None}
    causes = {place for document in documents if (place := _cause(document)) is not None}
    asked |= {
        index: entry
        for index, entry, fields in walk(log, size)
        if _cause(fields) in effects_of or _own_place(fields) in causes
    }
    return _bounded(dict(sorted(asked.items())))


def _bounded(entries: dict[int, bytes]) -> dict[int, bytes]:
    if len(entries) > MOST_ENTRIES:
        raise TooMany(f"{len(entries):,} entries fit; a pack holds {MOST_ENTRIES:,}: ask for less at once")
    return entries


def _own_place(entry: dict[str, object]) -> Place | None:
    return str(entry["source"]), int(str(entry["place"]))


def _cause(entry: dict[str, object]) -> Place | None:
    cause = entry.get("cause")
    return (f"{cause['topic']}/{cause['partition']}", cause["offset"]) if isinstance(cause, dict) else None
