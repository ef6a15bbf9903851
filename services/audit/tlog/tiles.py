"""Tiles and entry bundles: the tree and the entries as static, immutable files.

Source: C2SP tlog-tiles (https://c2sp.org/tlog-tiles). A tile holds 1 to 256 hashes of 32 bytes, a bundle as
many entries, each behind its length as a big-endian uint16. Only the last of a level is partial; its path
ends in its width.
"""

from __future__ import annotations

import struct
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from services.audit.tlog.merkle import HASH_BYTES, Frontier, parents, perfect_root

WIDTH = 256
TILE_BYTES = WIDTH * HASH_BYTES
MAX_ENTRY_BYTES = 0xFFFF
MAX_BUNDLE_BYTES = WIDTH * (2 + MAX_ENTRY_BYTES)
ENTRIES = "entries"

_LENGTH = struct.Struct(">H")


class BundleError(ValueError):
    """An entry bundle cannot be read; `position` is the first entry of the bundle that is broken."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


def directory(level: int | str, index: int) -> str:
    """tile/<level>/x001/x234/067, a path without its width; the level `entries` is that of bundles."""
    groups = [f"{index % 1000:03d}"]
    while index := index // 1000:
        groups.append(f"x{index % 1000:03d}")
    return f"tile/{level}/{'/'.join(reversed(groups))}"


def path(level: int | str, index: int, width: int = WIDTH) -> str:
    """The path of a tile or bundle; a partial one ends in .p/<width>."""
    full = directory(level, index)
    return full if width == WIDTH else f"{full}.p/{width}"


def width_at(size: int, level: int, index: int) -> int:
    """How many hashes this tile holds in a log of `size` entries; 0 means that there is no such tile."""
    if level < 0 or index < 0:
        return 0
    return max(0, min(WIDTH, (size >> (8 * level)) - index * WIDTH))


def all_tiles(size: int) -> Iterator[tuple[int, int, int]]:
    """Every (level, index, width) of a log of `size` entries, level by level from the leaves."""
    level = 0
    while count := size >> (8 * level):
        for index in range(-(-count // WIDTH)):
            yield level, index, width_at(size, level, index)
        level += 1


def completed(before: int, after: int) -> Iterator[tuple[int, int]]:
    """Every (level, index) of a tile that became full while the log grew from one size to the other."""
    level = 0
    while full := after >> (8 * (level + 1)):
        for index in range(before >> (8 * (level + 1)), full):
            yield level, index
        level += 1


def pack(entries: Iterable[bytes]) -> bytes:
    """The bundle of these entries; each has at most 65,535 bytes."""
    return b"".join([part for entry in entries for part in (_LENGTH.pack(len(entry)), entry)])


def unpack(bundle: bytes, width: int) -> list[bytes]:
    """The `width` entries of a bundle; BundleError if it ends early or late."""
    entries: list[bytes] = []
    at, end = 0, len(bundle)
    while at < end and len(entries) < width:
        start = at + 2
        at = start + _LENGTH.unpack_from(bundle, at)[0] if start <= end else end + 1
        if at > end:
            raise BundleError("the entry is longer than what is left of its bundle", len(entries))
        entries.append(bundle[start:at])
    if len(entries) < width:
        raise BundleError(f"the bundle ends after {len(entries)} of {width} entries", len(entries))
    if at != end:
        raise BundleError(f"{end - at} bytes follow the last entry of the bundle", width - 1)
    return entries


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile to be stored or compared: its level, its index in the level and its concatenated hashes."""

    level: int
    index: int
    data: bytes

    @property
    def width(self) -> int:
        """The number of hashes, 1 to 256."""
        return len(self.data) // HASH_BYTES

    @property
    def path(self) -> str:
        """Where it lies below the log's prefix."""
        return path(self.level, self.index, self.width)


