"""Intake dies between the broker's acknowledgement and its own and is sent to again: two records with one event id.

The first of them counts everywhere.
"""

import asyncio
import json
import uuid
from collections.abc import Generator
from typing import Any

import httpx
from confluent_kafka import Consumer, Message, Producer, TopicPartition
from httpx_sse import aconnect_sse

from schemas.topics import SCORED, SUBMITTED, Topic
from services.methodology.specimen import specimen
from tests.acceptance.conftest import Running
from tests.acceptance.test_faults import entries_since, results_after, whole_size
from tests.acceptance.waiting import until

SECONDS = 30


def records(bootstrap: str, topic: Topic, event: str) -> Generator[Message, None, None]:
    """The records of a topic with this event id, as they come."""
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": uuid.uuid4().hex})
    try:
        consumer.assign([TopicPartition(topic.name, one, 0) for one in range(topic.partitions)])
        while (message := consumer.poll(SECONDS)) is not None:
            if ("ce_id", event.encode()) in (message.headers() or ()):
                yield message
    finally:
        consumer.close()
    raise AssertionError(f"no more of it in {topic.name}")


def again(bootstrap: str, event: str) -> None:
    """Append the record of a hand-in once more, as intake does whose store knows nothing of the first."""
    record = next(records(bootstrap, SUBMITTED, event))
    producer = Producer({"bootstrap.servers": bootstrap})
    producer.produce(
        SUBMITTED.name,
        key=record.key(),
        value=record.value(),
        headers=record.headers(),
        partition=record.partition(),
    )
    assert producer.flush(SECONDS) == 0


async def scored(running: Running, name: str) -> Any:
    body = json.dumps({"external_id": name, "assessment": specimen("twice")}).encode()
    headers = running.headers | {"Content-Type": "application/json"}
    status, told = await running.post(f"/v1/assessments?wait={SECONDS}", body, headers)
    assert (status, told["status"]) == (200, "scored"), told
    return told["id"]


async def streamed_until(running: Running, after: int, last: str) -> list[str]:
    """The ids of the results that the event stream tells after this number, up to the last."""
    told: list[str] = []
    headers = running.headers | {"Last-Event-ID": str(after)}
    async with (
        asyncio.timeout(2 * SECONDS),
        httpx.AsyncClient(base_url=running.intake) as client,
        aconnect_sse(client, "GET", "/v1/events", headers=headers) as source,
    ):
        async for event in source.aiter_sse():
            if event.event == "assessment.scored":
                told.append(event.json()["id"])
            if last in told:
                return told
    raise AssertionError("the stream ended")


async def test_of_two_records_with_one_event_id_the_first_counts_everywhere(running: Running) -> None:
    # Given a hand-in of an employee, whose record stands in the topic a second time
    bootstrap, name = running.stack.bootstrap, uuid.uuid4().hex
    size, (cursor, _) = await whole_size(running), await results_after(running, 0)
    first = await scored(running, name)
    await asyncio.to_thread(again, bootstrap, first)
    # When scoring has worked on both, and on one more of the same employee, which is of the same partition
    ends = records(bootstrap, SCORED, first)
    for _ in range(2):
        await asyncio.to_thread(next, ends)
    ends.close()
    last = await scored(running, name)
    # Then there is one result in the list, and one event
    _, listed = await results_after(running, cursor)
    assert [one["id"] for one in listed] == [first, last]
    assert await streamed_until(running, cursor, last) == [first, last]

    # and one `received` and one `scored` in the log
    async def logged() -> list[str]:
        entries = await entries_since(running.officer, size, await running.officer.size())
        return sorted(one["type"] for one in entries if one["type"] in ("received", "scored"))

    assert await until(logged, lambda found: len(found) >= 4) == ["received", "received", "scored", "scored"]
