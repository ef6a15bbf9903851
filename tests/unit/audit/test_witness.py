"""The witness keeps to C2SP tlog-witness: it cosigns one history of a log, and never less than it has cosigned."""

from hashlib import sha256

import pytest

from services.audit.tlog.checkpoint import Checkpoint
from services.audit.tlog.entry import complete
from services.audit.tlog.merkle import consistency_proof
from services.audit.tlog.note import Note, Signature, SignerKey
from services.audit.witness.add_checkpoint import AddCheckpoint, RequestError
from services.audit.witness.cosignature import WitnessSigner, cosigned_at
from services.audit.witness.witness import HEADS, Refused, Witness, WitnessError
from tests.unit.audit.breaking_disk import BreakingDisk
from tests.unit.audit.examples import SIGNER, SOURCE, VKEY, entries, leaf, log_of

W = WitnessSigner("witness.example/1", b"w" * 32)
AT = 1_800_000_000


def witness(disk: BreakingDisk | None = None) -> Witness:
    return Witness(disk or BreakingDisk(), W, [VKEY], lambda: AT + 0.9)


def request(size: int, old: int = 0, batch: list[bytes] | None = None) -> bytes:
    """What the log asks when it has grown from `old` to `size`."""
    log = log_of(batch or entries(size))
    proof = consistency_proof(log.reader().nodes(), old, size)
    return AddCheckpoint(old, tuple(proof), log.checkpoint).encode()


def refused(one: Witness, body: bytes) -> tuple[int, int | None]:
    with pytest.raises(Refused) as caught:
        one.add_checkpoint(body)
    return caught.value.status, caught.value.size


def forked(size: int) -> list[bytes]:
    """Another history of the same size."""
    return [*entries(size - 1), complete(leaf(9999), SOURCE, 2000, 2 * size - 4)]


def test_a_request_comes_back_from_its_body():
    body = request(600, 300)
    assert AddCheckpoint.parse(body).encode() == body
    assert body.startswith(b"old 300\n")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 1\n",
        b"old 01\n\nx",
        b"old -1\n\nx",
        b"size 1\n\nx",
        b"old 1\nAAAA\n\nx",
        "old 1\nä\n\nx".encode(),
        b"old 1\n" + 64 * (b"A" * 43 + b"=\n") + b"\nx",
    ],
)
def test_a_malformed_request_is_answered_400(body):
    with pytest.raises(RequestError):
        AddCheckpoint.parse(body)
    assert refused(witness(), body) == (400, None)


@pytest.mark.parametrize("steps", [(1, 2, 3), (3, 256, 600), (5, 5), (300, 301, 512)])
def test_a_log_that_grows_is_cosigned_at_each_step(steps):
    one, old = witness(), 0
    for size in steps:
        line = Signature.parse(one.add_checkpoint(request(size, old)).decode().removesuffix("\n"))
        text = Note.parse(log_of(entries(size)).checkpoint).text
        assert W.verifier().verifies(text, line.value)
        assert int.from_bytes(line.value[:8], "big") == AT
        assert one.head(VKEY.name).size == size
        old = size


def test_the_cosignature_leaves_only_after_it_is_durable():
    # Given a witness that cosigned 3 entries, and loses power with everything that was not synced
    disk = BreakingDisk()
    witness(disk).add_checkpoint(request(3))
    # When it starts again, then it knows the 3
    assert witness(disk.rebooted("power")).head(VKEY.name).size == 3
    # And a disk that takes nothing cosigns nothing
    full = disk.rebooted("power")
    full.full_at = 1
    with pytest.raises(OSError, match="No space left"):
        witness(full).add_checkpoint(request(5, 3))
    assert witness(full.rebooted("power")).head(VKEY.name).size == 3


def test_a_rolled_back_checkpoint_is_refused_with_the_size_that_was_cosigned():
    one = witness()
    one.add_checkpoint(request(600))
    # Given a log that was set back to 300 entries, whatever it says of the size before
    assert refused(one, request(300)) == (409, 600)
    assert refused(one, AddCheckpoint(600, (), log_of(entries(300)).checkpoint).encode()) == (400, None)


def test_a_wrong_old_size_is_answered_409_with_the_right_one():
    one = witness()
    one.add_checkpoint(request(300))
    assert refused(one, request(600, 299)) == (409, 300)
    assert refused(one, request(600)) == (409, 300)


def test_a_fork_of_the_same_size_is_refused_and_kept_as_evidence():
    disk = BreakingDisk()
    one = witness(disk)
    one.add_checkpoint(request(300))
    body = request(300, 300, forked(300))
    assert refused(one, body) == (422, None)
    kept = [data for path, data in disk.seen.items() if path.startswith("refused/")]
    assert kept == [AddCheckpoint.parse(body).checkpoint]
    assert one.head(VKEY.name).root == log_of(entries(300)).root


def test_a_fork_that_has_grown_on_is_refused():
    one = witness()
    one.add_checkpoint(request(300, 0, forked(300)))
    assert refused(one, request(600, 300)) == (422, None)


def test_a_forked_log_shown_to_two_witnesses_is_cosigned_by_one_of_them_at_each_size():
    # Given two witnesses, and a log that shows each of them another history
    left, right = witness(), witness()
    left.add_checkpoint(request(300))
    right.add_checkpoint(request(300, 0, forked(300)))
    # Then neither history is cosigned by both, now or after it has grown
    assert refused(right, request(300, 300)) == (422, None)
    assert refused(left, request(300, 300, forked(300))) == (422, None)
    assert refused(right, request(600, 300)) == (422, None)


