"""Who sends too slowly, reads too slowly or holds a connection for long takes nothing from the others."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
from aiohttp import ClientError

from infra.http import body, codings
from services.intake.handing_in import hand_ins_api, imports, stream
from services.intake.organisations import access_tokens
from services.intake.results import events
from tests.integration.intake.door import JSON, Intake
from tests.unit.intake.examples import employee, raw

SHORT = 0.05


class Dripping:
    """A body that is begun, and goes on when it is told to."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = pieces
        self.go_on = asyncio.Event()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._pieces[0]
        await self.go_on.wait()
        for piece in self._pieces[1:]:
            yield piece


async def answers(response: Any) -> list[dict[str, Any]]:
    return [orjson.loads(line) async for line in response.content]


async def test_a_body_that_drips_is_not_waited_for(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "WHOLE_SECONDS", SHORT)
    dripping = Dripping(b"{")
    async with intake.client.post("/v1/assessments", data=dripping, headers=JSON) as response:
        told = await response.json(content_type=None)
        dripping.go_on.set()
    assert (response.status, told["type"]) == (408, "urn:careerpulse:problem:too-slow")


async def test_a_stream_that_brings_nothing_ends_with_a_line_that_says_so(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codings, "PATIENCE_SECONDS", SHORT)
    dripping = Dripping(raw(employee()) + b"\n{")
    async with intake.client.post("/v1/assessments/stream", data=dripping, headers=intake.streaming()) as response:
        told = [orjson.loads(await response.content.readline()) for _ in range(2)]
        dripping.go_on.set()
    assert [(one["line"], one["status"]) for one in told] == [(1, 202), (2, 408)]


async def test_a_stream_that_drips_byte_by_byte_ends_too(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a sender that brings a byte before each patience is at its end, for ever
    monkeypatch.setattr(codings, "PATIENCE_SECONDS", SHORT)

    async def dripping() -> AsyncIterator[bytes]:
        while True:
            yield b" "
            await asyncio.sleep(SHORT / 5)

    # Then it is not waited for longer than for one that brings nothing
    async with (
        asyncio.timeout(30),
        intake.client.post("/v1/assessments/stream", data=dripping(), headers=intake.streaming()) as response,
    ):
        told = orjson.loads(await response.content.readline())
    assert (told["line"], told["status"]) == (1, 408)


async def test_a_form_for_a_token_and_a_file_of_hand_ins_that_drip_are_not_waited_for(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(body, "WHOLE_SECONDS", SHORT)
    monkeypatch.setattr(imports, "FILE_SECONDS", SHORT)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for place, headers in (("/v1/oauth/token", form), ("/v1/assessments/import", JSON)):
        dripping = Dripping(b"{")
        async with intake.client.post(place, data=dripping, headers=headers) as response:
            told = await response.json(content_type=None)
            dripping.go_on.set()
        assert (response.status, told["type"]) == (408, "urn:careerpulse:problem:too-slow"), place


async def test_whoever_does_not_read_is_not_read_from_and_is_gone_after_a_while(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a sender of lines that never reads an answer
    monkeypatch.setattr(stream, "UNREAD_SECONDS", SHORT)
    sent = 0

    async def lines() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            yield b"{}\n" * 5_000
            sent += 5_000

    # When it goes on sending
    async with intake.client.post("/v1/assessments/stream", data=lines(), headers=intake.streaming()) as response:
        assert response.status == 200
        while response.connection is not None and not response.connection.closed:
            await asyncio.sleep(0)
        # Then it is broken off
        with pytest.raises(ClientError):
            await response.read()
    assert sent < 5_000_000


async def test_a_stream_outlives_the_token_that_it_began_with(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a stream whose token has expired since its first line
    monkeypatch.setattr(access_tokens, "LIFETIME_SECONDS", -25)
    headers = intake.streaming()
    dripping = Dripping(raw(employee("a")) + b"\n", raw(employee("b")) + b"\n")
    async with intake.client.post("/v1/assessments/stream", data=dripping, headers=headers) as response:
        first = orjson.loads(await response.content.readline())
        monkeypatch.setattr(time, "time", lambda: 2_000_000_000.0)
        # When the token opens nothing any more
        status, _, _ = await intake.call("GET", "/v1/results", Authorization=headers["Authorization"])
        # Then the lines that follow are accepted all the same
        dripping.go_on.set()
        (second,) = await answers(response)
    assert (first["status"], status, second["status"]) == (202, 401, 202)


async def test_an_organisation_has_so_many_streams_open_and_another_one_its_own(intake: Intake) -> None:
    # Given as many open streams of one organisation as it may have
    waiting = [Dripping(b"{}\n") for _ in range(hand_ins_api.STREAMS_AT_ONCE)]
    streams = [
        await intake.client.post("/v1/assessments/stream", data=one, headers=intake.streaming()) for one in waiting
    ]
    # When it opens one more, it is told to come again, and another organisation is not
    other = {"Authorization": intake.bearer_of("other")}
    async with intake.client.post("/v1/assessments/stream", data=b"{}", headers=intake.streaming()) as one_more:
        assert (one_more.status, one_more.headers["Retry-After"]) == (429, "5")
    async with intake.client.post("/v1/assessments/stream", data=b"{}", headers=intake.streaming(**other)) as theirs:
        assert theirs.status == 200
    # And when one has ended there is room again
    for one, open_stream in zip(waiting, streams, strict=True):
        one.go_on.set()
        await open_stream.read()
    assert [one["status"] for one in await intake.stream(b"{}")] == [422]


@pytest.fixture
def few_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """So few at a time that all have begun before the first has waited for its half minute, however busy we are."""
    monkeypatch.setattr(hand_ins_api, "WAITS_AT_ONCE", 4)


async def test_an_organisation_has_so_many_event_streams_and_waits_open(few_waits: None, intake: Intake) -> None:
    own = {"Authorization": intake.bearer}
    # Given as many event streams of one organisation as it may have
    streams = [await intake.client.get("/v1/events", headers=own) for _ in range(events.AT_ONCE)]
    # Then the next one is told to come again, and another organisation's is not
    async with intake.client.get("/v1/events", headers=own) as one_more:
        assert one_more.status == 429
    async with intake.client.get("/v1/events", headers={"Authorization": intake.bearer_of("other")}) as theirs:
        assert theirs.status == 200
    for opened in streams:
        opened.close()
    # And so it is with those who wait for a result, whose hand-in is not taken then
    waiting = [
        asyncio.create_task(intake.hand_in(employee(str(number)), "/v1/assessments?wait=30", **own))
        for number in range(hand_ins_api.WAITS_AT_ONCE)
    ]
    while len(intake.broker.of("assessments.submitted")) < len(waiting):
        await asyncio.sleep(0)
    status, _, _ = await intake.hand_in(employee("over"), "/v1/assessments?wait=30", **own)
    assert (status, len(intake.broker.of("assessments.submitted"))) == (429, len(waiting))
    await intake.score()
    assert {status for status, _, _ in await asyncio.gather(*waiting)} == {200}
