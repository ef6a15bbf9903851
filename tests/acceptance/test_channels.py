"""Every channel by which an organisation gets results is opened, and none tells what an employer is not to know."""

import asyncio
import json
import re
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import httpx
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from confluent_kafka import Consumer
from httpx_sse import aconnect_sse
from joserfc import jwe
from joserfc.jwk import ECKey
from standardwebhooks import Webhook

from schemas.result import deliverable
from services.intake.cli import open_topics, partner_key_of, register
from services.methodology.specimen import specimen
from services.methodology.version import load
from tests.acceptance.conftest import TENANT, Running
from tests.acceptance.test_employees import told
from tests.acceptance.waiting import until
from tests.integration.intake.test_direct import Platform

TOLD = {"id", "sequence", "status", "submitted_at", "ended_at", "external_id", "result", "summary"}
RESULT = {"methodology", "score", "band", "points", "dimensions"}
ASKED_NOTHING = ("explanation", "forecast", "plan", "counterfactual", "qualification", "record", "trail", "letter")
ASKED = ("plan", "counterfactual", "qualification", "career-path")
TIME = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z")
WORDS = {"scored", "completed", "complete", "delivered", "assessment.scored", "0-100", "Band", "Methodology"}
"""What a channel says by itself, of whomever it tells."""


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


def leaves(told: object) -> Iterator[object]:
    """Every value in a document that holds no other."""
    if isinstance(told, dict | list):
        for value in told.values() if isinstance(told, dict) else told:
            yield from leaves(value)
    else:
        yield told


def withheld(answers: dict[str, Any], told: set[object]) -> set[str]:
    """What stands in the answers, and in all that is made of them for the person alone, as it is written in JSON."""
    version, path = load(), answers["occupations"][0]["code"]
    made = [
        answers,
        version.score(answers).trail(),
        version.forecast(answers),
        version.counterfactual(answers, 9 * 10**9),
        version.plan(answers, 10, 12),
        version.qualification(answers),
        version.career_path(answers, path),
    ]
    # The name of a field is the same in everybody's answers, and an error names it.
    found = {value for document in made for value in leaves(document)} - told - set(answers)
    # What is short stands in other words and numbers by chance.
    return {str(one) for one in found if len(str(one)) >= (6 if isinstance(one, str) else 9)}


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


async def failed(running: Running, key: ECKey, name: str, answers: dict[str, Any], count: int) -> Any:
    """All `count` that `inbound.errors` says by now, with these answers but one out of range, sent over Kafka."""
    (published,) = (await running.get("/.well-known/inbound-keys.json"))[1]["keys"]
    platform = Platform(TENANT, running.stack.bootstrap, key, published)
    wrong = answers | {"occupations": [{**answers["occupations"][0], "share": 7_777}]}
    body = json.dumps({"external_id": name, "assessment": wrong}).encode()
    await asyncio.to_thread(platform.hand_in, platform.seal(body), uuid.uuid4().hex)
    return await asyncio.to_thread(platform.read, f"inbound.{TENANT}.errors", count)


async def chosen_that_reasons_are_told(running: Running, name: str) -> None:
    """The employee gets a claim code by the organisation's code for them, and chooses `delivery-detail`."""
    consent = running.stack.urls["consent"]
    status, issued = await told(
        running, "POST", f"{running.intake}/v1/employees/codes", running.headers, {"external_id": name}
    )
    assert status == 201, issued
    _, taken = await told(running, "POST", f"{consent}/v1/claims", {}, {"code": issued["code"]})
    asked = {"purpose": "delivery-detail", "notice": "employees-1", "language": "en"}
    proof = {"Authorization": f"Claim {taken['claim_code']}"}
    status, given = await told(running, "POST", f"{consent}/v1/consents", proof, asked)
    assert status == 201, given


