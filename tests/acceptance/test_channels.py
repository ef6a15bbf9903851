"""Every channel by which an organisation gets results is opened, and none tells what an employer is not to know."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from confluent_kafka import Consumer
from httpx_sse import aconnect_sse
from joserfc import jwe
from joserfc.jwk import ECKey
from standardwebhooks import Webhook

from services.intake.cli import open_topics
from services.methodology.specimen import specimen
from services.methodology.version import load
from tests.acceptance.conftest import TENANT, Running
from tests.acceptance.waiting import until

TOLD = {"id", "sequence", "status", "submitted_at", "ended_at", "external_id", "result", "summary"}
RESULT = {
    "methodology", "profile", "as_of", "score", "band", "detectable_change", "points", "dimensions", "marks",
}  # fmt: skip
DIMENSION = {"id", "weight", "value"}
WITHHELD = (
    "answers", "occupations", "skills", "knowledge", "behaviours", "activities", "income", "qualification", "path",
    "paths", "plan", "forecast", "counterfactual", "explanation", "contribution", "factors", "items", "target",
    "quality", "trail", "core+income",
)  # fmt: skip


@pytest_asyncio.fixture(loop_scope="session")
async def receiver(running: Running) -> AsyncIterator[tuple[str, str, list[Any]]]:
    """A webhook of the organisation: its id, its secret, and what came to it."""
    came: list[Any] = []

    async def receive(request: web.Request) -> web.Response:
        headers = {name: value for name, value in request.headers.items() if name.lower().startswith("webhook-")}
        came.append((await request.read(), headers))
        return web.Response(status=204)

    app = web.Application()
    app.router.add_post("/hooks", receive)
    async with TestServer(app) as server:
        body = json.dumps({"url": str(server.make_url("/hooks"))}).encode()
        status, created = await running.post(
            "/v1/webhooks", body, running.headers | {"Content-Type": "application/json"}
        )
        assert status == 201, created
        yield created["id"], created["secret"], came
        await running.post(f"/v1/webhooks/{created['id']}/disable", b"", running.headers)


def names(told: object) -> Iterator[str]:
    """The name of every field in a document."""
    if isinstance(told, dict):
        yield from told
    for value in told.values() if isinstance(told, dict) else told if isinstance(told, list) else ():
        yield from names(value)


def strings(told: object) -> Iterator[str]:
    """Every text in a document."""
    if isinstance(told, dict):
        for value in told.values():
            yield from strings(value)
    elif isinstance(told, list):
        for value in told:
            yield from strings(value)
    elif isinstance(told, str):
        yield told


async def listed(running: Running, wanted: str) -> Any:
    async def page() -> Any:
        found, after = [], 0
        while True:
            _, document = await running.get(f"/v1/results?limit=500&after={after}")
            found += [one for one in document["results"] if one["id"] == wanted]
            if not document["results"]:
                return found
            after = document["next"]

    (one,) = await until(page, bool)
    return one


async def streamed(running: Running, wanted: str, before: int) -> Any:
    headers = running.headers | {"Last-Event-ID": str(before)}
    async with (
        asyncio.timeout(60),
        httpx.AsyncClient(base_url=running.intake) as client,
        aconnect_sse(client, "GET", "/v1/events", headers=headers) as source,
    ):
        async for event in source.aiter_sse():
            if (one := event.json())["id"] == wanted:
                return one
    raise AssertionError("the stream ended")


def published(bootstrap: str, key: ECKey, wanted: str) -> Any:
    consumer = Consumer(
        {"bootstrap.servers": bootstrap, "group.id": uuid.uuid4().hex, "auto.offset.reset": "earliest"}
    )
    consumer.subscribe([f"results.{TENANT}"])
    try:
        while True:
            message = consumer.poll(30)
            assert message is not None, "nothing came"
            assert message.error() is None
            one = json.loads(jwe.decrypt_compact(message.value(), key, algorithms=["ECDH-ES", "A256GCM"]).plaintext)
            if one["id"] == wanted:
                return one
    finally:
        consumer.close()


async def pushed(secret: str, came: list[Any], wanted: str) -> Any:
    async def verified() -> Any:
        messages = [Webhook(secret).verify(body, headers) for body, headers in came]
        return [one["data"] for one in messages if one["data"]["id"] == wanted]

    (one,) = await until(verified, bool)
    return one


async def test_no_channel_tells_what_an_employer_is_not_to_know(
    running: Running, receiver: tuple[str, str, list[Any]], tmp_path: Path
) -> None:
    # Given an organisation that uses every channel, and an employee whose answers show what is to be withheld
    _, secret, came = receiver
    key = ECKey.generate_key("P-256")
    public = json.dumps(key.as_dict(private=False)).encode()
    await open_topics(running.stack.place.admin_socket("intake"), TENANT, public)
    name, answers = f"employee-{uuid.uuid4().hex}", specimen("channels")
    body = json.dumps({"external_id": name, "assessment": answers}).encode()
    # When the employee is assessed
    status, single = await running.post(
        "/v1/assessments?wait=30", body, running.headers | {"Content-Type": "application/json"}
    )
    assert (status, single["status"]) == (200, "scored")
    # Then every channel tells of it
    in_list = await listed(running, single["id"])
    told = {
        "list": in_list,
        "events": await streamed(running, single["id"], in_list["sequence"] - 1),
        "webhook": await pushed(secret, came, single["id"]),
        "kafka": await asyncio.to_thread(published, running.stack.bootstrap, key, single["id"]),
    }
    codes = {one["code"] for one in answers["occupations"]} | {one["id"] for one in answers["skills"]}
    for channel, document in told.items():
        assert document == in_list, channel
        assert set(document) == TOLD, channel
        assert set(document["result"]) == RESULT, channel
        assert all(set(one) == DIMENSION for one in document["result"]["dimensions"]), channel
        assert not {*WITHHELD} & set(names(document)), channel
        assert not codes & set(strings(document)), channel
    # and what it tells is the result, by the platform's own name
    assert in_list["result"] == single["result"] == load().score(answers).result()
    assert in_list["external_id"] == name
    # and what is computed from the answers is refused to an organisation
    for advice in ("explanation", "forecast", "plan", "counterfactual", "qualification", "career-path", "record"):
        refused, _ = await running.get(f"/v1/assessments/{single['id']}/{advice}")
        assert refused in (403, 405), advice
