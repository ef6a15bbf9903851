"""The log on disk: batches, the right edge, and what a crash or a full disk leaves."""

import errno
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.audit.tlog import tiles
from services.audit.tlog.checkpoint import open_checkpoint
from services.audit.tlog.log import Log, LogError, StoreError
from services.audit.tlog.merkle import leaf_hash, tree_root
from services.audit.tlog.note import SignerKey
from services.audit.tlog.state import StateError
from services.audit.tlog.stored import StoredLog
from services.audit.tlog.tiles import ENTRIES, Edge
from tests.unit.audit.breaking_disk import BreakingDisk, CrashError
from tests.unit.audit.examples import SIGNER, VKEY

BATCHES = (3, 250, 10, 0, 600, 1, 166)
TOTAL = sum(BATCHES)
FEED = [b"entry %d" % n for n in range(TOTAL)]


def feed(log: Log, batches: tuple[int, ...] = BATCHES) -> int:
    """Append from where the log's own mark stands, as its service does; gives the size acknowledged last."""
    for batch in batches:
        start = log.state.marks.get("s", -1) + 1
        end = min(TOTAL, start + batch)
        marks = {"s": end - 1} if end > start else {}
        log.append(FEED[start:end], marks=marks, offsets={"s": end}, sign=True)
    return log.size


def content(stored: StoredLog) -> dict[str, bytes]:
    """Every tile and bundle that the log states."""
    files = {}
    for level, index, width in tiles.all_tiles(stored.state.size):
        files[tiles.path(level, index, width)] = stored.tile(level, index, width)
        if level == 0:
            files[tiles.path(ENTRIES, index, width)] = stored.bundle(index, width)
    return files


def entries_of(stored: StoredLog) -> list[bytes]:
    return [stored.entry(index) for index in range(stored.state.size)]


TWIN_DISK = BreakingDisk()
TWIN = Log(TWIN_DISK, SIGNER)
feed(TWIN)
TWIN_CONTENT = content(TWIN.reader())
OPERATIONS = TWIN_DISK.operations


def check_whole(log: Log) -> None:
    """The log equals the twin that never crashed, byte for byte."""
    assert log.root == TWIN.root
    assert content(log.reader()) == TWIN_CONTENT
    assert open_checkpoint(log.checkpoint, VKEY).size == TOTAL


def feed_until_crash(disk: BreakingDisk, acknowledged: int) -> int:
    """Feed until the disk crashes; what is acknowledged by then."""
    try:
        log = Log(disk, SIGNER)
        assert log.size >= acknowledged, "what was acknowledged is lost"
        for batch in (97, 3, 250, 160):
            acknowledged = feed(log, (batch,))
    except CrashError:
        return acknowledged
    return acknowledged


def partial_ones(disk: BreakingDisk) -> set[str]:
    """The tiles and bundles of which partial files lie about."""
    return {path.partition(".p/")[0] for path in disk.seen if ".p/" in path}


def test_a_batch_is_appended_and_stated():
    log = Log(BreakingDisk(), SIGNER)
    assert log.append(FEED[:3]) == range(3)
    assert log.append(FEED[3:300]) == range(3, 300)
    assert log.root == tree_root(leaf_hash(each) for each in FEED[:300])
    assert entries_of(log.reader()) == FEED[:300]


def test_the_checkpoint_covers_what_it_states_while_the_log_runs_ahead():
    # Given a log that is signed at 3 and goes on to 300
    log = Log(BreakingDisk(), SIGNER)
    log.append(FEED[:3], sign=True)
    log.append(FEED[3:300])
    # Then its checkpoint is that of 3, and the tiles of that size are still to be had
    stated = open_checkpoint(log.checkpoint, VKEY)
    assert stated.size == 3
    edge = Edge.read(3, log.reader().tile)
    assert edge.root() == stated.root
    assert log.reader().bundle(0, 3) == tiles.pack(FEED[:3])
    # When it signs, then the checkpoint states all
    assert open_checkpoint(log.sign(), VKEY).root == log.root


def test_signing_twice_at_one_size_gives_one_checkpoint():
    disk = BreakingDisk()
    log = Log(disk, SIGNER)
    empty = log.sign()
    assert open_checkpoint(empty, VKEY).size == 0
    writes = len(disk.writes)
    assert log.sign() == empty
    assert len(disk.writes) == writes


