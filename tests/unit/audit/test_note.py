"""Signed notes keep to C2SP signed-note, its own examples and those of Go's note package included."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.audit.tlog.note import Note, NoteError, SignerKey, VerifierKey, sign_note

SPEC_VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
SPEC_NOTE = """This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
""".encode()
GO_SKEY = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
GO_LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
ALICE, BOB = SignerKey("example.com/alice", b"a" * 32), SignerKey("example.com/bob", b"b" * 32)


def test_the_example_of_the_specification_verifies():
    key = VerifierKey.parse(SPEC_VKEY)
    note = Note.parse(SPEC_NOTE)
    assert note.verified_by([key]) == (key,)
    assert key.encode() == SPEC_VKEY
    assert note.encode() == SPEC_NOTE


def test_the_example_of_go_is_written_to_the_letter():
    signer = SignerKey.parse(GO_SKEY)
    assert signer.encode() == GO_SKEY
    assert signer.verifier().encode() == GO_VKEY
    assert sign_note(GO_TEXT, signer).encode() == f"{GO_TEXT}\n{GO_LINE}".encode()


def test_an_unknown_signature_is_kept_and_not_trusted():
    # Given a note of two keys, one of them known
    note = Note.parse(sign_note("text\n", ALICE, BOB).encode())
    # When it is verified, then only the known one counts and both stay
    assert note.verified_by([BOB.verifier()]) == (BOB.verifier(),)
    assert [each.name for each in note.signatures] == [ALICE.name, BOB.name]


def test_a_note_that_no_trusted_key_signed_is_refused():
    with pytest.raises(NoteError, match="no trusted key"):
        sign_note("text\n", ALICE).verified_by([BOB.verifier()])


def test_a_wrong_signature_of_a_known_key_refuses_the_whole_note():
    note = sign_note("text\n", ALICE, BOB)
    forged = Note("texT\n", (sign_note("texT\n", ALICE).signatures[0], note.signatures[1]))
    with pytest.raises(NoteError, match=r"example\.com/bob.*wrong"):
        forged.verified_by([ALICE.verifier(), BOB.verifier()])


def test_a_key_of_the_same_name_is_another_key():
    impostor = SignerKey(ALICE.name, b"x" * 32)
    with pytest.raises(NoteError, match="no trusted key"):
        sign_note("text\n", impostor).verified_by([ALICE.verifier()])


def test_text_with_empty_lines_ends_at_the_last_one():
    note = Note.parse(sign_note("a\n\nb\n\n\nc\n", ALICE).encode())
    assert note.text == "a\n\nb\n\n\nc\n"
    assert note.verified_by([ALICE.verifier()])


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "blank line"),
        (b"text\n", "blank line"),
        (b"text\n\n", "blank line"),
        ("text\n\n— a AAAAAAA=".encode(), "blank line"),
        (b"text\n\n- a AAAAAAA=\n", "em dash"),
        ("text\n\n— a b AAAAAAA=\n".encode(), "Base 64"),
        ("text\n\n— a+b AAAAAAA=\n".encode(), "plus"),
        ("text\n\n— a AAAA\n".encode(), "too short"),
        ("text\n\n— a AAAAAAB=\n".encode(), "canonical"),
        ("te\txt\n\n— a AAAAAAA=\n".encode(), "control character"),
        (b"\xff\n\n", "UTF-8"),
        (b"text\n\n" + 101 * "— a AAAAAAA=\n".encode(), "101 signatures"),
    ],
)
def test_a_malformed_note_is_refused_with_its_reason(data, reason):
    with pytest.raises(NoteError, match=reason):
        Note.parse(data)


@pytest.mark.parametrize(
    "vkey",
    ["", "a+b", GO_VKEY.replace("c74f20a3", "c74f20a4"), GO_VKEY + "A", "a b+c74f20a3+AAAA", SPEC_VKEY[:-4]],
)
def test_a_malformed_key_is_refused(vkey):
    with pytest.raises(NoteError):
        VerifierKey.parse(vkey)


def test_a_private_key_is_never_shown():
    assert "61" * 8 not in repr(ALICE)
    assert repr(ALICE.seed) not in repr(ALICE)
    with pytest.raises(NoteError) as caught:
        SignerKey.parse(GO_SKEY.replace("c74f20a3", "c74f20a4"))
    assert "YEKFALVFGyNhPJ" not in str(caught.value)


@given(st.text(alphabet=st.characters(codec="utf-8", min_codepoint=0x20) | st.just("\n"), max_size=40))
@settings(max_examples=40)
def test_any_text_comes_back_from_a_note(text):
    note = sign_note(text + "\n", ALICE, BOB)
    assert Note.parse(note.encode()) == note
    assert note.verified_by([ALICE.verifier()]) == (ALICE.verifier(),)


@pytest.mark.parametrize("text", ["no newline", "tab\t\n", "nul\0\n"])
def test_what_cannot_be_a_note_is_not_signed(text):
    with pytest.raises(NoteError):
        sign_note(text, ALICE)
