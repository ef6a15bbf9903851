"""A person's rights over the running services: see everything, take it along, correct it, have a human look at it."""

import json
import uuid
from typing import Any

from services.demo.failure import StepFailed
from services.methodology.specimen import specimen
from tests.acceptance.conftest import Running
from tests.acceptance.test_nothing_in_the_clear import found
from tests.acceptance.waiting import until

JSON = {"Content-Type": "application/json"}
CONSENT = {"notice": "individuals-1", "language": "en", "purposes": ["scoring"], "of_age": True}


def hand_in(seed: str, level: int | None = None) -> bytes:
    answers = specimen(seed, profile="core+income")
    if level is not None:
        answers["behaviours"] = [{**one, "level": level} for one in answers["behaviours"]]
    return json.dumps({"assessment": answers, "consent": CONSENT}).encode()


async def logged(running: Running, entry_type: str) -> bool:
    """Whether the log has an entry of this type."""
    try:
        return bool(await running.officer.newest(entry_type))
    except StepFailed:
        return False


async def officer(running: Running, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    token = await running.officers_token("overseer")
    headers = {"Authorization": f"Bearer {token}"}
    async with running.http.request(method, running.stack.urls["audit"] + path, json=body, headers=headers) as answer:
        return answer.status, await answer.json(content_type=None)


async def queued(running: Running, request: str) -> Any:
    """The review as it lies in the auditors' queue, once the decision that it is about is in the log."""
    _, listed = await officer(running, "GET", "/v1/audit/reviews")
    return next((one for one in listed["reviews"] if one["request"] == request and "trail" in one["links"]), None)


class Rights:
    """A person in front of consent."""

    def __init__(self, running: Running, code: str) -> None:
        self._running = running
        self._claim = {"Authorization": f"Claim {code}"}

    async def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        address = self._running.stack.urls["consent"] + path
        async with self._running.http.request(method, address, json=body, headers=self._claim) as response:
            return response.status, await response.json(content_type=None)

    async def follow(self, path: str) -> tuple[int, Any]:
        """By the request's id alone, which counts as no use of the code."""
        async with self._running.http.get(self._running.stack.urls["consent"] + path) as response:
            return response.status, await response.json(content_type=None)

    async def ask(self, kind: str, **more: str) -> dict[str, Any]:
        status, received = await self.call("POST", "/v1/privacy/requests", {"type": kind, **more})
        assert (status, received["request_status"]) == (202, "pending"), received
        return received

    async def answered(self, received: dict[str, Any]) -> dict[str, Any]:
        """The request once it is completed."""
        _, shown = await until(
            lambda: self.follow(received["links"]["self"]),
            lambda got: got[1]["request_status"] == "completed",
        )
        assert shown["clock"]["answered_at"] is not None
        return shown

    async def results(self, kind: str, **more: str) -> Any:
        shown = await self.answered(await self.ask(kind, **more))
        status, results = await self.call("GET", shown["results_url"])
        assert status == 200, results
        return results


async def test_a_person_sees_everything_takes_it_along_and_corrects_it(running: Running) -> None:
    # Given a person with one assessment
    _, first = await running.post("/v1/assessments?wait=20", hand_in("rights", 0), JSON)
    rights = Rights(running, first["claim_code"])
    answers = json.loads(hand_in("rights", 0))["assessment"]

    # When she asks for access while audit is down
    running.stack.kill("audit", hold=True)
    asked = await rights.ask("access")
    _, waiting = await until(
        lambda: rights.follow(asked["links"]["self"]), lambda got: got[1]["request_status"] == "in_progress"
    )
    assert (waiting["results_url"], waiting["clock"]["days_left"] > 25) == (None, True)
    assert (await rights.call("GET", asked["links"]["results"]))[0] == 409
    running.stack.release("audit")
    # Then it waits for audit, and tells everything
    shown = await rights.answered(asked)
    _, report = await rights.call("GET", shown["results_url"])
    (told,) = report["assessments"]
    assert (told["answers"], told["result"]) == (answers, first["result"])
    assert {one["profile"] for one in told["explanations"]} == {"core", "core+income"}
    assert report["logic"]["versions"][0]["link"].endswith("/v1/methodology/1")
    assert [one["purpose"] for one in report["consents"]] == ["scoring"]
    assert [one["type"] for one in report["requests"]] == ["access"]

    # When she takes along what she provided, and hands the file in elsewhere
    file = await rights.results("portability")
    assert file["hand_ins"] == [{"assessment": answers, "consent": CONSENT}]
    status, taken = await running.post("/v1/assessments/import", json.dumps(file).encode(), JSON)
    # Then it gives the same result, under a code of its own
    assert (status, taken["claim_code"] != first["claim_code"]) == (202, True)
    claim = {"Authorization": f"Claim {taken['claim_code']}"}
    async with running.http.get(taken["links"]["consent_receipts"], headers=claim) as response:
        assert len((await response.json())["receipts"]) == 1
    place = taken["assessments"][0]["links"]["self"]
    _, again = await until(lambda: running.get(place, claim), lambda got: got[1]["status"] == "scored")
    assert again["result"] == first["result"]

    # When she asks for a correction, and hands in what is right
    asked = await rights.ask("rectification", assessment=first["id"])
    claim = {"Authorization": f"Claim {first['claim_code']}"}
    place = f"/v1/assessments/{first['id']}"
    _, corrected = await running.post(f"{place}/corrections?wait=20", hand_in("rights", 4), JSON | claim)
    # Then there is a new score, and the old one stays and is marked
    assert corrected["result"]["score"] != first["result"]["score"]
    shown = await rights.answered(asked)
    assert shown["outcome"] == f"superseded-by-{corrected['id']}"
    _, old = await running.get(place, claim)
    assert (old["result"], old["superseded_by"]) == (first["result"], corrected["id"])
    _, series = await running.get("/v1/assessments", claim)
    assert [one.get("superseded_by") for one in series["assessments"]] == [corrected["id"], None]
    assert series["changes"] == []
    await until(lambda: logged(running, "superseded"), bool)
    twice, problem = await running.post(f"{place}/corrections", hand_in("rights", 4), JSON | claim)
    assert (twice, problem["type"]) == (409, "urn:careerpulse:problem:superseded")
    # and the next file has what is right alone, the next report both
    assert [one["assessment"] for one in (await rights.results("portability"))["hand_ins"]] == [
        json.loads(hand_in("rights", 4))["assessment"]
    ]
    both = (await rights.results("access"))["assessments"]
    assert [one["superseded_by"] for one in both] == [corrected["id"], None]


async def test_a_human_reviews_a_result_and_its_person_reads_the_decision_and_who_looked(
    running: Running,
) -> None:
    # Given a person with a result
    _, first = await running.post("/v1/assessments?wait=20", hand_in("reviewed"), JSON)
    rights = Rights(running, first["claim_code"])
    # When she wants a human to look at it, and one decides
    view = f"my view {uuid.uuid4()}"
    asked = await rights.ask("review", assessment=first["id"], statement=view)
    case = await until(lambda: queued(running, asked["id"]), bool)
    status, opened = await officer(running, "POST", case["links"]["open"], {"purpose": "her request"})
    assert (status, opened["statement"]) == (200, view)
    assert (await officer(running, "POST", case["links"]["trail"], {"purpose": "her request"}))[0] == 200
    word = {"decision": "overruled", "reason": "The occupation is another one."}
    assert (await officer(running, "POST", case["links"]["decide"], word))[0] == 200
    assert (await officer(running, "POST", case["links"]["decide"], word))[0] == 409
    # Then she reads what was decided and why; the machine's result stays, and the log has both
    shown = await rights.answered(asked)
    _, outcome = await rights.call("GET", shown["results_url"])
    assert (outcome["decision"], outcome["reason"]) == (word["decision"], word["reason"])
    _, still = await running.get(first["links"]["self"], {"Authorization": f"Claim {first['claim_code']}"})
    assert still["result"] == first["result"]
    await until(lambda: logged(running, "override"), bool)
    # and access says who looked, and why
    looked = (await rights.results("access"))["looked"]
    assert {one["purpose"] for one in looked if "purpose" in one} == {"her request"}
    assert [one["did"] for one in looked].count("override") == 1
    assert found(running.data, {"view": view.encode(), "reason": word["reason"].encode()}) == {}


async def test_an_organisation_is_told_what_became_of_what_it_received(running: Running) -> None:
    # Given an organisation that has handed in
    body = json.dumps({"external_id": "told", "assessment": specimen("told")}).encode()
    headers = running.headers | JSON
    _, first = await running.post("/v1/assessments?wait=20", body, headers)
    # When it corrects an answer of its employee, and not that of another
    place = f"/v1/assessments/{first['id']}/corrections?wait=20"
    other = json.dumps({"external_id": "another", "assessment": specimen("told")}).encode()
    assert (await running.post(place, other, headers))[0] == 403
    right = json.dumps({"external_id": "told", "assessment": specimen("told-rightly")}).encode()
    status, corrected = await running.post(place, right, headers)
    assert (status, corrected["status"], corrected["supersedes"]) == (200, "scored", first["id"])

    # Then a notice says so until it is acknowledged, as often as that is said
    async def told() -> list[dict[str, Any]]:
        _, document = await running.get("/v1/privacy/notices")
        return [one for one in document["notices"] if one["assessments"] == [first["id"]]]

    (notice,) = await until(told, bool)
    assert (notice["kind"], notice["replaced_by"]) == ("rectified", corrected["id"])
    acknowledge = notice["links"]["acknowledge"]
    answers = [await running.post(acknowledge, b"", running.headers) for _ in range(2)]
    assert answers[0] == answers[1]
    assert answers[0][1]["acknowledged_at"] is not None
    assert await told() == []
    await until(lambda: logged(running, "notice-acknowledged"), bool)
