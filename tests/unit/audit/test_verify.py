"""The verifier finds whatever was changed, taken out or put in, and names the place."""

from dataclasses import replace

import pytest

from services.audit.tlog import canonical, tiles
from services.audit.tlog.entry import complete
from services.audit.tlog.log import Log
from services.audit.tlog.note import Note, SignerKey
from services.audit.tlog.sources import Files
from services.audit.tlog.stored import StoredLog, load_state
from services.audit.tlog.tiles import ENTRIES
from services.audit.tlog.verify import check_stored, verify
from services.audit.witness.cosignature import WitnessSigner
from services.audit.witness.policy import Group, Policy, Witness
from tests.unit.audit.breaking_disk import BreakingDisk
from tests.unit.audit.examples import SIGNER, SOURCE, VKEY, entries, leaf, log_of

EXAMPLE = entries(600)


def published(log: Log) -> dict[str, bytes]:
    """The static files of a log."""
    reader = log.reader()
    files = {"checkpoint": reader.checkpoint(), "vkey": reader.vkey().encode()}
    for level, index, width in tiles.all_tiles(log.size):
        files[tiles.path(level, index, width)] = reader.tile(level, index, width)
        if level == 0:
            files[tiles.path(ENTRIES, index, width)] = reader.bundle(index, width)
    return files


def source_of(files: dict[str, bytes]) -> Files:
    def fetch(path: str, limit: int) -> bytes:
        if path not in files:
            raise FileNotFoundError(path)
        return files[path]

    return Files(fetch)


def finding_of(files: dict[str, bytes]):
    return verify(source_of(files), VKEY).finding


FILES = published(log_of(EXAMPLE))
SMALL = published(log_of(entries(3)))


def test_a_sound_log_is_found_sound():
    log = log_of(EXAMPLE)
    report = verify(source_of(FILES), VKEY)
    assert report.sound
    assert (report.entries, report.root, report.signed_by) == (600, log.root, (VKEY.name,))


def test_an_empty_log_is_sound():
    log = Log(BreakingDisk(), SIGNER)
    log.sign()
    assert verify(source_of(published(log)), VKEY).sound


@pytest.mark.parametrize("path", sorted(SMALL.keys() - {"vkey"}))
def test_every_flipped_byte_is_found(path):
    # Given a small log, each of its files, each of its bytes
    for at in range(len(SMALL[path])):
        for flip in (0x01, 0x80, 0x20):
            data = SMALL[path]
            changed = data[:at] + bytes([data[at] ^ flip]) + data[at + 1 :]
            # When it is flipped, then there is a finding
            assert finding_of({**SMALL, path: changed}), f"{path} byte {at} flipped by {flip:#x}"


