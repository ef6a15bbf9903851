"""Topics of a test's own on a real Apache Kafka."""

import uuid
from collections.abc import Awaitable, Callable

import pytest

from infra.local.topics import create
from schemas.topics import Topic

MakeTopic = Callable[..., Awaitable[Topic]]


@pytest.fixture
def make_topic(kafka: str) -> MakeTopic:
    async def make(partitions: int = 1) -> Topic:
        topic = Topic(f"test.{uuid.uuid4().hex}", "test", "alias", partitions)
        await create(kafka, [topic])
        return topic

    return make
