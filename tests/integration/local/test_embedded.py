"""The embedded broker, and when it is chosen."""

import os
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer

from infra.local.broker import BrokerError, choose, start_broker
from infra.local.supervisor import Supervisor
from tests.integration.local.records import read, write
from tests.integration.local.spec import Topic


@pytest.mark.parametrize("embedded_broker", [(Topic("parts", partitions=3),)], indirect=True)
async def test_a_topic_has_the_partitions_of_its_row(embedded_broker: str) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=embedded_broker)
    await producer.start()
    try:
        assert await producer.partitions_for("parts") == {0, 1, 2}
    finally:
        await producer.stop()


@pytest.mark.parametrize("embedded_broker", [(Topic("echo"),)], indirect=True)
async def test_what_is_written_is_read(embedded_broker: str) -> None:
    await write(embedded_broker, "echo", [b"one", b"two"])

    assert await read(embedded_broker, "echo", 2) == [b"one", b"two"]


async def test_its_end_is_reported_because_it_keeps_nothing(tmp_path: Path) -> None:
    choice = await choose("embedded", tmp_path)
    async with Supervisor(tmp_path / "logs") as supervisor:
        await start_broker(choice, supervisor, tmp_path)

        supervisor.kill("kafka")

        assert await supervisor.broken() == "kafka ended with status -9; it keeps nothing, so all must start anew"


async def test_it_is_chosen_where_java_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    choice = await choose("auto", tmp_path, {})

    assert choice.kind == "embedded"
    assert choice.ephemeral
    assert choice.reason.startswith("embedded broker (Java (java) is not on the PATH), for trying things out only")


@pytest.mark.kafka
async def test_it_is_chosen_where_the_jars_cannot_be_fetched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # Given a Maven that reaches no repository
    (tmp_path / "mvn").write_text("#!/bin/sh\necho '[ERROR] no route to the repository'\nexit 1\n")
    (tmp_path / "mvn").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    choice = await choose("auto", tmp_path, {})

    assert choice.kind == "embedded"
    assert "Maven could not fetch the jars of kafka: no route to the repository" in choice.reason
    assert [left.name for left in (tmp_path / "broker" / "lib").iterdir()] == ["fetch.lock"]


async def test_who_asks_for_apache_kafka_does_not_get_another(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(BrokerError, match="no Apache Kafka: Java"):
        await choose("apache", tmp_path, {})


async def test_a_given_broker_comes_first(tmp_path: Path) -> None:
    choice = await choose("auto", tmp_path, {"KAFKA_BOOTSTRAP_SERVERS": "kafka:9092"})

    assert (choice.kind, choice.bootstrap) == ("given", "kafka:9092")