@pytest.mark.parametrize("path", sorted(FILES.keys() - {"vkey"}))
def test_flipped_bytes_are_found_on_every_level(path):
    data = FILES[path]
    for at in range(0, len(data), max(1, len(data) // 40)):
        changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        assert finding_of({**FILES, path: changed}), f"{path} byte {at}"


@pytest.mark.parametrize("path", sorted(FILES.keys() - {"vkey"}))
def test_a_missing_cut_or_longer_file_is_found_and_named(path):
    missing = {each: data for each, data in FILES.items() if each != path}
    assert path.partition(".p/")[0] in finding_of(missing).place
    assert "missing" in finding_of(missing).message
    assert finding_of({**FILES, path: FILES[path][:-1]})
    assert finding_of({**FILES, path: FILES[path] + b"\0"})


def test_the_first_broken_entry_is_named():
    # Given a log in which entry 300 was rewritten
    bundle = tiles.unpack(FILES["tile/entries/001"], 256)
    bundle[44] = bundle[44].replace(b"scored", b"stored")
    # When it is verified, then that entry is named
    finding = finding_of({**FILES, "tile/entries/001": tiles.pack(bundle)})
    assert finding.place == "tile/entries/001, entry 300"
    assert "tile/0/001" in finding.message


def test_a_tile_of_a_wrong_length_is_named():
    finding = finding_of({**FILES, "tile/0/001": FILES["tile/0/001"] + b"\0"})
    assert (finding.place, finding.message) == ("tile/0/001", "it has 8193 bytes, 8192 are right")


def test_an_upper_tile_that_does_not_fit_is_named():
    data = FILES["tile/1/000.p/2"]
    finding = finding_of({**FILES, "tile/1/000.p/2": data[:32] + data[:32]})
    assert finding.place == "tile/1/000.p/2, hash 1"


def test_a_checkpoint_of_another_tree_is_found():
    # Given two logs of the same key and size: a fork
    other = log_of([*entries(599), complete(leaf(9999), SOURCE, 2000, 1196)])
    # When one is shown with the checkpoint of the other
    finding = finding_of({**FILES, "checkpoint": other.checkpoint})
    # Then it is found
    assert finding.place == "checkpoint"


def test_a_log_signed_by_another_key_is_found():
    impostor = SignerKey(VKEY.name, b"x" * 32)
    report = verify(source_of(FILES), impostor.verifier())
    assert (report.finding.place, report.entries) == ("checkpoint", 0)


W1, W2 = (WitnessSigner(f"witness.example/{n}", bytes([n]) * 32) for n in (1, 2))
POLICY = Policy({"one": Witness("one", W1.verifier()), "two": Witness("two", W2.verifier())}, {}, "one")
BOTH = replace(POLICY, groups={"both": Group(2, ("one", "two"))}, quorum="both")


def cosigned(checkpoint: bytes, *witnesses: WitnessSigner) -> bytes:
    note = Note.parse(checkpoint)
    return Note(
        note.text, (*note.signatures, *(each.cosign(note.text, 1_800_000_000) for each in witnesses))
    ).encode()


def witnessed_finding(checkpoint: bytes, policy: Policy, files: dict[str, bytes] = SMALL):
    return verify(source_of({**files, "checkpoint": checkpoint}), VKEY, policy)


def test_a_cosigned_log_is_sound_and_its_witnesses_are_named():
    report = witnessed_finding(cosigned(SMALL["checkpoint"], W1, W2), BOTH)
    assert report.sound
    assert report.signed_by == (VKEY.name, W1.name, W2.name)
    assert report.witnessed == ((W1.name, 1_800_000_000), (W2.name, 1_800_000_000))


def test_signatures_of_unknown_witnesses_are_counted_and_prove_nothing():
    report = witnessed_finding(
        cosigned(SMALL["checkpoint"], W2), replace(POLICY, witnesses={"one": POLICY.witnesses["one"]})
    )
    assert report.finding.message.endswith("lacking: one")
    report = verify(source_of({**SMALL, "checkpoint": cosigned(SMALL["checkpoint"], W1)}), VKEY)
    assert (report.sound, report.unknown_signatures) == (True, 1)


@pytest.mark.parametrize(("policy", "witnesses"), [(POLICY, ()), (POLICY, (W2,)), (BOTH, (W1,))])
def test_a_checkpoint_without_the_required_cosignatures_is_found(policy, witnesses):
    report = witnessed_finding(cosigned(SMALL["checkpoint"], *witnesses), policy)
    assert report.finding.place == "checkpoint"
    assert "quorum of witnesses" in report.finding.message


def test_every_flipped_byte_of_a_cosigned_checkpoint_is_found():
    # Given a checkpoint with the cosignatures that the policy requires
    data = cosigned(SMALL["checkpoint"], W1, W2)
    for at in range(len(data)):
        for flip in (0x01, 0x80, 0x20):
            # When a byte of it is flipped, then there is a finding
            changed = data[:at] + bytes([data[at] ^ flip]) + data[at + 1 :]
            assert witnessed_finding(changed, BOTH).finding, f"byte {at} flipped by {flip:#x}"


def test_a_log_shown_in_two_forms_never_reaches_a_quorum_of_both_witnesses():
    # Given a fork: two trees of one size, each signed by the log and each shown to one witness
    left, right = log_of(entries(3)), log_of([*entries(2), complete(leaf(9999), SOURCE, 2000, 2)])
    for shown, witness in ((left, W1), (right, W2)):
        # Then neither is sound for who asks for both
        files = published(shown)
        assert witnessed_finding(cosigned(files["checkpoint"], witness), BOTH, files).finding
    # And the cosignature of the one does not pass under the other
    one, other = Note.parse(cosigned(left.checkpoint, W1)), Note.parse(cosigned(right.checkpoint, W2))
    forged = Note(one.text, (*one.signatures, other.signatures[1])).encode()
    assert "wrong" in witnessed_finding(forged, BOTH, published(left)).finding.message


@pytest.mark.parametrize(
    ("batch", "place", "reason"),
    [
        ([b"{}"], 0, "missing: "),
        ([entries(1)[0] + b" "], 0, "canonical"),
        ([b"\xff"], 0, "not JSON"),
        ([*entries(2), *entries(1, start=3)], 2, "missing, doubled or out of order"),
        ([*entries(2), entries(2)[1]], 2, "missing, doubled or out of order"),
        ([entries(2)[1]], 0, "stood at no place"),
        ([*entries(2), complete(leaf(0), "outbox/consent", 5, None)], 2, "entry 0 has the same one"),
    ],
)
def test_an_entry_that_should_not_have_been_taken_is_found(batch, place, reason):
    finding = finding_of(published(log_of(batch)))
    assert finding.place == f"tile/entries/000.p/{len(batch)}, entry {place}"
    assert reason in finding.message


def test_several_sources_are_kept_apart():
    batch = [
        complete(leaf(1), "a/0", 5, None),
        complete(leaf(2), "b/0", 5, None),
        complete(leaf(3), "a/0", 9, 5),
        complete(leaf(4), "b/0", 6, 5),
    ]
    assert finding_of(published(log_of(batch))) is None


def test_a_partial_file_that_a_full_one_replaced_is_cut_from_it():
    # Given a checkpoint of 600 beside the files of 900 entries, the partial ones gone
    later = published(log_of(entries(900)))
    kept = {path: data for path, data in FILES.items() if "002" not in path}
    # When the log of 600 is verified, then the full files serve
    files = {**later, **kept, "tile/1/000.p/2": FILES["tile/1/000.p/2"]}
    assert finding_of(files) is None


def stored(disk: BreakingDisk) -> StoredLog:
    state = load_state(disk)
    assert state is not None
    return StoredLog(disk, state)


def test_the_check_on_disk_goes_on_beyond_the_checkpoint():
    # Given a log signed at 600 that runs ahead to 900
    disk = BreakingDisk()
    log_of(EXAMPLE, disk).append(entries(300, start=600), marks={SOURCE: 1798})
    # Then all 900 are checked
    report = check_stored(stored(disk), VKEY)
    assert report.sound
    assert report.entries == 900
    # And what lies beyond the checkpoint is found when it is changed
    path = "tile/entries/003.p/132"
    disk.seen[path] = disk.seen[path][:-1] + b"!"
    assert check_stored(stored(disk), VKEY).finding.place == f"{path}, entry 899"


def test_the_check_on_disk_holds_the_witnessed_checkpoint_against_the_same_tree():
    disk = BreakingDisk()
    log = log_of(EXAMPLE, disk)
    assert check_stored(stored(disk), VKEY, POLICY).finding.place == "witnessed/checkpoint"
    disk.seen["witnessed/checkpoint"] = cosigned(log.checkpoint, W1)
    report = check_stored(stored(disk), VKEY, POLICY)
    assert (report.sound, report.signed_by) == (True, (VKEY.name, W1.name))
    # Another tree of the same size, signed and cosigned, is found also without a policy
    other = log_of([*entries(599), complete(leaf(9999), SOURCE, 2000, 1196)])
    disk.seen["witnessed/checkpoint"] = cosigned(other.checkpoint, W1)
    assert check_stored(stored(disk), VKEY).finding.place == "witnessed/checkpoint"


def test_a_log_directory_behind_its_witnessed_checkpoint_is_found():
    disk = BreakingDisk()
    log_of(entries(300), disk)
    disk.seen["witnessed/checkpoint"] = cosigned(FILES["checkpoint"], W1)
    assert "600 were witnessed" in check_stored(stored(disk), VKEY, POLICY).finding.message


def test_a_mark_behind_the_entries_is_found_on_disk():
    disk = BreakingDisk()
    Log(disk, SIGNER).append(EXAMPLE, marks={SOURCE: 5}, sign=True)
    finding = check_stored(stored(disk), VKEY).finding
    assert finding.place == "state.json"
    assert "1198" in finding.message


def test_progress_is_told():
    told = []
    verify(source_of(FILES), VKEY, progress=lambda done, size: told.append((done, size)))
    assert told == [(256, 600), (512, 600), (600, 600)]


def test_an_entry_nested_too_deep_is_a_finding():
    nested: canonical.Json = 1
    for _ in range(100):
        nested = [nested]
    finding = finding_of(published(log_of([b"[" * 100 + b"1" + b"]" * 100])))
    assert "deeper" in finding.message
