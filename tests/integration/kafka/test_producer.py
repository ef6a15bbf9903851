"""Records are where the producer says, in the order in which they were given."""

from pathlib import Path

import pytest

from infra.kafka.producer import (
    BATCH_BYTES,
    LARGEST_RECORD_BYTES,
    BrokerUnavailable,
    Outgoing,
    Producer,
    RecordTooLarge,
)
from infra.local.broker import choose, start_broker
from infra.local.ports import LOOPBACK, free_port
from infra.local.supervisor import Supervisor
from schemas.topics import Topic, partition_of
from tests.conftest import DATA
from tests.integration.kafka.conftest import MakeTopic
from tests.integration.kafka.reading import read

pytestmark = pytest.mark.kafka


def alias(number: int) -> str:
    return f"{number * 2_654_435_761 % 2**32:08x}" + f"{number:024x}"


async def test_every_record_is_at_its_place_in_the_order_given(kafka: str, make_topic: MakeTopic) -> None:
    # Given records for four partitions, more than one batch for each
    topic = await make_topic(4)
    records = [Outgoing(topic, alias(number), str(number).encode() + b"x" * 20_000) for number in range(300)]

    # When they are sent twice at once
    async with Producer(kafka, "test") as producer:
        places = [*await producer.send(records[:200]), *await producer.send(records[200:])]

    # Then each lies where it is said to, and a partition keeps the order
    for partition in range(4):
        here = [
            (place, record) for place, record in zip(places, records, strict=True) if place.partition == partition
        ]
        found = await read(kafka, topic, len(here), partition)
        assert [(one.offset, one.key.decode(), one.value) for one in found] == [
            (place.offset, record.key, record.value) for place, record in here
        ]
        assert all(partition_of(record.key, 4) == partition for _, record in here)


async def test_headers_and_an_empty_value_arrive_as_they_were(kafka: str, make_topic: MakeTopic) -> None:
    topic = await make_topic()
    async with Producer(kafka, "test") as producer:
        assert await producer.send([]) == []
        await producer.send([Outgoing(topic, alias(1), None, (("ce_id", b"1"),))])
    (found,) = await read(kafka, topic, 1)
    assert (found.value, found.headers) == (None, (("ce_id", b"1"),))


@pytest.mark.parametrize("size", [BATCH_BYTES + 1, LARGEST_RECORD_BYTES - 32])
async def test_a_record_larger_than_a_batch_travels_alone(kafka: str, make_topic: MakeTopic, size: int) -> None:
    topic = await make_topic()
    async with Producer(kafka, "test") as producer:
        small = Outgoing(topic, alias(1), b"small")
        places = await producer.send([small, Outgoing(topic, alias(1), b"x" * size), small])
    assert [place.offset for place in places] == [0, 1, 2]
    assert [len(one.value) for one in await read(kafka, topic, 3)] == [5, size, 5]


async def test_a_record_that_no_broker_takes_is_refused_before_anything_is_sent(
    kafka: str, make_topic: MakeTopic
) -> None:
    topic = await make_topic()
    small, too_large = Outgoing(topic, alias(1), b"x"), Outgoing(topic, alias(1), b"x" * LARGEST_RECORD_BYTES)
    async with Producer(kafka, "test") as producer:
        with pytest.raises(RecordTooLarge, match=topic.name):
            await producer.send([small, too_large])
        (place,) = await producer.send([small])
    assert place.offset == 0


async def test_no_broker_at_the_start_is_said_so() -> None:
    with pytest.raises(BrokerUnavailable):
        async with Producer(f"{LOOPBACK}:{free_port()}", "test"):
            pass


async def test_while_the_broker_is_away_sending_says_so_and_afterwards_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a broker that goes away after it took a record
    monkeypatch.setattr("infra.kafka.producer._SEND_SECONDS", 0.5)
    topic = Topic("away", "test", "alias", 1)
    async with Supervisor(tmp_path / "logs") as supervisor:
        bootstrap = await start_broker(await choose("apache", DATA), supervisor, tmp_path, [topic])
        async with Producer(bootstrap, "test") as producer:
            await producer.send([Outgoing(topic, alias(1), b"before")])
            supervisor.kill("kafka")

            # When something is sent meanwhile
            with pytest.raises(BrokerUnavailable):
                while True:
                    await producer.send([Outgoing(topic, alias(1), b"meanwhile")])

            # Then the same producer sends again when it is back
            await supervisor.ready("kafka")
            while True:
                try:
                    (place,) = await producer.send([Outgoing(topic, alias(1), b"after")])
                    break
                except BrokerUnavailable:
                    continue
        found = await read(bootstrap, topic, place.offset + 1)
    assert (found[0].value, found[-1].value) == (b"before", b"after")