@pytest.mark.parametrize("drop", [0, 1, -1])
def test_a_wrong_consistency_proof_is_answered_422(drop):
    one = witness()
    one.add_checkpoint(request(300))
    good = AddCheckpoint.parse(request(600, 300))
    proof = list(good.proof)
    del proof[drop]
    assert refused(one, AddCheckpoint(300, tuple(proof), good.checkpoint).encode()) == (422, None)


def test_a_proof_from_nothing_must_be_empty():
    good = AddCheckpoint.parse(request(300))
    assert refused(witness(), AddCheckpoint(0, (bytes(32),), good.checkpoint).encode()) == (422, None)


def test_an_empty_log_has_the_root_of_the_empty_tree():
    one = witness()
    odd = Checkpoint(VKEY.name, 0, bytes(32)).sign(SIGNER)
    assert refused(one, AddCheckpoint(0, (), odd).encode()) == (422, None)
    empty = Checkpoint(VKEY.name, 0, log_of([]).root).sign(SIGNER)
    assert one.add_checkpoint(AddCheckpoint(0, (), empty).encode())
    assert refused(one, AddCheckpoint(0, (), odd).encode()) == (422, None)
    assert one.add_checkpoint(request(3))


def test_a_larger_checkpoint_never_states_an_earlier_time_whatever_the_clock_does():
    times, disk = iter([AT + 10, AT, AT + 11]), BreakingDisk()

    def cosigned(size: int, old: int) -> int:
        one = Witness(disk, W, [VKEY], lambda: next(times))
        return cosigned_at(Signature.parse(one.add_checkpoint(request(size, old)).decode().rstrip("\n")))

    assert [cosigned(3, 0), cosigned(5, 3), cosigned(9, 5)] == [AT + 10, AT + 10, AT + 11]


def test_monitors_are_shown_the_last_checkpoint_with_the_log_s_signature_and_ours_and_no_other():
    one, other = witness(), SignerKey("example.com/other", b"x" * 32)
    name = sha256(VKEY.name.encode()).hexdigest()
    assert one.shown(name) is None
    body = request(300)
    line = one.add_checkpoint(body + other.sign("another text\n").encode().encode())
    note = Note.parse(AddCheckpoint.parse(body).checkpoint)
    assert one.shown(name) == note.encode() + line
    assert one.shown(sha256(b"example.com/other").hexdigest()) is None
    # And after a restart
    assert one.shown(name) == witness(one._storage).shown(name)


def test_an_unknown_log_is_answered_404_and_a_wrong_key_403():
    other = SignerKey("example.com/other", b"x" * 32)
    stated = Checkpoint(other.name, 0, log_of([]).root)
    assert refused(witness(), AddCheckpoint(0, (), stated.sign(other)).encode()) == (404, None)
    impostor = SignerKey(VKEY.name, b"x" * 32)
    stated = Checkpoint(VKEY.name, 0, log_of([]).root)
    assert refused(witness(), AddCheckpoint(0, (), stated.sign(impostor)).encode()) == (403, None)


def test_a_known_key_with_a_signature_that_does_not_hold_is_answered_403_whatever_stands_beside_it():
    # Given a checkpoint that the log has signed, and a second line under the name and id of the same key
    good = AddCheckpoint.parse(request(3)).checkpoint
    name, value = Note.parse(good).signatures[0].name, Note.parse(good).signatures[0].value
    spoilt = Signature(name, VKEY.id, value[:-1] + bytes([value[-1] ^ 1]))
    for checkpoint in (Note(Note.parse(good).text, (spoilt,)).encode(), good + spoilt.encode().encode()):
        one = witness()
        assert refused(one, AddCheckpoint(0, (), checkpoint).encode()) == (403, None)
        assert one.head(VKEY.name) is None


def test_the_signature_is_judged_before_sizes_and_proofs():
    # Given a stranger who signs under the log's name, then what the witness has cosigned is not told
    one = witness()
    one.add_checkpoint(request(300))
    forged = Checkpoint(VKEY.name, 600, bytes(32)).sign(SignerKey(VKEY.name, b"x" * 32))
    for old in (0, 300, 900):
        assert refused(one, AddCheckpoint(old, (), forged).encode()) == (403, None)


@pytest.mark.parametrize("note", [b"no note", b"origin\n1\nAAAA\n\n\xe2\x80\x94 x AAAAAAAA\n"])
def test_what_is_no_checkpoint_is_answered_400(note):
    assert refused(witness(), AddCheckpoint(0, (), note).encode()) == (400, None)


def test_both_keys_of_a_log_are_known_while_it_changes_its_key():
    fresh = SignerKey(SIGNER.name, b"n" * 32)
    one = Witness(BreakingDisk(), W, [VKEY, fresh.verifier()], lambda: AT)
    one.add_checkpoint(request(3))
    log = log_of(entries(5))
    stated = Checkpoint(VKEY.name, 5, log.root).sign(fresh)
    proof = consistency_proof(log.reader().nodes(), 3, 5)
    assert one.add_checkpoint(AddCheckpoint(3, tuple(proof), stated).encode())


@pytest.mark.parametrize("damage", [b"", b"[]", b'{"v": 1, "heads": {}}'])
def test_a_damaged_state_is_never_cosigned_from(damage):
    disk = BreakingDisk()
    witness(disk).add_checkpoint(request(3))
    disk.seen[HEADS] = damage
    with pytest.raises(WitnessError, match="never an older one"):
        witness(disk)


def test_every_flipped_byte_of_the_state_is_noticed():
    disk = BreakingDisk()
    witness(disk).add_checkpoint(request(3))
    good = disk.seen[HEADS]
    for at in range(len(good)):
        disk.seen[HEADS] = good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :]
        with pytest.raises(WitnessError):
            witness(disk)
