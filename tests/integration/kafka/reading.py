"""What a consumer sees of a topic."""

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from schemas.topics import Topic


async def read(bootstrap: str, topic: Topic, count: int, partition: int = 0) -> list[ConsumerRecord]:
    """The first `count` records of a partition; waits until there are as many."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    try:
        consumer.assign([TopicPartition(topic.name, partition)])
        return [await consumer.getone() for _ in range(count)]
    finally:
        await consumer.stop()