def test_the_layout_does_not_depend_on_the_batches():
    log = Log(BreakingDisk(), SIGNER)
    log.append(FEED)
    assert content(log.reader()) == TWIN_CONTENT


def test_a_full_tile_is_written_once_and_replaces_its_partial_ones():
    written = [path for path in TWIN_DISK.writes if ".p/" not in path and path.startswith("tile/")]
    assert len(written) == len(set(written))
    assert partial_ones(TWIN_DISK) == {"tile/0/004", "tile/1/000", "tile/entries/004"}


def test_opening_and_appending_read_the_right_edge_only():
    # Given a log of several bundles
    disk = BreakingDisk(TWIN_DISK.seen)
    # When it is opened and appended to
    log = Log(disk, SIGNER)
    log.append([b"one more"])
    # Then the state and the partial tiles and bundle were read, nothing else
    assert sorted(disk.reads) == ["state.json", "tile/0/004.p/6", "tile/1/000.p/4", "tile/entries/004.p/6"]


def test_marks_and_offsets_come_back():
    disk = BreakingDisk()
    log = Log(disk, SIGNER)
    log.append([b"a"], marks={"x": 4}, offsets={"x": 5, "y": 1})
    log.append([b"b"], marks={"z": 0}, offsets={"y": 9})
    state = Log(disk.rebooted("power"), SIGNER).state
    assert state.marks == {"x": 4, "z": 0}
    assert state.offsets == {"x": 5, "y": 9}


def test_what_was_gone_before_it_was_read_stays_known():
    disk = BreakingDisk()
    log = Log(disk, SIGNER)
    log.append([], offsets={"x": 9}, lost={"x": (5, 9)})
    log.append([], offsets={"x": 30}, lost={"x": (20, 30), "y": (0, 2)})
    assert Log(disk.rebooted("power"), SIGNER).state.lost == {"x": ((5, 9), (20, 30)), "y": ((0, 2),)}


def test_numbers_that_came_twice_stay_known_and_never_swell_the_state():
    disk = BreakingDisk()
    log = Log(disk, SIGNER)
    log.append([], displaced={"outbox/consent": [7, 3]})
    log.append([], displaced={"outbox/consent": [7], "outbox/intake": range(1_000)})
    kept = Log(disk.rebooted("power"), SIGNER).state.displaced
    assert kept == {"outbox/consent": (3, 7), "outbox/intake": tuple(range(100))}


def test_offsets_move_on_without_an_entry():
    log = Log(BreakingDisk(), SIGNER)
    assert log.append([], offsets={"x": 5}) == range(0)
    assert log.state.offsets == {"x": 5}


@pytest.mark.parametrize("batch", [[b""], [b"fine", b"x" * 65_536]])
def test_an_entry_of_a_wrong_size_is_refused_with_its_batch(batch):
    log = Log(BreakingDisk(), SIGNER)
    with pytest.raises(LogError, match=f"entry {len(batch) - 1} of the batch"):
        log.append(batch)
    assert log.size == 0
    assert log.append([b"x" * 65_535]) == range(1)


def test_a_mark_never_falls():
    log = Log(BreakingDisk(), SIGNER)
    log.append([b"a"], marks={"x": 4})
    with pytest.raises(LogError, match="from 4 to 3"):
        log.append([b"b"], marks={"x": 3})
    assert log.size == 1


def test_a_log_of_another_key_is_refused():
    disk = BreakingDisk(TWIN_DISK.seen)
    with pytest.raises(LogError, match=r"this log is of example\.com"):
        Log(disk, SignerKey(SIGNER.name, b"x" * 32))


@pytest.mark.parametrize("mode", ["killed", "power", "mixed", "mixed again"])
def test_a_crash_at_any_operation_leaves_a_log_that_continues(mode):
    for crash_at in range(1, OPERATIONS + 1):
        # Given a log whose disk stops at this operation
        disk = BreakingDisk(crash_at=crash_at)
        acknowledged = 0
        with pytest.raises(CrashError):
            log = Log(disk, SIGNER)
            for batch in BATCHES:
                acknowledged = feed(log, (batch,))
        # When it is opened again
        survivor = disk.rebooted(mode)
        log = Log(survivor, SIGNER)
        # Then nothing acknowledged is lost, nothing is half there, and it goes on to the same log
        assert log.size >= acknowledged
        assert log.size == log.state.marks.get("s", -1) + 1
        assert log.root == tree_root(leaf_hash(each) for each in FEED[: log.size])
        if mode == "killed":
            full = {tiles.directory(*place) for place in tiles.completed(0, log.size)}
            assert not full & partial_ones(survivor)
        feed(log, (TOTAL,))
        check_whole(log)


