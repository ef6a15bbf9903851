"""Cosignatures keep to C2SP tlog-cosignature."""

import base64
import hashlib
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

from services.audit.tlog.note import Note, NoteError, Signature, SignerKey, VerifierKey
from services.audit.witness.cosignature import (
    SIGNERS,
    QuantumSafeSigner,
    WitnessKey,
    WitnessSigner,
    cosigned_at,
    moment_of,
    parse_signer,
)
from tests.unit.audit.examples import SIGNER, VECTORS

TEXT = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
W = WitnessSigner("witness.example.com/w1", bytes(range(32)))
Q = QuantumSafeSigner("witness.example.com/w1", bytes(range(32)))
AT = 1_679_315_147


def test_the_signed_message_is_that_of_the_specification():
    # cosignature/v1, the time, then the checkpoint's text; the signature is the time in eight bytes, then Ed25519's
    line = W.cosign(TEXT, AT)
    assert line.value[:8] == AT.to_bytes(8, "big")
    message = f"cosignature/v1\ntime {AT}\n{TEXT}".encode()
    Ed25519PublicKey.from_public_bytes(W.verifier().public).verify(line.value[8:], message)
    assert cosigned_at(line) == AT


def test_the_message_that_ml_dsa_signs_is_that_of_the_specification():
    # the label, who cosigns, the time, whose log, then the bounds of the whole tree and its root
    line = Q.cosign(TEXT, AT)
    origin, size, root = TEXT.split("\n")[:3]
    named = [bytes([len(name)]) + name.encode() for name in (Q.name, origin)]
    message = b"subtree/v1\n\0" + named[0] + AT.to_bytes(8, "big") + named[1] + bytes(8)
    message += int(size).to_bytes(8, "big") + base64.b64decode(root)
    MLDSA44PublicKey.from_public_bytes(Q.verifier().public).verify(line.value[8:], message)
    assert (line.value[:8], cosigned_at(line)) == (AT.to_bytes(8, "big"), AT)


@pytest.mark.parametrize(("signer", "kind"), [(W, b"\x04"), (Q, b"\x06")])
def test_the_key_id_counts_the_type_of_cosignatures(signer, kind):
    material = kind + signer.verifier().public
    assert signer.verifier().id == hashlib.sha256(signer.name.encode() + b"\n" + material).digest()[:4]


@pytest.mark.parametrize("signer", [W, Q])
def test_keys_come_back_from_their_text(signer):
    assert WitnessKey.parse(signer.verifier().encode()) == signer.verifier()
    assert parse_signer(signer.encode()) == signer
    assert "seed" not in repr(signer)


def test_the_recommended_algorithm_comes_first():
    assert next(iter(SIGNERS)) == "ml-dsa-44"
    assert type(parse_signer(Q.encode())) is QuantumSafeSigner and type(parse_signer(W.encode())) is WitnessSigner


def test_a_private_key_that_is_none_is_refused_without_being_quoted():
    cut = Q.encode()[:-4]
    for text in (Q.verifier().encode(), cut, Q.encode().replace("w1+", "w2+")):
        with pytest.raises(NoteError) as refused:
            parse_signer(text)
        assert Q.encode().rpartition("+")[2][:20] not in str(refused.value)


def test_a_log_s_key_is_no_witness_s():
    with pytest.raises(NoteError, match="type 0x04 and 32 bytes"):
        WitnessKey.parse(SIGNER.verifier().encode())
    with pytest.raises(NoteError, match="type 0x01"):
        SignerKey.parse(W.encode())


@pytest.mark.parametrize("signer", [W, Q])
def test_a_cosignature_holds_for_its_text_time_and_key_alone(signer):
    key, value = signer.verifier(), signer.cosign(TEXT, AT).value
    assert key.verifies(TEXT, value)
    assert not key.verifies(TEXT.replace("3", "4", 1), value)
    assert not key.verifies(TEXT, (AT + 1).to_bytes(8, "big") + value[8:])
    assert not key.verifies(TEXT, value[8:])
    assert not type(signer)(signer.name, b"x" * 32).verifier().verifies(TEXT, value)


@pytest.mark.parametrize(
    ("name", "key", "at"),
    [("arche2025h1", 1, 1_779_573_024), ("coachandhorses2026h1", 2, 1_785_704_691)],
)
def test_a_public_witness_s_cosignature_of_a_public_log_holds_and_no_other_does(name, key, at):
    # Given a published checkpoint: one cosigned with Ed25519, one with ML-DSA-44
    note = Note.parse((VECTORS / f"{name}.checkpoint").read_bytes())
    witness = WitnessKey.parse((VECTORS / "keys").read_text().split()[key])
    (line,) = (line for line in note.signatures if (line.name, line.key_id) == (witness.name, witness.id))
    # Then it verifies, also among the signatures of keys that nobody knows, and states this time
    assert note.verified_by([witness]) == (witness,)
    assert cosigned_at(line) == at
    assert moment_of(at).year == 2026
    # And no other text, time, name or signature does
    origin, size, *rest = note.text.split("\n")
    assert not witness.verifies("\n".join([origin, str(int(size) + 1), *rest]), line.value)
    assert not witness.verifies(note.text, (at + 1).to_bytes(8, "big") + line.value[8:])
    assert not witness.verifies(note.text, line.value[:-1] + bytes([line.value[-1] ^ 1]))
    assert not witness.verifies("no checkpoint\n", line.value)
    assert WitnessKey.parse(witness.encode()) == witness


def test_a_public_log_s_own_key_signs_beside_its_witnesses():
    note = Note.parse((VECTORS / "arche2025h1.checkpoint").read_bytes())
    key = VerifierKey.parse((VECTORS / "keys").read_text().split()[0])
    assert note.verified_by([key]) == (key,)


def test_the_name_of_who_cosigns_with_ml_dsa_is_signed_and_extension_lines_are_not():
    note = Note.parse((VECTORS / "coachandhorses2026h1.checkpoint").read_bytes())
    witness = WitnessKey.parse((VECTORS / "keys").read_text().split()[2])
    (line,) = (line for line in note.signatures if line.key_id == witness.id)
    assert witness.verifies(note.text + "an extension\n", line.value)
    assert not replace(witness, name="witness.example/other").verifies(note.text, line.value)
    assert not replace(witness, name="w" * 256).verifies(note.text, line.value)


@pytest.mark.parametrize("signer", [W, Q])
@pytest.mark.parametrize("at", [0, 2**63, 2**64 - 1])
def test_a_cosignature_of_no_time_or_of_one_that_cannot_be_is_none(signer, at):
    assert not signer.verifier().verifies(TEXT, signer.cosign(TEXT, at).value)
    assert signer.verifier().verifies(TEXT, signer.cosign(TEXT, 2**63 - 1).value)
    assert moment_of(2**63 - 1) is None


def test_a_signature_of_another_length_states_no_time():
    with pytest.raises(NoteError, match="which none has"):
        cosigned_at(Signature(W.name, W.verifier().id, bytes(64)))
