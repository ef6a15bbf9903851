"""Whoever is disabled is let in nowhere, and what they have begun ends: tokens, streams, events, webhooks."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import orjson
import pytest
from httpx_sse import aconnect_sse

from services.intake.webhooks.sender import Sender
from tests.integration.intake.door import Intake
from tests.integration.intake.hooks import Clock, Receiver, subscribed
from tests.integration.intake.test_delivery import staff
from tests.integration.intake.test_slow_senders import Dripping
from tests.unit.intake.examples import employee, raw


@pytest.fixture
async def acme(intake: Intake) -> AsyncIterator[None]:
    """The organisation, registered."""
    await intake.organisations.add("acme", "ACME Ltd")
    yield


async def test_a_token_that_was_issued_before_opens_nothing_until_there_is_a_new_secret(
    intake: Intake, acme: None
) -> None:
    bearer = intake.bearer
    await intake.organisations.disable("acme")
    status, told, _ = await intake.call("GET", "/v1/results", Authorization=bearer)
    assert (status, told["type"]) == (401, "urn:careerpulse:problem:organisation-disabled")
    await intake.organisations.renew("acme")
    assert (await intake.call("GET", "/v1/results", Authorization=bearer))[0] == 200


async def test_an_open_stream_ends_with_a_line_that_says_so_and_takes_nothing_more(
    intake: Intake, acme: None
) -> None:
    # Given a stream of which one line is accepted
    lines = Dripping(raw(employee("a")) + b"\n", raw(employee("b")) + b"\n", raw(employee("c")) + b"\n")
    async with intake.client.post("/v1/assessments/stream", data=lines, headers=intake.streaming()) as response:
        first = orjson.loads(await response.content.readline())
        # When the organisation is disabled, and goes on sending
        await intake.organisations.disable("acme")
        lines.go_on.set()
        rest = [orjson.loads(line) async for line in response.content]
    # Then the next line is answered 401, and it is the last
    assert (first["status"], [(one["line"], one["status"]) for one in rest]) == (202, [(2, 401)])
    assert len(intake.ledger.people) == 1


async def test_an_open_event_stream_ends_and_tells_nothing_more(intake: Intake, acme: None) -> None:
    await staff(intake, "before")
    headers, got = {"Authorization": intake.bearer}, []
    async with (
        asyncio.timeout(30),
        httpx.AsyncClient(base_url=str(intake.client.make_url("/")), timeout=30) as client,
        aconnect_sse(client, "GET", "/v1/events", headers=headers) as source,
    ):
        events: AsyncIterator[Any] = source.aiter_sse()
        got.append(await anext(events))
        await intake.organisations.disable("acme")
        intake.arrivals.wake("acme")
        got += [event async for event in events]
    assert len(got) == 1


async def test_what_is_due_to_its_webhooks_waits_and_does_not_hold_up_others(
    intake: Intake, acme: None, receiver: Receiver, sender: Sender, clock: Clock
) -> None:
    # Given a message that is due
    await subscribed(intake, receiver)
    await staff(intake, "due")
    await intake.organisations.disable("acme")
    # When it is disabled, then nothing goes out until it is enabled again
    await sender.step()
    assert receiver.came == []
    await intake.organisations.renew("acme")
    clock.at += timedelta(days=1)
    await sender.step()
    assert len(receiver.came) == 1
