"""Cosignatures keep to C2SP tlog-cosignature."""

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from services.audit.tlog.note import NoteError, Signature, SignerKey
from services.audit.witness.cosignature import WitnessKey, WitnessSigner, cosigned_at
from tests.unit.audit.examples import SIGNER

TEXT = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
W = WitnessSigner("witness.example.com/w1", bytes(range(32)))
AT = 1_679_315_147


def test_the_signed_message_is_that_of_the_specification():
    # cosignature/v1, the time, then the checkpoint's text; the signature is the time in eight bytes, then Ed25519's
    line = W.cosign(TEXT, AT)
    assert line.value[:8] == AT.to_bytes(8, "big")
    message = f"cosignature/v1\ntime {AT}\n{TEXT}".encode()
    Ed25519PublicKey.from_public_bytes(W.verifier().public).verify(line.value[8:], message)
    assert cosigned_at(line) == AT


def test_the_key_id_counts_the_type_of_cosignatures():
    material = b"\x04" + W.verifier().public
    assert W.verifier().id == hashlib.sha256(W.name.encode() + b"\n" + material).digest()[:4]


def test_keys_come_back_from_their_text():
    assert WitnessKey.parse(W.verifier().encode()) == W.verifier()
    assert WitnessSigner.parse(W.encode()) == W
    assert "seed" not in repr(W)


def test_a_log_s_key_is_no_witness_s():
    with pytest.raises(NoteError, match="type 0x04"):
        WitnessKey.parse(SIGNER.verifier().encode())
    with pytest.raises(NoteError, match="type 0x01"):
        SignerKey.parse(W.encode())


def test_a_cosignature_holds_for_its_text_time_and_key_alone():
    value = W.cosign(TEXT, AT).value
    assert W.verifier().verifies(TEXT, value)
    assert not W.verifier().verifies(TEXT.replace("3", "4", 1), value)
    assert not W.verifier().verifies(TEXT, (AT + 1).to_bytes(8, "big") + value[8:])
    assert not W.verifier().verifies(TEXT, value[8:])
    assert not WitnessSigner(W.name, b"x" * 32).verifier().verifies(TEXT, value)


def test_a_signature_of_another_length_states_no_time():
    with pytest.raises(NoteError, match="not 72"):
        cosigned_at(Signature(W.name, W.verifier().id, bytes(64)))
