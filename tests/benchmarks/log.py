"""How fast the log takes entries: in memory, on disk, and at different sizes; how long a proof takes."""

import argparse
import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from services.audit.tlog.log import Log, open_log
from services.audit.tlog.merkle import inclusion_proof, leaf_hash
from services.audit.tlog.note import SignerKey
from services.audit.tlog.tiles import Edge

SIGNER = SignerKey("example.com/benchmark/log0", bytes(32))
BATCH = 2_000
ENTRY_BYTES = 600
MOST_ON_DISK = 1_000_000


class Memory:
    """Files in memory: what the log costs without a file system.

    Full bundles, which an appender never reads again, are let go, so that memory does not grow with them.
    """

    def __init__(self) -> None:
        self.directories: defaultdict[str, dict[str, bytes]] = defaultdict(dict)

    def read(self, path: str) -> bytes:
        directory, _, name = path.rpartition("/")
        if name not in self.directories[directory]:
            raise FileNotFoundError(path)
        return self.directories[directory][name]

    def keep(self, files: Mapping[str, bytes]) -> None:
        for path, data in files.items():
            directory, _, name = path.rpartition("/")
            if directory.endswith(".p") or not directory.startswith("tile/entries"):
                self.directories[directory][name] = data

    def replace(self, path: str, data: bytes) -> None:
        self.keep({path: data})

    def remove_tree(self, path: str) -> None:
        self.directories.pop(path, None)


def batch(start: int) -> list[bytes]:
    """A batch of entries of a usual size."""
    return [(b"%d " % n).ljust(ENTRY_BYTES, b"x") for n in range(start, start + BATCH)]


def rate(log: Log, batches: int, clock: Callable[[], float]) -> float:
    """Entries per second by this clock, each batch signed."""
    spent = 0.0
    for _ in range(batches):
        entries = batch(log.size)
        started = clock()
        log.append(entries, marks={"s": log.size}, offsets={"s": log.size}, sign=True)
        spent += clock() - started
    return batches * BATCH / spent


def integration_rate(batches: int = 50) -> float:
    """Leaves hashed and integrated per second of CPU, without bundles and state."""
    edge, spent = Edge(), 0.0
    for _ in range(batches):
        entries = batch(edge.size)
        started = process_time()
        edge, _ = edge.extend(b"".join(map(leaf_hash, entries)))
        edge.root()
        spent += process_time() - started
    return edge.size / spent


def grown(size: int) -> Log:
    """A log in memory of this size."""
    fill(log := Log(Memory(), SIGNER), size)
    return log


def fill(log: Log, size: int) -> None:
    """Append until the log has this size."""
    while log.size < size:
        log.append(batch(log.size)[: size - log.size])


def costs(*logs: Log) -> list[float]:
    """The median CPU seconds of a batch on each, measured in turns, so that a busy machine is busy for all."""
    spent: list[list[float]] = [[] for _ in logs]
    for _ in range(31):
        for log, seconds in zip(logs, spent, strict=True):
            entries = batch(log.size)
            started = process_time()
            log.append(entries, sign=True)
            seconds.append(process_time() - started)
    return [median(seconds) for seconds in spent]


def proof_seconds(log: Log) -> float:
    """The median seconds of an inclusion proof, nothing remembered from an earlier one."""
    costs = []
    for n in range(50):
        nodes = log.reader().nodes()
        started = perf_counter()
        inclusion_proof(nodes, n * log.size // 50, log.size)
        costs.append(perf_counter() - started)
    return median(costs)


def run(size: int = 1_000_000) -> None:
    """Print the figures, with a log on disk and one in memory that grow to this size."""
    print(f"log: batches of {BATCH:,} entries of {ENTRY_BYTES} bytes, a checkpoint signed with each")
    print(f"  hashed and integrated   {integration_rate():>12,.0f} entries/s of CPU")
    print(f"  appended in memory      {rate(Log(Memory(), SIGNER), 50, process_time):>12,.0f} entries/s of CPU")
    with tempfile.TemporaryDirectory() as directory, open_log(Path(directory), SIGNER) as log:
        print(f"  appended on disk        {rate(log, 50, perf_counter):>12,.0f} entries/s, fsync included")
        fill(log, min(size, MOST_ON_DISK))
        print(f"  inclusion proof         {proof_seconds(log) * 1e3:>12.2f} ms at {log.size:,} entries on disk")
    log = grown(size)
    small, large = costs(grown(1_000), log)
    print(f"  inclusion proof         {proof_seconds(log) * 1e3:>12.2f} ms at {log.size:,} entries in memory")
    print(f"  a batch at 1 thousand   {small * 1e3:>12.2f} ms")
    print(f"  a batch at {size:<13,}{large * 1e3:>12.2f} ms, {large / small:.2f} times as much")


if __name__ == "__main__":
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument(
        "--size", type=int, default=1_000_000, help=f"how large the logs grow; on disk {MOST_ON_DISK:,} at most"
    )
    run(reading.parse_args().size)
