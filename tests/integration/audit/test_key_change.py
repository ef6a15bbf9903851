"""A log goes on under a new key, also when the change was interrupted; old proofs and the hand-over verify."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from services.audit.cli import audit
from services.audit.tlog import key_change
from services.audit.tlog.checkpoint import CheckpointError, open_checkpoint
from services.audit.tlog.export import export
from services.audit.tlog.key_change import KeyChangeError, change_key
from services.audit.tlog.lock import LockedError
from services.audit.tlog.log import LogError, open_log
from services.audit.tlog.note import SignerKey
from services.audit.tlog.proof import prove
from services.audit.tlog.sources import directory_source
from services.audit.tlog.stored import stored_log
from services.audit.tlog.verify import check_stored, verify
from tests.unit.audit.examples import SIGNER, SOURCE, VKEY, entries


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log of 300 entries with its key beside it, exported, and the proof of an entry."""
    (tmp_path / "log-key").write_text(SIGNER.encode())
    (tmp_path / "log-key").chmod(0o600)
    with open_log(tmp_path / "log", SIGNER) as log:
        log.append(entries(300), marks={SOURCE: 598}, sign=True)
        export(log.reader(), tmp_path / "out")
    return tmp_path


def test_the_log_goes_on_under_the_new_key_and_old_proofs_verify(log):
    old_proof = prove(stored_log(log / "log").nodes(), 7, stored_log(log / "log").checkpoint())
    # When the key is changed
    old, new = change_key(log / "log", log / "log-key")
    assert (old, new.name) == (VKEY, VKEY.name)
    assert new != old
    # Then both keys vouch for the hand-over
    handed_over = stored_log(log / "log").checkpoint()
    for key in (old, new):
        assert open_checkpoint(handed_over, key).size == 300
    # And the log goes on under the new one alone
    signer = SignerKey.parse((log / "log-key").read_text())
    with open_log(log / "log", signer) as appender:
        appender.append(entries(300, 300), marks={SOURCE: 1198}, sign=True)
        export(appender.reader(), log / "out")
        with pytest.raises(CheckpointError, match="no trusted key"):
            open_checkpoint(appender.checkpoint, old)
    assert check_stored(stored_log(log / "log"), new).sound
    assert verify(directory_source(log / "out"), new).entries == 600
    assert stored_log(log / "log").state.former == (old,)
    # And what was proven before still is
    assert old_proof.verify(entries(8)[7], old).size == 300
    # And the old key opens the log no more
    with pytest.raises(LogError, match="this log is of"), open_log(log / "log", SIGNER):
        pass


@pytest.mark.parametrize("committed", [False, True], ids=["before its commit", "after it"])
def test_a_change_that_was_interrupted_is_done_to_its_end(log, monkeypatch, committed):
    # Given a change that stops before its commit, or right after it
    real = key_change._hand_over

    def stopped(*given):
        if committed:
            real(*given)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(key_change, "_hand_over", stopped)
        with pytest.raises(KeyboardInterrupt):
            change_key(log / "log", log / "log-key")
    # When it is asked for again, then there is one new key
    old, new = change_key(log / "log", log / "log-key")
    assert old == VKEY
    assert SignerKey.parse((log / "log-key").read_text()).verifier() == new
    assert stored_log(log / "log").state.former == (VKEY,)
    assert sorted(path.name for path in log.glob("log-key*")) == ["log-key", f"log-key.{VKEY.id.hex()}"]


def test_the_key_of_another_log_changes_nothing(log):
    other = SignerKey(SIGNER.name, b"x" * 32)
    (log / "log-key").write_text(other.encode())
    with pytest.raises(KeyChangeError, match="this log is of"):
        change_key(log / "log", log / "log-key")
    assert stored_log(log / "log").state.key == VKEY


def test_a_running_log_keeps_its_key(log):
    with open_log(log / "log", SIGNER), pytest.raises(LockedError):
        change_key(log / "log", log / "log-key")


def test_the_command_prints_both_keys(log):
    done = CliRunner().invoke(audit, ["new-key", "--log", str(log / "log"), "--key", str(log / "log-key")])
    assert done.exit_code == 0, done.output
    assert VKEY.encode() in done.output
    assert stored_log(log / "log").state.key.encode() in done.output
    again = CliRunner().invoke(audit, ["new-key", "--log", str(log / "log"), "--key", str(log / "nothing")])
    assert again.exit_code == 2
