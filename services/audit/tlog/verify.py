"""The offline verifier: recomputes a log from its static files and names the first place that is broken.

It trusts nothing but the log's verifier key and the policy's witnesses. It checks the checkpoint's signatures; each
bundle's entries against the leaf tiles; every tile against the one below; the root against the checkpoint; each
entry's form (canonical JSON, see entry); that the places of each source rise, each naming the one before; and that no
id repeats. Of several logs a source may go on in another one: then all are walked, and `seams` holds them against
each other. Memory stays bounded: one bundle and the right edge at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from services.audit.tlog import tiles
from services.audit.tlog.entry import EntryError, Placed, check_entry
from services.audit.tlog.heads import BrokenError, Finding, Head, opened_checkpoint, stored_checkpoints
from services.audit.tlog.merkle import HASH_BYTES, leaf_hash
from services.audit.tlog.note import VerifierKey
from services.audit.tlog.seams import Part, Seams
from services.audit.tlog.sources import Source
from services.audit.tlog.stored import StoredLog
from services.audit.tlog.tiles import ENTRIES, WIDTH, BundleError, Edge, Tile
from services.audit.tlog.unique import UniqueIds
from services.audit.witness.policy import NO_POLICY, Policy

Progress = Callable[[int, int], None]
Visit = Callable[[int, Placed], None]


@dataclass(frozen=True, slots=True)
class Report:
    """What was verified: entries recomputed, their root (None if not reached), who signed, what is wrong.

    `witnessed` are the policy's witnesses that have cosigned, each with its time in seconds since 1970.
    """

    entries: int
    root: bytes | None = None
    signed_by: tuple[str, ...] = ()
    witnessed: tuple[tuple[str, int], ...] = ()
    unknown_signatures: int = 0
    finding: Finding | None = None

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return self.finding is None


def verify(
    source: Source,
    log: VerifierKey,
    policy: Policy = NO_POLICY,
    *,
    progress: Progress | None = None,
    visit: Visit | None = None,
    seams: Seams | None = None,
) -> Report:
    """Recompute the log of a source under its own checkpoint.

    The cosignatures of the policy's witnesses, where they stand under the checkpoint, must hold, and must be what
    its quorum asks for. With `seams` a source may go on from what another log holds; the caller asks these once all
    are walked. `visit` is shown each entry that is well-formed and in its place. Raises OSError if the
    source cannot be read; what it lacks is a finding.
    """
    try:
        opened = opened_checkpoint("checkpoint", source.checkpoint, log, policy)
    except BrokenError as broken:
        return Report(0, finding=broken.finding)
    with _Walk(source, opened.head.size, progress=progress, visit=visit, seams=seams, name=log.name) as walk:
        finding = walk.check((opened.head,))
        root = None if finding else opened.head.root
        return Report(walk.edge.size, root, opened.signed_by, opened.witnessed, opened.unknown, finding)


def check_stored(
    stored: StoredLog,
    log: VerifierKey,
    policy: Policy = NO_POLICY,
    *,
    progress: Progress | None = None,
    visit: Visit | None = None,
    seams: Seams | None = None,
) -> Report:
    """Recompute a log in its own directory: up to its checkpoints, and on to all that is committed.

    The witnessed checkpoint, where there is one or the policy asks for one, is held against the policy and against
    the same tree. Raises OSError as `verify` does.
    """
    state = stored.state
    try:
        opened = stored_checkpoints(stored, log, policy)
    except BrokenError as broken:
        return Report(0, finding=broken.finding)
    heads = sorted((one.head for one in opened), key=lambda head: head.size)
    signed_by = tuple(dict.fromkeys(name for one in opened for name in one.signed_by))
    witnessed = tuple(each for one in opened for each in one.witnessed)
    unknown = sum(one.unknown for one in opened)
    with _Walk(stored, state.size, progress=progress, visit=visit, seams=seams, name=log.name) as walk:
        finding = walk.check([*heads, Head("state.json", state.size, state.root)])
        finding = finding or _mark_behind(walk.places, state.marks)
        root = None if finding else state.root
        return Report(walk.edge.size, root, signed_by, witnessed, unknown, finding)


def _mark_behind(places: Mapping[str, int], marks: Mapping[str, int]) -> Finding | None:
    for source, place in sorted(places.items()):
        if marks.get(source, -1) < place:
            return Finding("state.json", f"the mark of {source} lies before its last entry, at place {place}")
    return None


class _Walk:
    """One pass over the bundles, leaf to root."""

    def __init__(
        self,
        source: Source,
        size: int,
        *,
        progress: Progress | None,
        visit: Visit | None,
        seams: Seams | None,
        name: str,
    ) -> None:
        self.edge = Edge()
        self.places: dict[str, int] = {}
        self._source = source
        self._size = size
        self._progress = progress
        self._visit = visit
        self._seams = seams
        self._name = name
        self._begun: dict[str, int | None] = {}
        self._ids = UniqueIds()

    def __enter__(self) -> _Walk:
        return self

    def __exit__(self, *_: object) -> None:
        self._ids.__exit__(None, None, None)

    def check(self, heads: Iterable[Head]) -> Finding | None:
        """Go from head to head, the smallest first; the first finding, or None."""
        try:
            for head in heads:
                self._advance(head.size)
                if self.edge.root() != head.root:
                    message = f"its root is not that of the {head.size} entries and their tiles"
                    raise BrokenError(head.place, message)
            self._check_ids()
            for source in self.places:
                self._end_part(source)
        except BrokenError as broken:
            return broken.finding
        return None

    def _advance(self, size: int) -> None:
        while self.edge.size < size:
            index, start = divmod(self.edge.size, WIDTH)
            entries = self._bundle(index)[start : size - index * WIDTH]
            first = self.edge.size
            hashes = b"".join(map(leaf_hash, entries))
            edge, fresh = self.edge.extend(hashes)
            for tile in fresh:
                self._compare(tile)
            for position, entry in enumerate(entries, first):
                self._check_entry(entry, position)
            self.edge = edge
            if self._progress:
                self._progress(edge.size, self._size)

    def _bundle(self, index: int) -> list[bytes]:
        width = tiles.width_at(self._size, 0, index)
        path = tiles.path(ENTRIES, index, width)
        try:
            return tiles.unpack(self._source.bundle(index, width), width)
        except FileNotFoundError as error:
            raise BrokenError(path, f"it is missing; it holds the entries from {index * WIDTH}") from error
        except BundleError as error:
            raise BrokenError(f"{path}, entry {index * WIDTH + error.position}", str(error)) from error

    def _compare(self, tile: Tile) -> None:
        """Hold a recomputed tile, once it has its final width, against the stored one."""
        if tile.width != tiles.width_at(self._size, tile.level, tile.index):
            return
        try:
            stored = self._source.tile(tile.level, tile.index, tile.width)
        except FileNotFoundError as error:
            raise BrokenError(tile.path, "it is missing") from error
        if stored == tile.data:
            return
        if len(stored) != len(tile.data):
            raise BrokenError(tile.path, f"it has {len(stored)} bytes, {len(tile.data)} are right")
        at = _first_difference(stored, tile.data)
        if tile.level == 0:
            entry = tile.index * WIDTH + at
            bundle = tiles.path(ENTRIES, tile.index, tile.width)
            raise BrokenError(f"{bundle}, entry {entry}", f"it does not have the hash that {tile.path} states")
        raise BrokenError(f"{tile.path}, hash {at}", "it is not the root of the tile below")

    def _check_entry(self, entry: bytes, position: int) -> None:
        place = f"{tiles.path(ENTRIES, position // WIDTH, self._width(position))}, entry {position}"
        try:
            placed = check_entry(entry)
        except EntryError as error:
            raise BrokenError(place, str(error)) from error
        before = self.places.get(placed.source)
        if placed.before != before and not self._goes_on(before, placed.before):
            raise BrokenError(
                place,
                f"before: {placed.source} stood at {_shown(before)}, the entry says {_shown(placed.before)}: "
                "an entry is missing, doubled or out of order, or it is in another log that was not given",
            )
        if before is None or placed.before != before:
            self._end_part(placed.source)
            self._begun[placed.source] = placed.before
        self.places[placed.source] = placed.place
        self._ids.add(bytes.fromhex(placed.id), position)
        if self._visit:
            self._visit(position, placed)

    def _goes_on(self, here: int | None, before: int | None) -> bool:
        """Whether the places between may be in another log."""
        return self._seams is not None and before is not None and (here is None or before > here)

    def _end_part(self, source: str) -> None:
        if self._seams is not None and source in self.places:
            self._seams.add(source, Part(self._name, self._begun[source], self.places[source]))

    def _check_ids(self) -> None:
        repeated = self._ids.first_repeated()
        if repeated:
            later, earlier = repeated
            path = tiles.path(ENTRIES, later // WIDTH, self._width(later))
            raise BrokenError(f"{path}, entry {later}", f"id: entry {earlier} has the same one")

    def _width(self, position: int) -> int:
        return tiles.width_at(self._size, 0, position // WIDTH)


def _shown(place: int | None) -> str:
    return "no place" if place is None else str(place)


def _first_difference(stored: bytes, computed: bytes) -> int:
    """The first hash in which two different tiles of one width differ."""
    return next(at for at in range(len(computed)) if stored[at] != computed[at]) // HASH_BYTES
