"""Other people's tools verify the log: Go's sumdb/note and tlog by a small program, and Tessera's fsck.

Both are built with the Go toolchain, their modules coming from its module proxy.
"""

import subprocess
from pathlib import Path

import pytest

from services.audit.tlog.export import export
from services.audit.tlog.log import open_log
from services.audit.tlog.proof import prove
from services.audit.tlog.stored import stored_log
from tests.integration.go import LIMIT_SECONDS, build, run_interop
from tests.unit.audit.examples import SIGNER

pytestmark = pytest.mark.go

TESSERA = "github.com/transparency-dev/tessera/cmd/fsck@v1.0.4"
SOUND = "Successfully fsck'd log"


@pytest.fixture(scope="module")
def fsck(tmp_path_factory) -> Path:
    """Tessera's fsck, built."""
    directory = tmp_path_factory.mktemp("tessera")
    build(["install", TESSERA], directory, GOBIN=str(directory))
    return directory / "fsck"


def exported(directory: Path, size: int) -> Path:
    """A log of this size, grown in uneven batches, written as static files."""
    with open_log(directory / "log", SIGNER) as log:
        batch = [b"entry %d" % n for n in range(size)]
        for start in range(0, size, 1 + size // 3):
            log.append(batch[start : start + 1 + size // 3])
        log.sign()
        export(log.reader(), directory / "out")
    return directory / "out"


def run_fsck(fsck: Path, out: Path) -> str:
    """What fsck says; it exits with 0 whatever it finds."""
    arguments = ["--ui=false", "-N=4", f"--storage_url=file://{out}", f"--public_key={out / 'vkey'}"]
    done = subprocess.run([fsck, *arguments], capture_output=True, text=True, check=False, timeout=LIMIT_SECONDS)
    return done.stdout + done.stderr


def tampered(path: Path) -> None:
    """Flip one byte in the middle of a file."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("size", [1, 256, 600])
def test_go_verifies_checkpoint_entries_tiles_and_our_proofs(interop, tmp_path, size):
    # Given an exported log, and our proofs of some entries
    out = exported(tmp_path, size)
    log = stored_log(tmp_path / "log")
    proofs = []
    for index in sorted({0, size // 2, size - 1}):
        path = tmp_path / f"{index}.tlog-proof"
        path.write_bytes(prove(log.nodes(), index, log.checkpoint()).encode())
        proofs.append(path)
    # When Go checks them, then all hold
    done = run_interop(interop, out, *proofs)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"verified {size} entries and {len(proofs)} proofs\n"


@pytest.mark.parametrize("name", ["checkpoint", "tile/entries/000", "tile/0/001", "tile/1/000.p/2"])
def test_go_refuses_a_changed_log(interop, tmp_path, name):
    out = exported(tmp_path, 600)
    tampered(out / name)
    assert run_interop(interop, out).returncode != 0


@pytest.mark.parametrize("size", [1, 256, 65_800])
def test_tessera_finds_the_log_sound(fsck, tmp_path, size):
    assert SOUND in run_fsck(fsck, exported(tmp_path, size))


def test_tessera_finds_a_changed_log_broken(fsck, tmp_path):
    out = exported(tmp_path, 600)
    tampered(out / "tile" / "entries" / "001")
    assert SOUND not in run_fsck(fsck, out)
