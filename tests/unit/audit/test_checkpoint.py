"""Checkpoints keep to C2SP tlog-checkpoint."""

import pytest

from services.audit.tlog.checkpoint import Checkpoint, CheckpointError, open_checkpoint
from services.audit.tlog.merkle import EMPTY_ROOT
from services.audit.tlog.note import SignerKey, sign_note
from tests.unit.audit.examples import SIGNER, VKEY

WITNESS = SignerKey("witness.example", b"w" * 32)
SPEC_TEXT = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"


def test_the_text_is_that_of_the_specification():
    checkpoint = Checkpoint.parse(SPEC_TEXT)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.text() == SPEC_TEXT


def test_extension_lines_are_kept():
    checkpoint = Checkpoint(VKEY.name, 0, EMPTY_ROOT, ("one", "two"))
    assert open_checkpoint(checkpoint.sign(SIGNER), VKEY) == checkpoint


def test_only_the_log_itself_can_sign_its_checkpoint():
    checkpoint = Checkpoint(VKEY.name, 0, EMPTY_ROOT)
    with pytest.raises(CheckpointError, match="no trusted key"):
        open_checkpoint(checkpoint.sign(WITNESS), VKEY)
    with pytest.raises(CheckpointError, match="is not signed by"):
        open_checkpoint(checkpoint.sign(WITNESS), VKEY, [WITNESS.verifier()])


def test_a_checkpoint_of_another_log_is_refused():
    checkpoint = Checkpoint("example.com/other", 0, EMPTY_ROOT)
    with pytest.raises(CheckpointError, match="of 'example"):
        open_checkpoint(checkpoint.sign(SIGNER), VKEY)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "origin\n1\n",
        "origin\n01\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "origin\n-1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "origin\n\u0661\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "origin\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n",
        "origin\n1\nAAAA\n",
        "\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        SPEC_TEXT + "\n",
        SPEC_TEXT + "\next\n",
        SPEC_TEXT[:-1],
    ],
)
def test_a_malformed_checkpoint_is_refused_even_if_signed(text):
    with pytest.raises(CheckpointError):
        Checkpoint.parse(text)
    if text.endswith("\n"):
        with pytest.raises(CheckpointError):
            open_checkpoint(sign_note(text, SIGNER).encode(), VKEY)


def test_a_line_that_holds_a_newline_is_not_signed():
    with pytest.raises(CheckpointError):
        Checkpoint("two\nlines", 1, EMPTY_ROOT).sign(SIGNER)
