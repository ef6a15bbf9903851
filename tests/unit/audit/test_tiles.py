"""Tiles and bundles keep to C2SP tlog-tiles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audit.tlog import tiles
from services.audit.tlog.merkle import inclusion_proof, leaf_hash, tree_root, verify_inclusion
from services.audit.tlog.tiles import BundleError, Edge, TileNodes


@pytest.mark.parametrize(
    ("level", "index", "width", "path"),
    [
        (0, 0, 256, "tile/0/000"),
        (0, 67, 5, "tile/0/067.p/5"),
        (1, 1067, 256, "tile/1/x001/067"),
        (0, 1234067, 256, "tile/0/x001/x234/067"),
        (0, 1234067, 8, "tile/0/x001/x234/067.p/8"),
        ("entries", 1000, 1, "tile/entries/x001/000.p/1"),
    ],
)
def test_the_path_is_that_of_the_specification(level, index, width, path):
    assert tiles.path(level, index, width) == path


def test_a_tree_of_70000_has_the_tiles_of_the_specification():
    shape = list(tiles.all_tiles(70_000))
    full = [(level, index) for level, index, width in shape if width == 256]
    partial = [(level, index, width) for level, index, width in shape if width < 256]
    assert len([each for each in full if each[0] == 0]) == 273
    assert [each for each in full if each[0] == 1] == [(1, 0)]
    assert partial == [(0, 273, 112), (1, 1, 17), (2, 0, 1)]


def test_a_tree_of_256_has_one_full_tile_and_one_of_one_hash():
    assert list(tiles.all_tiles(256)) == [(0, 0, 256), (1, 0, 1)]


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=20))
def test_entries_come_back_from_their_bundle(entries):
    assert tiles.unpack(tiles.pack(entries), len(entries)) == entries


@given(st.lists(st.binary(max_size=5), min_size=1, max_size=5), st.data())
def test_a_bundle_that_is_cut_or_too_long_names_its_entry(entries, data):
    bundle = tiles.pack(entries)
    cut = data.draw(st.integers(0, len(bundle) - 1))
    with pytest.raises(BundleError) as caught:
        tiles.unpack(bundle[:cut], len(entries))
    assert 0 <= caught.value.position < len(entries)
    with pytest.raises(BundleError):
        tiles.unpack(bundle + b"\0", len(entries))


def grown(count: int, steps: list[int]) -> tuple[Edge, dict[tuple[int, int], bytes]]:
    """The edge of a tree of `count` leaves grown in steps, and the widest of each tile."""
    edge, stored = Edge(), {}
    hashes = [leaf_hash(b"%d" % n) for n in range(count)]
    for step in [*steps, count]:
        edge, fresh = edge.extend(b"".join(hashes[edge.size : edge.size + step]))
        stored.update({(tile.level, tile.index): tile.data for tile in fresh})
    return edge, stored


@pytest.mark.parametrize("count", [0, 1, 255, 256, 257, 512, 70_000])
def test_the_edge_gives_the_root_of_all_leaves(count):
    edge, _ = grown(count, [1, 300, 256])
    assert edge.size == count
    assert edge.root() == tree_root(leaf_hash(b"%d" % n) for n in range(count))


def test_the_tiles_do_not_depend_on_the_batches():
    assert grown(2000, [1, 1, 254, 1, 500]) == grown(2000, [])


def test_the_tiles_are_those_that_the_specification_lists():
    _, stored = grown(70_000, [3])
    assert {(*place, len(data) // 32) for place, data in stored.items()} == set(tiles.all_tiles(70_000))


def test_the_edge_is_read_back_from_its_partial_tiles_alone():
    # Given the tiles of a tree
    edge, stored = grown(70_000, [])
    read = []

    def read_tile(level: int, index: int, width: int) -> bytes:
        read.append((level, index, width))
        return stored[level, index][: width * 32]

    # When its edge is read, then it is the same, from one tile a level
    assert Edge.read(70_000, read_tile) == edge
    assert read == [(0, 273, 112), (1, 1, 17), (2, 0, 1)]


@given(st.integers(1, 70_000), st.data())
def test_proofs_read_out_of_tiles_lead_to_the_root(size, data):
    index = data.draw(st.integers(0, size - 1))
    nodes = TileNodes(size, lambda level, tile, width: TILES[level, tile][: width * 32])
    proof = inclusion_proof(nodes, index, size)
    root = Edge.read(size, lambda level, tile, width: TILES[level, tile][: width * 32]).root()
    verify_inclusion(leaf_hash(b"%d" % index), index, size, proof, root)


_, TILES = grown(70_000, [])


def test_a_node_beyond_the_tree_is_refused():
    nodes = TileNodes(3, lambda *_: b"\0" * 96)
    with pytest.raises(IndexError):
        nodes(1, 1)


def test_completed_names_every_tile_that_became_full():
    assert list(tiles.completed(200, 600)) == [(0, 0), (0, 1)]
    assert list(tiles.completed(65_000, 65_600)) == [(0, 253), (0, 254), (0, 255), (1, 0)]
    assert list(tiles.completed(600, 600)) == []
