"""From a hand-in to a verified log, as each user sees it."""

import json
import uuid
from pathlib import Path
from typing import Any

import orjson

from schemas.result import deliverable
from services.consent.erasure.receipt import from_pem, verify
from services.methodology.specimen import specimen, specimens
from services.methodology.version import load
from tests.acceptance.conftest import Running
from tests.acceptance.waiting import until


async def scored_since(running: Running, start: int) -> list[int]:
    """The indices of the entries `scored` from `start` on."""
    page = await running.officer.page(start)
    return [one["index"] for one in page if one["entry"]["type"] == "scored"]


async def test_a_person_is_scored_explained_and_erased_and_the_log_still_verifies(running: Running) -> None:
    # Given a person who took the assessment without registering
    size = await running.officer.size()
    assessed = await running.person.assess()
    explanation = assessed.detail["explanation"]
    contributions = sum(item["contribution"] for one in explanation["dimensions"] for item in one["items"])
    assert explanation["base"] + contributions == assessed.result["score"]["low"]
    (index, *_) = await until(lambda: scored_since(running, size), bool)
    kept = await running.officer.proved(index)

    # When she withdraws and asks for her erasure
    await running.person.withdraw(assessed.claim_code)
    signed = await running.person.erase(assessed.claim_code)

    # Then the receipt verifies against the published key, and names what was destroyed where
    async with running.http.get(f"{running.stack.urls['consent']}/v1/receipts/key") as response:
        key = from_pem(await response.read())
    receipt: Any = verify(orjson.dumps(signed), key).document
    assert receipt["stage"] == "complete"
    destroyed = {part["store"]: part["counts"] for part in receipt["destroyed"]}
    assert destroyed["intake"] == {"assessments": 1, "drafts": 0, "deliveries": 0}
    assert destroyed["audit"] == {"trails": 1, "acts": 0, "reviews": 0}
    # and the result cannot be read, the old proof still verifies, and the erasure is an entry of the log
    await running.person.unreadable(assessed)
    await running.officer.verified(kept)
    erased = await running.officer.proved(receipt["log"]["index"])
    assert json.loads(erased.entry)["type"] == "erased"
    assert (await running.officer.whole_log()).sound


async def test_a_result_is_what_the_published_methodology_gives_for_the_answers(running: Running) -> None:
    answers = specimen("acceptance")
    status, body = await running.post(
        "/v1/assessments?wait=20",
        json.dumps({"assessment": answers}).encode(),
        running.headers | {"Content-Type": "application/json"},
    )
    assert status == 200
    assert body["result"] == deliverable(load().score(answers).result())


async def test_an_organisation_gets_no_reasons_and_no_other_organisations_results(running: Running) -> None:
    status, body = await running.post(
        "/v1/assessments?wait=20",
        json.dumps({"assessment": specimen("reasons")}).encode(),
        running.headers | {"Content-Type": "application/json"},
    )
    assert status == 200
    refused, _ = await running.get(f"/v1/assessments/{body['id']}/explanation")
    assert refused == 403
    stranger, _ = await running.get(f"/v1/assessments/{body['id']}", {"Authorization": "Claim 00000"})
    assert stranger == 401


async def test_the_same_hand_in_under_the_same_key_is_one_assessment(running: Running) -> None:
    # Given a hand-in that was accepted under a key
    headers = running.headers | {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
    body = json.dumps({"external_id": "twice", "assessment": specimen("twice")}).encode()
    first, accepted = await running.post("/v1/assessments", body, headers)
    # When it comes again, and when another body comes under its key
    again, repeated = await running.post("/v1/assessments?wait=20", body, headers)
    other = json.dumps({"external_id": "twice", "assessment": specimen("other")}).encode()
    reused, problem = await running.post("/v1/assessments", other, headers)
    # Then the first two are one, and the third is refused
    assert (first, again, accepted["id"]) == (202, 200, repeated["id"])
    assert (reused, problem["type"]) == (422, "urn:careerpulse:problem:idempotency-key-reused")


async def test_a_bad_line_in_the_middle_of_a_stream_harms_no_neighbour(running: Running) -> None:
    good = json.dumps({"assessment": specimen("neighbour")}).encode()
    lines = [good, b"{", b'{"assessment": {}, "name": "x"}', good]
    async with running.http.post(
        f"{running.intake}/v1/assessments/stream",
        data=b"\n".join(lines),
        headers=running.streaming(),
    ) as response:
        answers = [json.loads(line) async for line in response.content]
    assert [(one["line"], one["status"]) for one in answers] == [(1, 202), (2, 422), (3, 422), (4, 202)]
    assert "/name" in {fault["pointer"] for fault in answers[2]["problem"]["errors"]}
    for one in (answers[0], answers[3]):
        await until(
            lambda id=one["id"]: running.get(f"/v1/assessments/{id}"), lambda got: got[1]["status"] == "scored"
        )


async def test_a_hand_in_right_after_its_202_is_known(running: Running) -> None:
    lines = b"".join(
        json.dumps({"external_id": f"known-{place}", "assessment": answers}).encode() + b"\n"
        for place, answers in enumerate(specimens("known", 50))
    )
    stream = f"{running.intake}/v1/assessments/stream"
    async with running.http.post(stream, data=lines, headers=running.streaming()) as response:
        accepted = (json.loads(answer)["id"] async for answer in response.content)
        known = [(await running.get(f"/v1/assessments/{one}"))[0] async for one in accepted]
    assert known == [200] * 50


async def test_an_exported_log_verifies_offline(running: Running, tmp_path: Path) -> None:
    from services.audit.tlog.export import export
    from services.audit.tlog.note import VerifierKey
    from services.audit.tlog.sources import directory_source
    from services.audit.tlog.stored import stored_log
    from services.audit.tlog.verify import verify as verify_log

    export(stored_log(running.stack.data / "log"), tmp_path / "out")
    source = directory_source(tmp_path / "out")
    report = verify_log(source, VerifierKey.parse(source.vkey()))
    assert report.sound
    assert report.entries > 0
