"""Released subkeys, kept for 30 seconds and never past a revocation.

Pure: the clock is given. An entry serves the purpose it was released for and no other. A key that was released
before the last revocation of its alias is never put in, however late its answer arrives; a batch that still works
with a revoked key holds back the acknowledgement of that revocation.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from schemas.keys import ReleasedKey
from schemas.purposes import PURPOSES, Purpose

LIFETIME_SECONDS = 30.0
_FLOOR_SECONDS = 120.0
"""Longer than any release can be under way: after it, a late answer has long failed."""


@dataclass(slots=True, eq=False)
class Hold:
    """The aliases whose keys a running batch has in hand; None where that is not known yet: it may be any."""

    aliases: frozenset[str] | None


@dataclass(slots=True)
class KeyCache:
    """The cache of one process. `capacity` bounds the entries; the oldest go first."""

    capacity: int = 50_000
    _entries: dict[tuple[str, Purpose], tuple[float, ReleasedKey]] = field(default_factory=dict)
    _floors: dict[str, tuple[float, int]] = field(default_factory=dict)
    _holds: set[Hold] = field(default_factory=set)

    def get(self, alias: str, purpose: Purpose, now: float) -> ReleasedKey | None:
        """The key released for this purpose, unless its 30 seconds are over."""
        entry = self._entries.get((alias, purpose))
        if entry is None or entry[0] <= now:
            return None
        return entry[1]

    def put(self, purpose: Purpose, released: Iterable[ReleasedKey], asked_at: float) -> None:
        """Keep what was released, from the moment it was asked for; drop what a revocation has overtaken."""
        for key in released:
            if key.status == "released" and not self.overtaken(key):
                self._entries.pop((key.alias, purpose), None)
                self._entries[key.alias, purpose] = (asked_at + LIFETIME_SECONDS, key)
        self._forget(asked_at)

    def overtaken(self, key: ReleasedKey) -> bool:
        """Whether a revocation that is known here is younger than this release."""
        floor = self._floors.get(key.alias)
        return floor is not None and key.sequence < floor[1]

    def revoke(self, alias: str, sequence: int, now: float) -> None:
        """Forget every key of `alias`, and refuse those released before ledger sequence `sequence`."""
        known = self._floors.pop(alias, (0.0, 0))
        self._floors[alias] = (now, max(sequence, known[1]))
        for purpose in PURPOSES:
            self._entries.pop((alias, purpose), None)

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()

    def hold(self, aliases: Iterable[str] | None) -> Hold:
        """Say that a batch works with the keys of `aliases` (None: of anybody); end it with `let_go`."""
        hold = Hold(None if aliases is None else frozenset(aliases))
        self._holds.add(hold)
        return hold

    def let_go(self, hold: Hold) -> None:
        """The batch has ended; its keys are out of hand."""
        self._holds.discard(hold)

    def holding(self, alias: str) -> frozenset[Hold]:
        """The running batches that have a key of `alias` in hand."""
        return frozenset(hold for hold in self._holds if hold.aliases is None or alias in hold.aliases)

    def running(self, holds: frozenset[Hold]) -> bool:
        """Whether any of these batches still runs."""
        return not self._holds.isdisjoint(holds)

    @property
    def busy(self) -> bool:
        """Whether any batch has keys in hand."""
        return bool(self._holds)

    def _forget(self, now: float) -> None:
        while self._entries:
            oldest = next(iter(self._entries))
            if self._entries[oldest][0] > now and len(self._entries) <= self.capacity:
                break
            del self._entries[oldest]
        while self._floors:
            oldest_alias = next(iter(self._floors))
            if self._floors[oldest_alias][0] + _FLOOR_SECONDS > now:
                break
            del self._floors[oldest_alias]
