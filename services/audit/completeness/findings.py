"""Whether anything is missing from the log, and not only whether what is there was changed.

Three rules, each over what the entries themselves say. Every `received` has exactly one end: `scored`, `refused`, or
`dead-lettered` by scoring; an end names by its cause the record that it ends. (A dead letter that was replayed gives
way to the end that follows.) An end has its beginning. And the sequence of an outbox has no hole. What has no end yet
is in work, but not for longer than scoring can still find it. What only the broker knows comes from elsewhere (see
broker_view). Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from infra.kafka.batch_loop import MAX_RECORDS
from schemas.topics import DEAD_AUDIT, DEAD_SCORING, SUBMITTED
from services.audit.completeness.ages import Ages
from services.audit.reading.places import Places
from services.audit.reading.selection import OUTBOX
from services.audit.reading.values import Values
from services.audit.tlog.entry import Placed

ENTERED: Final = 1
"""There is an entry of this place in the log."""
RECEIVED: Final = 2
"""It is a `received` within the period."""
TWICE: Final = 4
"""It has more than one end."""
SET_ASIDE_BY_AUDIT: Final = 8
"""The record of this place brought no entry, and `dead-lettered` stands for it."""
ENDS: Final = {"scored": 16, "refused": 32, "dead-lettered": 64}
_ENDED: Final = sum(ENDS.values())
_IN_PERIOD: Final = 128
"""An end of it lies within the period."""


@dataclass(frozen=True, slots=True)
class Period:
    """From this time, and before that one, as entries write them (`2026-01-31T08:15:00Z`); None: no bound."""

    start: str | None = None
    end: str | None = None

    def holds(self, time: str) -> bool:
        """Whether the time lies in it. Fractions of a second do not matter to the order of such texts."""
        return (self.start is None or time >= self.start) and (self.end is None or time < self.end)


GapKind = Literal[
    "hole", "no-end", "two-ends", "no-beginning", "deleted", "not-read", "no-entry", "displaced", "set-back"
]
"""no-beginning: an end without `received`; not-read: the log has not come so far; no-entry: a record without one;
displaced: another entry has its number; set-back: the broker does not know any more how far scoring has come."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that is missing: at which source, what, and of which kind."""

    source: str
    message: str
    kind: GapKind


