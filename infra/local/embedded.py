"""The embedded broker: librdkafka's mock cluster, out of confluent-kafka's wheel, in a process of its own.

Run as `python -m infra.local.embedded ADDRESS_FILE TOPIC:PARTITIONS …`. Everything is in memory; a partition
keeps at most 5 MiB or 100,000 records, a group one member; there are no transactions and no CreateTopics.
Source: rdkafka_mock.h of librdkafka.
"""

import ctypes
import signal
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from infra.local.child import Command
from infra.local.probe import kafka_ready

_PRODUCER = 0
_REPLICAS = 1


class EmbeddedError(Exception):
    """The wheel has no mock cluster, or a topic was not created."""


def embedded_command(address: Path, topics: Iterable[tuple[str, int]]) -> Command:
    """What to run; when it is ready, `address` holds the bootstrap address."""

    async def probe() -> bool:
        return address.exists() and await kafka_ready(address.read_text())()

    specs = tuple(f"{name}:{partitions}" for name, partitions in topics)
    argv = (sys.executable, "-m", "infra.local.embedded", str(address), *specs)
    return Command("kafka", argv, probe, restart=False)


def _library() -> ctypes.CDLL:
    import confluent_kafka

    package = Path(confluent_kafka.__path__[0])
    found = [*package.parent.glob("confluent_kafka.libs/librdkafka*"), *package.glob(".dylibs/librdkafka*")]
    if not found:
        raise EmbeddedError(f"no librdkafka beside {package}: confluent-kafka was not installed from a wheel")
    return ctypes.CDLL(str(found[0]))


def _cluster(lib: ctypes.CDLL, brokers: int) -> ctypes.c_void_p:
    for function in (lib.rd_kafka_new, lib.rd_kafka_conf_new, lib.rd_kafka_mock_cluster_new):
        function.restype = ctypes.c_void_p
    reason = ctypes.create_string_buffer(512)
    conf = ctypes.c_void_p(lib.rd_kafka_conf_new())
    handle = lib.rd_kafka_new(_PRODUCER, conf, reason, ctypes.c_size_t(len(reason)))
    if not handle:
        raise EmbeddedError(f"librdkafka gave no client: {reason.value.decode()}")
    cluster = ctypes.c_void_p(lib.rd_kafka_mock_cluster_new(ctypes.c_void_p(handle), brokers))
    lib.rd_kafka_mock_group_initial_rebalance_delay_ms(cluster, ctypes.c_int32(0))
    return cluster


def start_cluster(topics: Iterable[tuple[str, int]]) -> str:
    """Start the cluster in this process; returns its bootstrap address. Raises EmbeddedError."""
    lib = _library()
    cluster = _cluster(lib, brokers=1)
    for name, partitions in topics:
        if code := lib.rd_kafka_mock_topic_create(cluster, name.encode(), partitions, _REPLICAS):
            raise EmbeddedError(f"topic {name} with {partitions} partitions was not created: error {code}")
    lib.rd_kafka_mock_cluster_bootstraps.restype = ctypes.c_char_p
    address: bytes = lib.rd_kafka_mock_cluster_bootstraps(cluster)
    return address.decode()


def _main(arguments: Sequence[str]) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    address = Path(arguments[0])
    specs = [spec.rpartition(":") for spec in arguments[1:]]
    bootstrap = start_cluster((name, int(partitions)) for name, _, partitions in specs)
    partial = address.with_suffix(".partial")
    partial.write_text(bootstrap)
    partial.replace(address)
    while True:
        signal.pause()


if __name__ == "__main__":
    _main(sys.argv[1:])
