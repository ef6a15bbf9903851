"""The log on disk beside Tessera's POSIX log: the same entries, batches and machine, both syncing to disk.

Needs the Go toolchain. Tessera counts an entry as sequenced when its index is durable, and as published when a signed
checkpoint covers it; ours is both with the batch.
"""

import shutil
import subprocess
import tempfile
from pathlib import Path
from time import perf_counter

from services.audit.tlog.log import open_log
from tests.benchmarks.figures import table
from tests.benchmarks.log import BATCH, ENTRY_BYTES, SIGNER, rate

PROGRAM = Path(__file__).parent / "tessera"
BATCHES = 50


def tessera(binary: Path, directory: Path) -> tuple[float, float]:
    """Entries a second, sequenced and published."""
    arguments = [str(directory), SIGNER.encode(), str(BATCHES * BATCH), str(ENTRY_BYTES), str(BATCH)]
    done = subprocess.run([binary, *arguments], capture_output=True, text=True, check=True, timeout=300)
    sequenced, published = done.stdout.split()
    return float(sequenced), float(published)


def run() -> None:
    """Print the figures."""
    if shutil.which("go") is None:
        print("not measured: the Go toolchain (go) is not on the PATH")
        return
    with tempfile.TemporaryDirectory() as directory:
        binary = Path(directory) / "binary"
        subprocess.run(["go", "build", "-o", binary, "."], cwd=PROGRAM, check=True, timeout=300)
        rows = []
        for turn in range(3):
            with open_log(Path(directory) / f"ours{turn}", SIGNER) as log:
                ours = rate(log, BATCHES, perf_counter)
            sequenced, published = tessera(binary, Path(directory) / f"theirs{turn}")
            rows.append((f"{ours:,.0f}", f"{sequenced:,.0f}", f"{published:,.0f}"))
    table(("ours, entries/s", "Tessera, sequenced", "Tessera, published"), rows)


if __name__ == "__main__":
    run()
