"""Parts that crash, are away, or are fed poison: nothing acknowledged is lost, nothing has two ends."""

import asyncio
import json
import uuid
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import msgspec
import pytest
from confluent_kafka import Consumer, TopicPartition

from infra.kafka.producer import Outgoing, Producer
from schemas.topics import REFUSED, SCORED, SUBMITTED
from services.audit.tlog.state import PATH, State
from services.demo.officer import Officer
from services.methodology.specimen import specimen, specimens
from tests.acceptance.conftest import Running
from tests.acceptance.test_channels import listed, streamed
from tests.acceptance.waiting import until

COUNT = 2_000
ENDS = {"scored", "refused", "dead-lettered"}


async def entries_since(officer: Officer, start: int, end: int) -> list[dict[str, Any]]:
    """The entries of the log from `start` to `end`."""
    found: list[dict[str, Any]] = []
    while start < end:
        page = await officer.page(start)
        found += (entry["entry"] for entry in page if entry["index"] < end)
        start = page[-1]["index"] + 1
    return found


async def types_since(officer: Officer, start: int, end: int) -> Counter[str]:
    """How many entries of each type stand in the log from `start` to `end`."""
    return Counter(entry["type"] for entry in await entries_since(officer, start, end))


async def ends_since(officer: Officer, start: int) -> Counter[str]:
    """How many ends each record of what was received since `start` has, by the record's place."""
    found: Counter[str] = Counter()
    for entry in await entries_since(officer, start, await officer.size()):
        if entry["type"] == "received":
            found[f"{entry['source']}/{entry['place']}"] += 0
        elif entry["type"] in ENDS:
            cause = entry["cause"]
            found[f"{cause['topic']}/{cause['partition']}/{cause['offset']}"] += 1
    return found


def topics_end(bootstrap: str) -> dict[str, int]:
    """Where each partition of assessments ends, by the name that the log has for it."""
    topics = (SUBMITTED, SCORED, REFUSED)
    places = [TopicPartition(topic.name, one) for topic in topics for one in range(topic.partitions)]
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": uuid.uuid4().hex})
    try:
        return {f"{one.topic}/{one.partition}": consumer.get_watermark_offsets(one, timeout=10)[1] for one in places}
    finally:
        consumer.close()


async def whole_size(running: Running) -> int:
    """The size of the log once it holds all that was handed in, with its ends: what an earlier test left under way is
    none of the entries that follow.
    """

    async def is_whole() -> bool:
        ends = await asyncio.to_thread(topics_end, running.stack.bootstrap)
        state = State.parse((running.stack.data / "log" / PATH).read_bytes())
        behind = any(state.offsets.get(name, 0) < end for name, end in ends.items())
        return not behind and state.size == await running.officer.size()

    await until(is_whole, bool)
    await until(lambda: ends_since(running.officer, 0), lambda ends: 0 not in ends.values())
    return await running.officer.size()


