"""The log on this machine's real file system: lock, durability calls, full and read-only stores, export."""

import os
import signal
import subprocess
import sys

import pytest

from services.audit.tlog import tiles
from services.audit.tlog.disk import LocalDisk
from services.audit.tlog.export import ExportError, export
from services.audit.tlog.lock import LockedError
from services.audit.tlog.log import Log, StoreError, open_log
from services.audit.tlog.note import SignerKey
from services.audit.tlog.sources import directory_source
from services.audit.tlog.stored import stored_log
from services.audit.tlog.verify import check_stored, verify
from tests.unit.audit.examples import SIGNER, SOURCE, VKEY, entries

HOLD = """
import sys, time
from pathlib import Path
from services.audit.tlog.log import open_log
from services.audit.tlog.note import SignerKey
with open_log(Path(sys.argv[1]), SignerKey.parse(sys.argv[2])) as log:
    log.append([b"mine"])
    print("held", flush=True)
    time.sleep(600)
"""


def test_a_log_comes_back_when_it_is_opened_again(tmp_path):
    with open_log(tmp_path / "new" / "log", SIGNER) as log:
        log.append(entries(300), marks={SOURCE: 598}, sign=True)
        root = log.root
    with open_log(tmp_path / "new" / "log", SIGNER) as log:
        assert (log.size, log.root) == (300, root)
        log.append(entries(10, start=300), marks={SOURCE: 618})
    assert check_stored(stored_log(tmp_path / "new" / "log"), VKEY).entries == 310


def test_replaced_partial_files_are_removed(tmp_path):
    with open_log(tmp_path, SIGNER) as log:
        for start in range(0, 300, 50):
            log.append(entries(50, start=start))
    left = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.p"))
    assert left == ["tile/0/001.p", "tile/1/000.p", "tile/entries/001.p"]


def test_a_second_appender_in_another_process_is_refused_until_the_first_is_gone(tmp_path):
    # Given another process that appends
    arguments = [sys.executable, "-c", HOLD, str(tmp_path), SIGNER.encode()]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "held\n"
        try:
            # When a second one starts, then it is told who holds the log
            with (
                pytest.raises(LockedError, match=f"already has its appender .process {other.pid}"),
                open_log(tmp_path, SIGNER),
            ):
                pytest.fail("two appenders at once")
        finally:
            # When the first is killed, then nothing stands in the way
            other.send_signal(signal.SIGKILL)
    with open_log(tmp_path, SIGNER) as log:
        assert log.size == 1


def test_a_reader_needs_no_lock(tmp_path):
    with open_log(tmp_path, SIGNER) as log:
        log.append(entries(5), marks={SOURCE: 8}, sign=True)
        assert check_stored(stored_log(tmp_path), VKEY).sound


def test_a_disk_that_is_really_full_loses_nothing(tmp_path):
    # Given a log whose process may not write files of more than 4 KiB
    with open_log(tmp_path, SIGNER) as log:
        log.append(entries(3), marks={SOURCE: 4}, sign=True)
    script = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from services.audit.tlog.log import StoreError, open_log\n"
        "from services.audit.tlog.note import SignerKey\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "with open_log(Path(sys.argv[1]), SignerKey.parse(sys.argv[2])) as log:\n"
        "    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        "    try:\n"
        "        log.append([b'x' * 60000], sign=True)\n"
        "    except StoreError as error:\n"
        "        print(error)\n"
    )
    arguments = [sys.executable, "-c", script, str(tmp_path), SIGNER.encode()]
    said = subprocess.run(arguments, capture_output=True, text=True, check=True)
    # Then that is said, and the log goes on where it was
    assert "File too large" in said.stdout
    assert "the 3 entries before are safe" in said.stdout
    with open_log(tmp_path, SIGNER) as log:
        assert log.size == 3
        log.append(entries(2, start=3), marks={SOURCE: 8}, sign=True)
    assert check_stored(stored_log(tmp_path), VKEY).sound


def test_a_store_gone_read_only_is_said(tmp_path):
    class ReadOnly(LocalDisk):
        """A store as a read-only mount answers; a test may run as root, whom permissions do not stop."""

        def write(self, path: str, data: bytes) -> None:
            raise OSError(30, os.strerror(30))

    with open_log(tmp_path, SIGNER) as log:
        log.append(entries(3), marks={SOURCE: 4}, sign=True)
    log = Log(ReadOnly(tmp_path), SIGNER)
    with pytest.raises(StoreError, match="Read-only file system"):
        log.append(entries(1, start=3))


def test_an_export_is_static_files_of_the_checkpoint_only(tmp_path):
    # Given a log that runs ahead of its checkpoint
    with open_log(tmp_path / "log", SIGNER) as log:
        log.append(entries(300), marks={SOURCE: 598}, sign=True)
        log.append(entries(300, start=300), marks={SOURCE: 1198})
    # When it is exported
    checkpoint = export(stored_log(tmp_path / "log"), tmp_path / "out")
    # Then the files are those of the checkpoint's size, and they verify
    assert checkpoint.size == 300
    written = {str(each.relative_to(tmp_path / "out")) for each in (tmp_path / "out").rglob("*") if each.is_file()}
    hashes = {tiles.path(*tile) for tile in tiles.all_tiles(300)}
    bundles = {"tile/entries/000", "tile/entries/001.p/44"}
    assert written == {"checkpoint", "vkey"} | hashes | bundles
    report = verify(directory_source(tmp_path / "out"), VKEY)
    assert report.sound
    assert report.entries == 300


def test_an_export_writes_no_full_file_twice_and_mends_one_that_is_cut(tmp_path):
    out, full = tmp_path / "out", ("tile/0/000", "tile/entries/000", "tile/0/001", "tile/entries/001")
    with open_log(tmp_path / "log", SIGNER) as log:
        log.append(entries(300), marks={SOURCE: 598}, sign=True)
        export(log.reader(), out)
        # Given full files of an earlier export, one of them cut short
        (out / full[1]).write_bytes((out / full[1]).read_bytes()[:-1])
        before = {path: (out / path).stat().st_ino for path in full[:2]}
        log.append(entries(300, start=300), marks={SOURCE: 1198}, sign=True)
        # When the log is exported again
        export(log.reader(), out)
    # Then only what was not there whole is written, and of what is full now no part is left
    assert [(out / path).stat().st_ino == before[path] for path in full[:2]] == [True, False]
    left = {each.name for each in out.rglob("*.p")}
    assert (left, verify(directory_source(out), VKEY).entries) == ({"002.p", "000.p"}, 600)
    assert not (out / "tile" / "0" / "001.p").exists()
    assert not list(out.rglob("*.new"))


def test_an_export_is_brought_up_to_date_and_never_mixed(tmp_path):
    with open_log(tmp_path / "log", SIGNER) as log:
        with pytest.raises(ExportError, match="not signed a checkpoint"):
            export(log.reader(), tmp_path / "out")
        log.append(entries(300), marks={SOURCE: 598}, sign=True)
        export(log.reader(), tmp_path / "out")
        log.append(entries(300, start=300), marks={SOURCE: 1198}, sign=True)
        export(log.reader(), tmp_path / "out")
    assert verify(directory_source(tmp_path / "out"), VKEY).entries == 600
    with open_log(tmp_path / "other", SignerKey.generate("example.com/other")) as other:
        other.sign()
        with pytest.raises(ExportError, match="another log"):
            export(other.reader(), tmp_path / "out")
        with pytest.raises(ExportError, match="not empty"):
            export(other.reader(), tmp_path / "log")