def test_a_write_that_is_torn_at_any_byte_leaves_a_log_that_continues():
    # Given a small log, and every write of its next batch
    before = BreakingDisk()
    feed(Log(before, SIGNER), (3,))
    whole = BreakingDisk(before.seen)
    writes: list[tuple[int, int]] = []
    write = whole.write

    def counted(path: str, data: bytes) -> None:
        writes.append((whole.operations + 1, len(data)))
        write(path, data)

    whole.write = counted
    Log(whole, SIGNER).append(FEED[3:5], marks={"s": 4})
    assert len(writes) == 3
    for crash_at, length in writes:
        for torn_at in range(length + 1):
            # When the disk stops after this byte of it
            disk = BreakingDisk(before.seen, crash_at, torn_at=torn_at)
            with pytest.raises(CrashError):
                Log(disk, SIGNER).append(FEED[3:5], marks={"s": 4})
            # Then the log is as it was, and goes on
            log = Log(disk.rebooted("killed"), SIGNER)
            assert (log.size, log.root) == (3, tree_root(map(leaf_hash, FEED[:3])))
            log.append(FEED[3:5], marks={"s": 4})
            assert entries_of(log.reader()) == FEED[:5]


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(["killed", "power", "a", "b", "c"]), st.integers(1, 40)), max_size=8))
def test_any_row_of_crashes_leaves_the_same_log(crashes):
    disk, acknowledged = BreakingDisk(), 0
    for mode, crash_at in crashes:
        disk = disk.rebooted(mode, crash_at)
        acknowledged = feed_until_crash(disk, acknowledged)
    log = Log(disk.rebooted("killed"), SIGNER)
    assert log.size >= acknowledged
    feed(log, (TOTAL,))
    check_whole(log)


@pytest.mark.parametrize("refusal", [errno.ENOSPC, errno.EROFS, errno.EIO], ids=["full", "read-only", "failing"])
def test_a_store_that_takes_no_write_is_said_and_loses_nothing(refusal):
    for full_at in range(1, 40):
        # Given a log of 253 entries whose store refuses from some operation on
        disk = BreakingDisk()
        feed(Log(disk, SIGNER), BATCHES[:2])
        full = BreakingDisk(disk.seen, full_at=full_at)
        full.refusal = refusal
        log = Log(full, SIGNER)
        # When a batch does not fit, then that is said, and the log takes nothing more
        try:
            log.append(FEED[253:900], marks={"s": 899}, sign=True)
        except StoreError as error:
            assert os.strerror(refusal) in str(error)
            assert "the 253 entries before are safe" in str(error) or "all 900 entries are safe" in str(error)
            with pytest.raises(StoreError, match="an earlier write failed"):
                log.append([b"more"])
        # When it takes writes again, then it goes on
        log = Log(full.rebooted("killed"), SIGNER)
        assert log.size in (253, 900)
        feed(log, (TOTAL,))
        check_whole(log)


@pytest.mark.parametrize("path", ["state.json", "tile/0/004.p/6", "tile/1/000.p/4", "tile/entries/004.p/6"])
def test_a_damaged_right_edge_is_not_continued(path):
    files = dict(TWIN_DISK.seen)
    files[path] = files[path][:20] + bytes([files[path][20] ^ 1]) + files[path][21:]
    with pytest.raises((LogError, StateError, ValueError)):
        Log(BreakingDisk(files), SIGNER)


def test_a_missing_right_edge_is_not_continued():
    files = {path: data for path, data in TWIN_DISK.seen.items() if not path.startswith("tile/0/")}
    with pytest.raises(LogError, match="cannot be read"):
        Log(BreakingDisk(files), SIGNER)


def test_nothing_beyond_the_committed_size_can_be_read():
    reader = TWIN.reader()
    for question in (
        lambda: reader.tile(0, 5, 1),
        lambda: reader.tile(0, 4, 7),
        lambda: reader.tile(7, 0, 1),
        lambda: reader.tile(-1, 0, 1),
        lambda: reader.bundle(0, 0),
        lambda: reader.entry(TOTAL),
    ):
        with pytest.raises(FileNotFoundError):
            question()
