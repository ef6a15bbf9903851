"""A real Apache Kafka on this machine."""

from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import UnknownTopicOrPartitionError

from infra.local.broker import choose, start_broker
from infra.local.supervisor import Supervisor
from tests.conftest import DATA
from tests.integration.local.records import read, write
from tests.integration.local.spec import Topic

pytestmark = pytest.mark.kafka


async def test_records_and_port_survive_a_kill_and_a_new_start(tmp_path: Path) -> None:
    # Given a broker with a topic that holds a record
    choice = await choose("apache", DATA)
    topics = [Topic("kept")]
    async with Supervisor(tmp_path / "logs") as supervisor:
        bootstrap = await start_broker(choice, supervisor, tmp_path, topics)
        await write(bootstrap, "kept", [b"before the kill"])

        # When it is killed with -9
        supervisor.kill("kafka")
        await supervisor.ready("kafka")

        # Then it comes back at the same address with the record
        assert await read(bootstrap, "kept", 1) == [b"before the kill"]
        await write(bootstrap, "kept", [b"after the kill"])

    # When all has ended and is started again over the same data
    async with Supervisor(tmp_path / "logs") as supervisor:
        again = await start_broker(choice, supervisor, tmp_path, topics)

        # Then address and records are the same
        assert again == bootstrap
        assert await read(again, "kept", 2) == [b"before the kill", b"after the kill"]


async def test_a_mistyped_topic_is_an_error_and_does_not_appear(kafka: str) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=kafka, request_timeout_ms=1000)
    await producer.start()
    try:
        with pytest.raises(UnknownTopicOrPartitionError):
            await producer.partitions_for("mistyped")
    finally:
        await producer.stop()


async def test_the_choice_says_which_broker_and_why() -> None:
    choice = await choose("auto", DATA, {})

    assert choice.kind == "apache"
    assert choice.reason.startswith("Apache Kafka 4.1.0 (Java ")
    assert not choice.ephemeral
