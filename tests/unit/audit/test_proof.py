"""One entry's proof keeps to C2SP tlog-proof."""

import pytest

from services.audit.tlog.checkpoint import CheckpointError
from services.audit.tlog.merkle import ProofError
from services.audit.tlog.note import SignerKey
from services.audit.tlog.proof import HEADER, Proof, prove
from tests.unit.audit.examples import VKEY, entries, log_of

ENTRIES = entries(300)
LOG = log_of(ENTRIES)


def proof_of(index: int, extra: bytes | None = None) -> Proof:
    return prove(LOG.reader().nodes(), index, LOG.checkpoint, extra)


@pytest.mark.parametrize("index", [0, 1, 255, 256, 299])
@pytest.mark.parametrize("extra", [None, b"", b"more"])
def test_a_proof_comes_back_from_its_text_and_holds(index, extra):
    text = proof_of(index, extra).encode()
    proof = Proof.parse(text)
    assert proof.encode() == text
    assert proof.extra == extra
    assert proof.verify(ENTRIES[index], VKEY).size == 300


def test_the_text_is_that_of_the_specification():
    lines = proof_of(299, b"more").encode().decode().split("\n")
    assert lines[:3] == [HEADER, "extra bW9yZQ==", "index 299"]
    blank = lines.index("")
    assert "\n".join(lines[blank + 1 :]).encode() == LOG.checkpoint


def test_the_proof_of_the_only_entry_has_no_hash():
    log = log_of(ENTRIES[:1])
    proof = Proof.parse(prove(log.reader().nodes(), 0, log.checkpoint).encode())
    assert proof.hashes == ()
    assert proof.verify(ENTRIES[0], VKEY).size == 1


def test_a_proof_does_not_hold_for_another_entry_index_or_key():
    proof = proof_of(7)
    with pytest.raises(ProofError):
        proof.verify(ENTRIES[8], VKEY)
    with pytest.raises(ProofError):
        Proof(8, proof.hashes, proof.checkpoint).verify(ENTRIES[7], VKEY)
    with pytest.raises(CheckpointError):
        proof.verify(ENTRIES[7], SignerKey(VKEY.name, b"x" * 32).verifier())


def test_a_checkpoint_that_does_not_cover_the_entry_proves_nothing():
    with pytest.raises(ProofError, match="300"):
        proof_of(300)


def test_every_changed_byte_of_a_proof_is_noticed():
    text = proof_of(7).encode()
    for at in range(len(text)):
        changed = text[:at] + bytes([text[at] ^ 1]) + text[at + 1 :]
        with pytest.raises((ProofError, CheckpointError)):
            Proof.parse(changed).verify(ENTRIES[7], VKEY)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"c2sp.org/tlog-proof@v2\nindex 0\n\nx",
        b"c2sp.org/tlog-proof@v1\n\nx",
        b"c2sp.org/tlog-proof@v1\nindex 01\n\nx",
        b"c2sp.org/tlog-proof@v1\nindex 1\nextra AAAA\n\nx",
        b"c2sp.org/tlog-proof@v1\nindex 1\nAAAA\n\nx",
        b"c2sp.org/tlog-proof@v1\nindex 1\n" + 64 * (b"A" * 43 + b"=\n") + b"\nx",
        "c2sp.org/tlog-proof@v1\nindex 1\nä\n\nx".encode(),
    ],
)
def test_a_malformed_proof_is_refused(text):
    with pytest.raises(ProofError):
        Proof.parse(text)