class Tally:
    """Counts the entries of a log, in their order, for one period."""

    def __init__(self, period: Period) -> None:
        self.period = period
        self.received = 0
        self.in_work = 0
        self.ends: Counter[str] = Counter()
        self.outboxes: dict[str, int] = {}
        """The entries within the period by outbox."""
        self.places = Places()
        self.numbered = Values("Q")
        """The first 64 bits of the id that each number of an outbox has."""
        self._ages = Ages()
        self._holes: list[Gap] = []
        self._replayed: set[tuple[str, int]] = set()

    def take(self, index: int, entry: Placed) -> None:
        """The entry at this index of the log."""
        inside = self.period.holds(entry.time)
        self.places.add(entry.source, entry.place, ENTERED)
        self._ages.take(entry.time)
        if entry.type == "dead-letter-replayed" and entry.cause is not None:
            self._replayed.add((f"{entry.cause[0]}/{entry.cause[1]}", entry.cause[2]))
        if entry.source.startswith(OUTBOX):
            self._outbox(index, entry, inside)
        elif entry.type == "received" and _topic(entry.source) == SUBMITTED.name and inside:
            self.places.add(entry.source, entry.place, RECEIVED)
            self._ages.received(entry.source, entry.place, entry.time)
            self.received += 1
        elif entry.cause is not None:
            self._caused(entry, f"{entry.cause[0]}/{entry.cause[1]}", entry.cause[2], inside)

    def gaps(self, committed: Mapping[str, int | None] | None = None) -> list[Gap]:
        """What is missing. `committed` says up to which offset scoring is done with each partition of submissions,
        None where the broker does not know.

        Without it, what lies after the last ended one of a partition is taken to be in work.
        """
        self.in_work, self.ends = 0, Counter()
        found = list(self._holes)
        for source in self.places.sources(SUBMITTED.name):
            found += self._of_partition(source, committed)
        return found

    def has_number(self, source: str, number: int, identity: str) -> bool:
        """Whether this number of an outbox is that of the entry with this id."""
        return self.numbered.get(source, number) == _tag(identity)

    def _outbox(self, index: int, entry: Placed, inside: bool) -> None:
        self.numbered.set(entry.source, entry.place, _tag(entry.id))
        if not inside:
            return
        self.outboxes[entry.source] = self.outboxes.get(entry.source, 0) + 1
        expected = (entry.before or 0) + 1
        if entry.place != expected:
            last = entry.place - 1
            numbers = f"number {last} is" if last == expected else f"numbers {expected} to {last} are"
            self._holes.append(Gap(entry.source, f"{numbers} missing before entry {index}", "hole"))

    def _caused(self, entry: Placed, source: str, place: int, inside: bool) -> None:
        if _topic(entry.source) == DEAD_AUDIT.name:
            self.places.add(source, place, SET_ASIDE_BY_AUDIT)
        if _topic(source) != SUBMITTED.name or not _is_end(entry):
            return
        twice = TWICE if self.places.get(source, place) & _ENDED else 0
        self.places.add(source, place, ENDS[entry.type] | twice | (_IN_PERIOD if inside else 0))

    def _of_partition(self, source: str, committed: Mapping[str, int | None] | None) -> Iterator[Gap]:
        last_ended, last_entered = -1, -1
        for place, bits in self.places.each(source):
            last_ended = place if bits & _ENDED else last_ended
            last_entered = place if bits & (ENTERED | SET_ASIDE_BY_AUDIT) else last_entered
        done = last_ended + 1
        if committed is not None:
            stands = committed.get(source)
            if stands is not None and stands + MAX_RECORDS >= done:
                done = stands
            elif done:
                yield Gap(source, _set_back(stands, last_ended), "set-back")
        for place, bits in self.places.each(source):
            if bits & RECEIVED:
                yield from self._of_received(source, place, bits, place < done)
            elif bits & _IN_PERIOD and not bits & (ENTERED | SET_ASIDE_BY_AUDIT) and place <= last_entered:
                yield Gap(source, f"offset {place} has an end in the log and no `received`", "no-beginning")

    def _of_received(self, source: str, place: int, bits: int, done: bool) -> Iterator[Gap]:
        if bits & TWICE and (replayed := self._end_of_replay(source, place, bits)):
            self.ends.update([replayed])
        elif bits & TWICE:
            ends = ", ".join(_names(bits))
            yield Gap(source, f"offset {place} was received and has more than one end: {ends}", "two-ends")
        elif bits & _ENDED:
            self.ends.update(_names(bits))
        elif done or self._ages.overdue(source, place):
            yield Gap(source, f"offset {place} was received and has no end", "no-end")
        else:
            self.in_work += 1

    def _end_of_replay(self, source: str, place: int, bits: int) -> str | None:
        """The one end that came after a dead letter was replayed; None where there was no replay, or are others."""
        others = [name for name in _names(bits) if name != "dead-lettered"]
        replayed = (source, place) in self._replayed and bits & ENDS["dead-lettered"]
        return others[0] if replayed and len(others) == 1 else None


def _is_end(entry: Placed) -> bool:
    return entry.type in ("scored", "refused") or (
        entry.type == "dead-lettered" and _topic(entry.source) == DEAD_SCORING.name
    )


def _names(bits: int) -> list[str]:
    return [name for name, bit in ENDS.items() if bits & bit]


def _set_back(stands: int | None, last_ended: int) -> str:
    """A batch is sent before it is committed, so the group may lie behind by one batch and no more."""
    where = "has no offset any more" if stands is None else f"was set back to offset {stands}"
    return (
        f"scoring's group {where}, though offset {last_ended} has its end; what lies before that is held to be done"
    )


def _tag(identity: str) -> int:
    return int(identity[:16], 16)


def _topic(source: str) -> str:
    return source.rpartition("/")[0]
