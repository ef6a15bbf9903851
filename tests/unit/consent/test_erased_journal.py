"""The journal of the erased forgets nobody: neither at a restart nor when a line was cut off."""

import stat
from pathlib import Path

from services.consent.erasure.erased_journal import ErasedJournal

ONE, OTHER = "a" * 32, "b" * 32


def test_it_remembers_each_once_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "erased"
    journal = ErasedJournal(path)
    journal.add([ONE])
    journal.add([ONE, OTHER])
    assert journal.aliases == ErasedJournal(path).aliases == {ONE, OTHER}
    assert path.read_text().split() == [ONE, OTHER]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_line_that_a_crash_cut_off_spoils_none_that_follows(tmp_path: Path) -> None:
    path = tmp_path / "erased"
    path.write_text(f"\n{ONE}\nbbbb")
    journal = ErasedJournal(path)
    assert journal.aliases == {ONE}
    journal.add([OTHER])
    assert ErasedJournal(path).aliases == {ONE, OTHER}