async def test_no_channel_tells_what_an_employer_is_not_to_know_whatever_its_employee_has_chosen(
    running: Running, receiver: tuple[str, str, list[Any]]
) -> None:
    # Given an organisation that uses every channel, and an employee who says that they look for other work
    key = ECKey.generate_key("P-256")
    socket = running.stack.place.admin_socket("intake")
    await open_topics(socket, TENANT, json.dumps(key.as_dict(private=False)).encode())
    await register(socket, TENANT, "Acme Ltd", "contract", "employees-1")
    partner_key = await partner_key_of(socket, TENANT, overlap=0)
    name, answers = f"employee-{uuid.uuid4().hex}", specimen("channels", as_of="2025-03") | {"target": True}
    every = Every(running, receiver, key, partner_key, name, answers)
    # When the employee is assessed, then no channel tells more than the result, and the reasons are refused
    assert await every.refused(await every.told()) == {*ASKED_NOTHING, *ASKED}
    # and when they have chosen that their employer gets the reasons too, these are told at one address, and no
    # channel tells more than before
    await chosen_that_reasons_are_told(running, name)
    found = await every.told()
    assert await every.refused(found) == {*ASKED_NOTHING, *ASKED} - {"explanation"}
    reasons = (await running.get(f"/v1/assessments/{found}/explanation"))[1]
    assert reasons["explanation"] == load().score(answers).detail()["explanation"]


@dataclass
class Every:
    """Every channel of an organisation, and an employee of whom they tell."""

    running: Running
    receiver: tuple[str, str, list[Any]]
    key: ECKey
    partner_key: str
    name: str
    answers: dict[str, Any]
    rounds: int = 0

    async def told(self) -> str:
        """Assess the employee, open every channel and look for what it must not tell; gives the assessment's id."""
        running, answers, name = self.running, self.answers, self.name
        webhook, secret, came = self.receiver
        self.rounds += 1
        body = json.dumps({"external_id": name, "assessment": answers}).encode()
        status, single = await running.post(
            "/v1/assessments?wait=30", body, running.headers | {"Content-Type": "application/json"}
        )
        assert (status, single["status"]) == (200, "scored")
        # Every channel tells of it the same
        found = single["id"]
        in_list = await listed(running, found)
        whole = {
            "list": in_list,
            "events": await streamed(running, found, in_list["sequence"] - 1),
            "webhook": await pushed(secret, came, found),
            "kafka": await asyncio.to_thread(published, running.stack.bootstrap, self.key, found),
        }
        for channel, document in whole.items():
            assert document == in_list, channel
        assert (set(in_list), set(in_list["result"])) == (TOLD, RESULT)
        # which is the result, by the platform's own name
        given = deliverable(load().score(answers).result())
        assert (in_list["result"], in_list["external_id"]) == (given, name)
        # and no other address, record or message holds more
        partner = {"Authorization": aiohttp.encode_basic_auth(self.partner_key, "")}
        told = whole | {
            "waited for": single,
            "fetched": (await running.get(f"/v1/assessments/{found}"))[1],
            "partner": (await running.get(f"/partner/v1/test_status?partner_interview_id={found}", partner))[1],
            "workforce": (await running.get("/v1/workforce"))[1],
            "deliveries": (await running.get(f"/v1/webhooks/{webhook}/deliveries?limit=500"))[1],
            "errors": await failed(running, self.key, name, answers, self.rounds),
        }
        known = {*leaves(given), *leaves(in_list["summary"])}
        secrets = withheld(answers, known)
        assert {answers["occupations"][0]["code"], answers["skills"][0]["id"]} <= secrets
        for channel, document in told.items():
            # On some days the date of a figure is that of the hand-in.
            written = TIME.sub("", json.dumps(document))
            assert [one for one in secrets if one in written] == [], channel
        band = f"{given['points']['band_low']} to {given['points']['band_high']}"
        own = known | WORDS | {found, name, in_list["sequence"], band}
        for channel in (*whole, "waited for", "fetched", "partner"):
            more = [one for one in leaves(told[channel]) if one not in own and not may_stand(one, running, found)]
            assert more == [], channel
        return str(found)

    async def refused(self, found: str) -> set[str]:
        """Which of the addresses that tell what is computed from the answers are refused to the organisation."""
        running, asking = self.running, self.running.headers | {"Content-Type": "application/json"}
        answered = {one: (await running.get(f"/v1/assessments/{found}/{one}"))[0] for one in ASKED_NOTHING}
        for one in ASKED:
            status, _ = await running.post(f"/v1/assessments/{found}/{one}", b"{}", asking)
            answered[one] = status if answered.get(one, status) == status else 0
        return {one for one, status in answered.items() if status == 403}


def may_stand(value: object, running: Running, assessment: str) -> bool:
    """A time, or an address of the same assessment or of what a score means."""
    address = isinstance(value, str) and value.startswith((f"/v1/assessments/{assessment}", running.intake))
    return address or (isinstance(value, str) and TIME.fullmatch(value) is not None)
