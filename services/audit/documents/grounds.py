"""What the documents rest on: the leaves of one log under one checkpoint, counted by what they say. Pure.

Only what stands in a leaf in the clear is read: type, time, role, methodology, software. Nothing is opened. Leaves
about people of a sandbox, who are made up, are counted apart and in nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from infra.documents.page import table
from schemas.entry import is_made_up
from services.audit.documents.indices import Indices
from services.audit.tlog.checkpoint import Checkpoint
from services.audit.tlog.walking import Bundles, walk


def _by_name() -> defaultdict[str, Indices]:
    return defaultdict(Indices)


@dataclass(frozen=True, slots=True)
class Grounds:
    """The leaves of the log that `checkpoint` states, by type, by methodology and by software.

    `made_up` are those about the people of sandboxes, which none of the others holds; `incidents` are index and time
    of each entry `incident`; `period` the earliest and the latest time in them.
    """

    checkpoint: Checkpoint
    types: Mapping[str, Indices] = field(default_factory=_by_name)
    methodologies: Mapping[str, Indices] = field(default_factory=_by_name)
    software: Mapping[str, Indices] = field(default_factory=_by_name)
    made_up: Indices = field(default_factory=Indices)
    incidents: tuple[tuple[int, str], ...] = ()
    period: tuple[str, str] | None = None

    def rest_on(self, *types: str) -> str:
        """A table of the leaves of these types, of all without one."""
        chosen = types or tuple(sorted(self.types))
        rows = ((name, f"{self._of(name).count:,}", str(self._of(name))) for name in chosen)
        return table(("Entries of type", "Number", "Leaf indices"), rows)

    def source(self) -> str:
        """The log and the checkpoint that all of this is read from, and what of it counts nowhere."""
        read = f"the log {self.checkpoint.origin} at {self.checkpoint.size:,} entries"
        count = self.made_up.count
        return f"{read}, without {count:,} about made-up people of sandboxes" if count else read

    def _of(self, name: str) -> Indices:
        return self.types.get(name, Indices())


def grounds(checkpoint: Checkpoint, leaves: Iterable[tuple[int, Mapping[str, object]]]) -> Grounds:
    """Count the leaves, which come as index and fields, in order."""
    types, methodologies, software, made_up = _by_name(), _by_name(), _by_name(), Indices()
    incidents: list[tuple[int, str]] = []
    earliest = latest = ""
    for index, fields in leaves:
        if is_made_up(str(fields["actor"])):
            made_up.take(index)
            continue
        kind, time = str(fields["type"]), str(fields["time"])
        types[kind].take(index)
        software[str(fields["software"])].take(index)
        if "methodology" in fields:
            methodologies[str(fields["methodology"])].take(index)
        if kind == "incident":
            incidents.append((index, time))
        earliest, latest = min(earliest or time, time), max(latest, time)
    period = (earliest, latest) if earliest else None
    return Grounds(checkpoint, types, methodologies, software, made_up, tuple(incidents), period)


def read_grounds(log: Bundles, checkpoint: Checkpoint) -> Grounds:
    """The grounds of a log under one of its checkpoints; nothing is verified. Raises OSError."""
    return grounds(checkpoint, ((index, fields) for index, _, fields in walk(log, checkpoint.size)))