@dataclass(frozen=True, slots=True)
class Edge:
    """The right edge of a log: its size and, level by level, the concatenated hashes of the partial tile.

    It is all that an append needs, at most 255 hashes a level, and is never changed in place.
    """

    size: int = 0
    partial: tuple[bytes, ...] = ()

    def extend(self, leaf_hashes: bytes) -> tuple[Edge, list[Tile]]:
        """The edge after these concatenated leaf hashes, and every tile that is new or has become wider."""
        tiles: list[Tile] = []
        partial = list(self.partial)
        rising, level = leaf_hashes, 0
        while rising:
            if level == len(partial):
                partial.append(b"")
            data = partial[level] + rising
            first = (self.size >> (8 * level)) // WIDTH
            full = len(data) // TILE_BYTES
            fresh = [Tile(level, first + n, data[n * TILE_BYTES : (n + 1) * TILE_BYTES]) for n in range(full)]
            partial[level] = data[full * TILE_BYTES :]
            rising = b"".join([perfect_root(tile.data) for tile in fresh])
            tiles += fresh
            if partial[level]:
                tiles.append(Tile(level, first + full, partial[level]))
            level += 1
        return Edge(self.size + len(leaf_hashes) // HASH_BYTES, tuple(partial)), tiles

    def frontier(self) -> Frontier:
        """The roots of the perfect subtrees at the right edge."""
        roots = [root for hashes in reversed(self.partial) for root in _perfect_subtrees(hashes)]
        return Frontier(self.size, tuple(roots))

    def root(self) -> bytes:
        """The root of the tree."""
        return self.frontier().root()

    @classmethod
    def read(cls, size: int, read_tile: Callable[[int, int, int], bytes]) -> Edge:
        """The edge of a stored log by reading one partial tile a level."""
        partial: list[bytes] = []
        while count := size >> (8 * len(partial)):
            level, width = len(partial), count % WIDTH
            partial.append(read_tile(level, count // WIDTH, width) if width else b"")
        return cls(size, tuple(partial))


def _perfect_subtrees(hashes: bytes) -> Iterator[bytes]:
    """The roots of the perfect subtrees of a partial tile, the largest first."""
    at, width = 0, len(hashes) // HASH_BYTES
    for level in range(7, -1, -1):
        if width >> level & 1:
            end = at + (HASH_BYTES << level)
            yield perfect_root(hashes[at:end])
            at = end


class TileNodes:
    """Reads a node of the tree (see merkle) out of tiles, each fetched once as long as it is remembered.

    `read_tile(level, index, width)` gives a tile's bytes. Up to `remembered` tiles of 16 KiB stay in memory.
    """

    def __init__(self, size: int, read_tile: Callable[[int, int, int], bytes], remembered: int = 64) -> None:
        self.size = size
        self._read_tile = read_tile
        self._remembered = remembered
        self._layers: OrderedDict[tuple[int, int], list[bytes]] = OrderedDict()

    def __call__(self, level: int, index: int) -> bytes:
        """The hash of node (level, index); IndexError if the tree does not hold that perfect subtree."""
        if (index + 1) << level > self.size:
            raise IndexError(f"a tree of {self.size} entries has no node ({level}, {index})")
        tile_level, height = divmod(level, 8)
        tile_index, position = divmod(index, WIDTH >> height)
        layer = self._tile(tile_level, tile_index)[height]
        return layer[position * HASH_BYTES : (position + 1) * HASH_BYTES]

    def _tile(self, level: int, index: int) -> list[bytes]:
        layers = self._layers.get((level, index))
        if layers is None:
            layers = _layers(self._read_tile(level, index, width_at(self.size, level, index)))
            self._layers[level, index] = layers
            if len(self._layers) > self._remembered:
                self._layers.popitem(last=False)
        return layers


def _layers(hashes: bytes) -> list[bytes]:
    """The hashes of a tile and of the perfect subtrees above them, height 0 to 7."""
    layers = [hashes]
    for _ in range(7):
        hashes = parents(hashes[: len(hashes) // 64 * 64])
        layers.append(hashes)
    return layers
