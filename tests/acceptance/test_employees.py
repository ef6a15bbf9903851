"""An employee's right, from the employer's code to the receipt, as each of the three sees it."""

import json
import uuid

from services.methodology.specimen import specimen
from tests.acceptance.conftest import Running
from tests.acceptance.waiting import until

JSON = {"Content-Type": "application/json"}


async def told(running: Running, method: str, url: str, headers: dict, body: object = None) -> tuple[int, dict]:
    async with running.http.request(method, url, headers=headers, json=body) as response:
        return response.status, await response.json()


async def test_an_employees_erasure_goes_to_the_employer_and_is_carried_out_on_its_word(running: Running) -> None:
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
    # Then the organisation finds it by its own assessment's id, and gives its word
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
