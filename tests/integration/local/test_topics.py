"""Topics of a real Apache Kafka follow the table."""

from datetime import timedelta

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from infra.kafka.retention import kept_at_most
from infra.local.ports import LOOPBACK, free_port
from infra.local.topics import TopicError, create
from tests.integration.local.spec import Topic

pytestmark = pytest.mark.kafka


async def settings_of(bootstrap: str, topic: str) -> dict[str, str]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        [response] = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
    finally:
        await admin.close()
    return {row[0]: row[1] for row in response.resources[0][4]}


async def test_a_topic_has_the_partitions_and_settings_of_its_row(kafka: str) -> None:
    assert await create(kafka, [Topic("row", partitions=3, retention_hours=168)]) == ["row"]

    found = await settings_of(kafka, "row")
    assert found["retention.ms"] == str(168 * 3_600_000)
    assert found["segment.ms"] == "3600000"
    assert found["cleanup.policy"] == "delete"
    assert found["message.timestamp.type"] == "LogAppendTime"


async def test_the_broker_says_how_long_a_record_is_kept(kafka: str) -> None:
    kept = Topic("kept", retention_hours=48)
    await create(kafka, [kept])
    assert await kept_at_most(kafka, [kept]) == timedelta(hours=48 + 1, minutes=5 + 1)


async def test_where_no_broker_says_so_nothing_is_said() -> None:
    assert await kept_at_most(f"{LOOPBACK}:{free_port()}", [Topic("kept")]) is None


async def test_a_compacted_topic_keeps_its_records_whatever_their_age(kafka: str) -> None:
    await create(kafka, [Topic("compacted", retention_hours=None, compacted=True)])

    found = await settings_of(kafka, "compacted")
    assert (found["cleanup.policy"], found["retention.ms"]) == ("compact", "-1")


async def test_creating_again_changes_nothing(kafka: str) -> None:
    await create(kafka, [Topic("again", partitions=2)])

    assert await create(kafka, [Topic("again", partitions=2), Topic("added")]) == ["added"]


async def test_a_changed_retention_reaches_the_topic_that_exists(kafka: str) -> None:
    await create(kafka, [Topic("shortened", retention_hours=168)])

    await create(kafka, [Topic("shortened", retention_hours=24)])

    assert (await settings_of(kafka, "shortened"))["retention.ms"] == str(24 * 3_600_000)


async def test_another_number_of_partitions_is_refused(kafka: str) -> None:
    await create(kafka, [Topic("parted", partitions=2)])

    with pytest.raises(TopicError, match="parted has 2 partitions, the table says 3"):
        await create(kafka, [Topic("parted", partitions=3)])
