"""People who come by themselves, as the slow tests need them: handed in, read, erased."""

import json
import secrets
from dataclasses import dataclass
from itertools import count
from typing import Any

from services.methodology.specimen import specimen
from tests.acceptance.conftest import Running
from tests.acceptance.waiting import until


@dataclass(frozen=True, slots=True)
class Someone:
    """A person with an assessment; `canary` is what they wrote."""

    canary: str
    assessment: str
    claim_code: str
    result: dict[str, Any]

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Claim {self.claim_code}"}


def answers_with(canary: str) -> dict[str, Any]:
    """Answers of somebody who names a technology, by this name."""
    for draw in count():
        answers = specimen(f"{canary}/{draw}")
        technologies = [one for one in answers["skills"] if one["id"].startswith("tech.")]
        if technologies:
            technologies[0]["technology"] = canary
            return answers
    raise AssertionError("the count has ended")


async def hand_in(running: Running, canary: str) -> Someone:
    """Hand in answers with this canary in them, and wait for the score."""
    answers = answers_with(canary)
    consent = {"notice": "individuals-1", "language": "en", "purposes": ["scoring"], "of_age": True}
    body = json.dumps({"assessment": answers, "consent": consent}).encode()
    status, got = await running.post("/v1/assessments?wait=30", body, {"Content-Type": "application/json"})
    assert status == 200, got
    return Someone(canary, got["id"], got["claim_code"], got["result"])


async def save_draft(running: Running, someone: Someone) -> None:
    """Keep an unfinished questionnaire with their canary in it under their claim code, as the page does."""
    form = {
        **{"step": "tasks", "go": "keep", "token": secrets.token_hex(16), "claim": someone.claim_code},
        **{"draft": "yes", "of_age": "yes", "occupation": "15-1252.00", "t:any": someone.canary},
    }
    async with running.http.post(f"{running.intake}/assessment", data=form) as response:
        page = await response.text()
    assert 'id="claim-code"' in page, page


async def has_draft(running: Running, someone: Someone) -> bool:
    """Whether their claim code opens a draft that holds their canary."""
    async with running.http.post(f"{running.intake}/", data={"claim": someone.claim_code}) as response:
        return f'value="{someone.canary}"' in await response.text()


async def read(running: Running, someone: Someone) -> tuple[int, Any]:
    """What intake answers when they ask for their result."""
    return await running.get(f"/v1/assessments/{someone.assessment}", someone.headers)


async def assert_readable(running: Running, someone: Someone) -> None:
    """They see the result that they saw."""
    status, got = await until(lambda: read(running, someone), lambda answer: answer[0] != 503)
    assert (status, got["result"]) == (200, someone.result)


async def assert_gone(running: Running, someone: Someone) -> None:
    """Neither the claim code nor the assessment leads anywhere."""
    status, _ = await until(lambda: read(running, someone), lambda answer: answer[0] != 503)
    assert status in (401, 404, 410)


async def ask_for_erasure(running: Running, someone: Someone) -> str:
    """The address of the request."""
    address = f"{running.stack.urls['consent']}/v1/privacy/requests"
    async with running.http.post(address, json={"type": "erasure"}, headers=someone.headers) as response:
        opened = await response.json()
    assert response.status == 202, opened
    return str(opened["links"]["self"])


async def state_of(running: Running, request: str) -> str:
    """The request's state."""
    async with running.http.get(running.stack.urls["consent"] + request) as response:
        return str((await response.json())["state"])


async def receipt_of(running: Running, request: str, seconds: float = 150) -> dict[str, Any]:
    """The signed receipt once the request is complete."""
    await until(lambda: state_of(running, request), lambda state: state == "complete", seconds)
    async with running.http.get(f"{running.stack.urls['consent']}{request}/receipt") as response:
        signed: dict[str, Any] = await response.json()
    return signed
