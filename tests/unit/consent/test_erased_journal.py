"""The journal of the erased forgets nobody: neither at a restart nor when a line was cut off."""

import os
import stat
from pathlib import Path

import pytest

from services.consent.erasure.erased_journal import ErasedJournal, JournalNotWritten, Remembered

ONE, OTHER = "a" * 32, "b" * 32


def test_it_tells_what_was_carried_out_from_what_was_only_begun(tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "erased"
    journal = ErasedJournal(path)
    journal.begin(ONE)
    journal.carried_out(ONE)
    journal.begin(OTHER)
    assert ErasedJournal(path).remembered() == Remembered(frozenset({ONE}), frozenset({OTHER}))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_line_that_a_crash_cut_off_spoils_none_that_follows(tmp_path: Path) -> None:
    path = tmp_path / "erased"
    path.write_text(f"\n{ONE}\nbbbb")
    ErasedJournal(path).carried_out(OTHER)
    assert ErasedJournal(path).remembered().erased == {ONE, OTHER}


def test_an_erasure_only_appends_whatever_the_length_of_the_file(tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "erased"
    path.write_text("".join(f"\n{number:032x}" for number in range(1_000)))
    before, written = path.read_bytes(), []
    monkeypatch.setattr(
        os, "write", lambda descriptor, piece, write=os.write: written.append(len(piece)) or write(descriptor, piece)
    )
    journal = ErasedJournal(path)
    monkeypatch.setattr(Path, "read_text", lambda *_: pytest.fail("it was read"))
    journal.begin(ONE)
    journal.carried_out(ONE)
    assert (sum(written), path.read_bytes()[: len(before)]) == (len(f"\n?{ONE}\n{ONE}"), before)


def test_what_is_superfluous_is_left_out_at_a_start(tmp_path: Path) -> None:
    path = tmp_path / "erased"
    path.write_text(f"\n?{ONE}\n{ONE}\n?{OTHER}\nbbbb")
    journal = ErasedJournal(path)
    known = journal.remembered()
    journal.keep(known)
    assert path.read_text() == f"\n{ONE}\n?{OTHER}"
    assert journal.remembered() == known
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_it_tells_who_is_held_by_the_last_word_on_each(tmp_path: Path) -> None:
    path = tmp_path / "erased"
    journal = ErasedJournal(path)
    for alias in (ONE, OTHER):
        journal.hold(alias)
    journal.let_go(ONE)
    assert journal.remembered() == Remembered(held=frozenset({OTHER}))
    journal.keep(journal.remembered())
    assert path.read_text() == f"\n+{OTHER}"
    # who is erased is held no more
    journal.carried_out(OTHER)
    assert journal.remembered() == Remembered(frozenset({OTHER}))


def test_a_directory_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "secrets").write_text("a file")
    with pytest.raises(JournalNotWritten, match="must be writable"):
        ErasedJournal(tmp_path / "secrets" / "erased").begin(ONE)
