"""An employee's right, from the employer's code to the receipt, as each of the three sees it."""

import json
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from standardwebhooks import Webhook

from services.methodology.specimen import specimen
from tests.acceptance.conftest import Running
from tests.acceptance.waiting import until

JSON = {"Content-Type": "application/json"}


async def told(running: Running, method: str, url: str, headers: dict, body: object = None) -> tuple[int, dict]:
    async with running.http.request(method, url, headers=headers, json=body) as response:
        return response.status, await response.json()


@asynccontextmanager
async def subscribed(running: Running) -> AsyncIterator[list[dict[str, Any]]]:
    """What a webhook of the organisation is told, verified, while it listens."""
    came: list[dict[str, Any]] = []

    async def receive(request: web.Request) -> web.Response:
        came.append(Webhook(created["secret"]).verify(await request.read(), dict(request.headers)))
        return web.Response()

    app = web.Application()
    app.router.add_post("/hooks", receive)
    async with TestServer(app) as server:
        hooks = f"{running.intake}/v1/webhooks"
        asked = {"url": str(server.make_url("/hooks"))}
        _, created = await told(running, "POST", hooks, running.headers, asked)
        yield came
        await told(running, "POST", f"{hooks}/{created['id']}/disable", running.headers)


async def test_an_employees_erasure_goes_to_the_employer_and_is_carried_out_on_its_word(running: Running) -> None:
    async with subscribed(running) as came:
        assessment, forwarded = await erased_on_the_employers_word(running)

        # The employer's webhook was told of the request before its word, and of the erasure after it
        async def about() -> list[dict[str, Any]]:
            return [one for one in came if assessment in one["data"].get("assessments", ())]

        notices = await until(about, lambda found: "privacy.erased" in [one["type"] for one in found])
    assert [one["type"] for one in notices] == ["privacy.request-forwarded", "privacy.erased"]
    assert notices[0]["data"]["id"] == forwarded["id"]


async def erased_on_the_employers_word(running: Running) -> tuple[str, dict]:
    """The id of the employee's assessment, and the request as it was forwarded."""
    consent, name = running.stack.urls["consent"], f"E-{uuid.uuid4()}"
    # Given an employee who was assessed, and the code that the organisation obtained and passed on
    body = json.dumps({"external_id": name, "assessment": specimen("employee")}).encode()
    _, assessed = await running.post("/v1/assessments?wait=20", body, running.headers | JSON)
    codes = f"{running.intake}/v1/employees/codes"
    status, issued = await told(running, "POST", codes, running.headers, {"external_id": name})
    assert (status, issued["address"]) == (201, f"{consent}/employee#{issued['code']}")
    assert (await told(running, "POST", codes, running.headers, {"external_id": "nobody"}))[0] == 404
    _, taken = await told(running, "POST", f"{consent}/v1/claims", {}, {"code": issued["code"]})
    proof = {"Authorization": f"Claim {taken['claim_code']}"}
    # When the employee asks the operator for an erasure
    status, held = await told(running, "POST", f"{consent}/v1/privacy/requests", proof, {"type": "erasure"})
    assert (status, held["request_status"]) == (202, "pending")
    _, shown = await told(running, "GET", consent + held["links"]["self"], {})
    assert shown["state"] == "waiting"
    # Then it is handed over by the employer's webhook, before it asks for anything
    forwarded = consent + held["links"]["self"]
    await until(lambda: told(running, "GET", forwarded, {}), lambda got: got[1]["handed_over_at"] is not None)
    # and the organisation finds it by its own assessment's id, and gives its word
    queue = f"{running.intake}/v1/employees/requests"
    _, listed = await told(running, "GET", queue, running.headers)
    (mine,) = [one for one in listed["requests"] if assessed["id"] in one["assessments"]]
    word = running.intake + mine["links"]["instruction"]
    assert (await told(running, "POST", word, running.headers, {"decision": "refuse"}))[0] == 422
    status, done = await told(running, "POST", word, running.headers, {"decision": "carry-out"})
    assert (status, done["state"]) == (200, "carried-out")
    # and the employee gets the receipt, and the result is gone
    place = f"{consent}/v1/privacy/requests/{done['request']}/receipt"
    _, receipt = await until(
        lambda: told(running, "GET", place, {}),
        lambda got: got[0] == 200 and got[1]["receipt"]["stage"] == "complete",
    )
    assert {part["store"] for part in receipt["receipt"]["destroyed"]} == {"audit", "consent", "intake"}
    assert (await running.get(f"/v1/assessments/{assessed['id']}"))[0] == 410
    return assessed["id"], shown