async def test_scoring_killed_in_mid_stream_leaves_one_result_and_one_entry_each(running: Running) -> None:
    # Given a platform that streams 2,000 hand-ins
    size = await whole_size(running)
    lines = [json.dumps({"assessment": answers}).encode() + b"\n" for answers in specimens("killed", COUNT)]
    ids: list[str] = []

    async def body():
        for start in range(0, COUNT, 200):
            yield b"".join(lines[start : start + 200])

    async with running.http.post(
        f"{running.intake}/v1/assessments/stream",
        data=body(),
        headers=running.streaming(),
    ) as response:
        async for raw in response.content:
            answer = json.loads(raw)
            assert answer["status"] == 202
            ids.append(answer["id"])
            # When scoring is killed twice in the middle of it
            if len(ids) in (COUNT // 3, 2 * COUNT // 3):
                running.stack.kill("scoring")

    # Then every accepted assessment is scored
    async def ended(assessment: str) -> None:
        await until(
            lambda: running.get(f"/v1/assessments/{assessment}"), lambda got: got[1]["status"] != "accepted", 120
        )
        status, got = await running.get(f"/v1/assessments/{assessment}")
        assert (status, got["status"]) == (200, "scored")

    assert len(set(ids)) == COUNT
    for start in range(0, COUNT, 50):
        await asyncio.gather(*(ended(assessment) for assessment in ids[start : start + 50]))
    # and the log has exactly one end for each
    await running.officer.until(size + 2 * COUNT)
    await running.stack.ready("scoring")
    found = await until(
        lambda: ends_since(running.officer, size), lambda ends: len(ends) >= COUNT and 0 not in ends.values()
    )
    assert set(found.values()) == {1}


async def test_intake_killed_in_mid_stream_and_sent_to_again_loses_and_doubles_nothing(running: Running) -> None:
    # Given a platform that streams 2,000 hand-ins
    size, headers = await whole_size(running), running.streaming()
    answers = specimens("killed at the door", COUNT)
    lines = [json.dumps({"external_id": uuid.uuid4().hex, "assessment": one}).encode() + b"\n" for one in answers]
    cursor, _ = await results_after(running, 0)
    # When intake is killed in the middle of it, while more of it is under way
    first = [answer async for answer in sent(running, headers, lines, kill_at=COUNT // 4)]
    assert COUNT // 4 <= len(first) < COUNT
    await running.stack.ready("intake")
    # and the platform sends all of it again under the same key
    again = [answer async for answer in sent(running, headers, lines)]
    # Then each line is answered in order, and those that were answered before as they were
    assert [answer["line"] for answer in again] == list(range(1, COUNT + 1))
    assert {answer["status"] for answer in again} == {202}
    assert [answer["id"] for answer in again[: len(first)]] == [answer["id"] for answer in first]
    # and each has one `received` and one `scored` in the log, however often its record was sent
    wanted = {"received": COUNT, "scored": COUNT}

    async def counted() -> dict[str, int]:
        types = await types_since(running.officer, size, await running.officer.size())
        return {one: types[one] for one in wanted}

    assert await until(counted, lambda found: min(found.values()) >= COUNT, 240) == wanted
    # and one result in the organisation's list, none of another
    _, told = await results_after(running, cursor)
    assert Counter(one["id"] for one in told if one["status"] == "scored") == Counter(one["id"] for one in again)


async def results_after(running: Running, cursor: int) -> tuple[int, list[dict[str, Any]]]:
    """What has ended after a place in the organisation's list, and the place after it."""
    found: list[dict[str, Any]] = []
    while True:
        _, page = await running.get(f"/v1/results?limit=500&after={cursor}")
        if not page["results"]:
            return cursor, found
        found, cursor = found + page["results"], page["next"]


async def sent(
    running: Running, headers: dict[str, str], lines: list[bytes], kill_at: int | None = None
) -> AsyncIterator[dict[str, Any]]:
    """The answers to a stream of these, in the order in which they come, up to where the connection breaks.

    Intake is killed when so many have come.
    """

    async def body() -> AsyncIterator[bytes]:
        for start in range(0, len(lines), 100):
            yield b"".join(lines[start : start + 100])

    count = 0
    try:
        async with running.http.post(
            f"{running.intake}/v1/assessments/stream", data=body(), headers=headers
        ) as response:
            async for raw in response.content:
                yield json.loads(raw)
                count += 1
                if count == kill_at:
                    running.stack.kill("intake")
    except aiohttp.ClientError:
        assert kill_at is not None


async def test_a_poisoned_record_is_set_aside_and_its_neighbours_go_through(running: Running) -> None:
    # Given records on the topic that are none of ours, one of them beside a real submission
    size = await running.officer.size()
    poison = [Outgoing(SUBMITTED, "ab" * 16, b"\xc1 no record", partition=place) for place in range(4)]
    async with Producer(running.stack.bootstrap, "poisoner") as producer:
        await producer.send([*poison, Outgoing(SUBMITTED, "not an alias", msgspec.msgpack.encode({}), partition=0)])
    # When somebody hands in
    status, body = await running.post(
        "/v1/assessments?wait=20",
        json.dumps({"assessment": specimen("beside poison")}).encode(),
        running.headers | {"Content-Type": "application/json"},
    )
    # Then the hand-in is scored, and each poisoned record has its entry
    assert (status, body["status"]) == (200, "scored")
    await until(
        running.officer.size,
        lambda reached: reached >= size + 2 + len(poison),
    )

    async def dead() -> int:
        return (await types_since(running.officer, size, await running.officer.size()))["dead-lettered"]

    await until(dead, lambda count: count >= 2 * (len(poison) + 1))


async def test_without_consent_nothing_is_accepted_and_with_it_again_everything_is(running: Running) -> None:
    # Given that consent is down
    running.stack.kill("consent", hold=True)
    headers = running.headers | {"Content-Type": "application/json"}
    body = json.dumps({"assessment": specimen("without consent")}).encode()
    # When somebody hands in
    async with running.http.post(f"{running.intake}/v1/assessments", data=body, headers=headers) as response:
        refused = response.status, response.headers.get("Retry-After"), response.content_type
    running.stack.release("consent")
    await running.stack.ready("consent")
    # Then it is answered 503 with Retry-After, and accepted once consent is back
    assert refused == (503, "2", "application/problem+json")
    status, _ = await until(lambda: running.post("/v1/assessments?wait=20", body, headers), lambda got: got[0] != 503)
    assert status == 200


@pytest.mark.slow
async def test_the_stream_goes_on_after_the_service_was_killed(running: Running) -> None:
    # Given a client that has read an event
    headers = running.headers | {"Content-Type": "application/json"}
    first = await running.post("/v1/assessments?wait=30", json.dumps({"assessment": specimen("a")}).encode(), headers)
    before = await listed(running, first[1]["id"])
    # When intake is killed, and another result comes after it is back
    running.stack.kill("intake")
    await running.stack.ready("intake")
    second = await running.post(
        "/v1/assessments?wait=30", json.dumps({"assessment": specimen("b")}).encode(), headers
    )
    # Then the stream goes on where it was
    assert (await streamed(running, second[1]["id"], before["sequence"]))["status"] == "scored"
