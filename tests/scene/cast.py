"""Somebody for every page: people with results and requests, employees, officers, each in a session of their own."""

import asyncio
import json
import re
import time
import uuid
from base64 import b32decode
from urllib.parse import parse_qs, urlsplit

import aiohttp

from infra.clock import now
from infra.crypto import totp
from infra.kafka.producer import Outgoing, Producer
from infra.kafka.record_tag import record_tags
from infra.local.operator_calls import ask
from schemas.envelope import headers
from schemas.rights import REVIEW_ORDERED_TYPE
from schemas.topics import PRIVACY_REQUESTS
from services.audit.operations.dead_letters import DeadLetters
from services.demo.platform import token
from services.intake.cli import register
from services.methodology.specimen import specimen
from tests.acceptance.test_statistics import counted
from tests.acceptance.waiting import until
from tests.running import Running
from tests.scene.pages import CODE, INTAKE
from tests.scene.stage import Holder, Stage

PASSWORD = "seven quiet herons at dusk"
GROUP = 30
"""People of each sex, so that groups may be told of."""
_CLAIM = re.compile(r'id="claim-code">([^<]+)<')
_AIM = re.compile(r'id="aim".*?<option value="([0-9][^"]+)"', re.DOTALL)
_AGREED = {"notice": "individuals-2", "language": "en", "purposes": ["scoring"], "of_age": True}
_ROLES = ("auditor", "overseer", "operator")


async def set_stage(running: Running, http: aiohttp.ClientSession) -> Stage:
    """Everybody whom the pages of the scene name. `http` keeps no cookies."""
    stage = Stage(running, http)
    claim = await people(stage)
    await employees(stage)
    await officers(stage, claim)
    return stage


async def people(stage: Stage) -> str:
    """With and without an income, with a draft alone, with an answered request, and erased; the first one's code."""
    _, claim = await assessed(stage)
    again, _ = await assessed(stage, claim=claim)
    for name, one, code in (("person", again, claim), ("without income", *await assessed(stage, "core"))):
        holder = await stage.enter("intake", "/result", {"claim": code}, f"/result/{one}")
        holder.places["id"] = one
        stage.holders["intake", name] = holder
    await reachable(stage)
    await draft(stage)
    stage.holders["consent", "person"] = await with_request(stage, claim)
    _, gone = await assessed(stage, "core")
    receipt = await stage.running.person.erase(gone)
    stage.holders["consent", "erased"] = Holder(places={"id": receipt["receipt"]["request"]})
    return claim


async def assessed(stage: Stage, profile: str = "core+income", claim: str = "") -> tuple[str, str]:
    """A result and the claim code that opens it."""
    hand_in = {"assessment": specimen(f"scene {profile}", profile=profile, codes=(CODE,)), "consent": _AGREED}
    address = f"{stage.running.intake}/v1/assessments?wait=20"
    told = await stage.call("POST", address, hand_in, _proof(claim) if claim else {})
    return told["id"], told.get("claim_code") or claim


async def reachable(stage: Stage) -> None:
    """An occupation that the person may aim at."""
    page = next(one for one in INTAKE if one.path.endswith("/paths") and one.form is None)
    found = _AIM.search((await stage.get(page))[1])
    assert found
    stage.holders["intake", "person"].places["aim"] = found[1]


async def draft(stage: Stage) -> None:
    """Somebody who has handed in nothing yet."""
    page = next(one for one in INTAKE if one.told == "saved")
    found = _CLAIM.search((await stage.get(page))[1])
    assert found
    stage.holders["intake", "saver"] = await stage.enter("intake", "/result", {"claim": found[1].strip()}, "/result")


async def with_request(stage: Stage, claim: str) -> Holder:
    """The person at the privacy pages, with an answered request for access."""
    holder = await stage.enter("consent", "/", {"claim": claim}, "/rights")
    request = await requested(stage, claim, {"type": "access"})
    address = f"{stage.running.stack.urls['consent']}/v1/privacy/requests/{request}"
    await until(lambda: stage.call("GET", address, None, {}), lambda told: told["state"] == "complete")
    holder.places["id"] = request
    return holder


async def requested(stage: Stage, claim: str, body: dict[str, str]) -> str:
    """The number of a request."""
    address = f"{stage.running.stack.urls['consent']}/v1/privacy/requests"
    return str((await stage.call("POST", address, body, _proof(claim)))["id"])


async def employees(stage: Stage) -> None:
    """One who is invited, and one who has answered."""
    running = stage.running
    terms = {"contact": "dpo@scene.example", "agreement": "7"}
    admin = running.stack.place.admin_socket("intake")
    client = await register(
        admin, f"scene-{uuid.uuid4().hex[:8]}", "Scene Ltd", "employment-law", "employees-3", **terms
    )
    proof = {"Authorization": f"Bearer {await token(stage.http, running.intake, client)}"}
    for name in ("invited", "employee"):
        told = await stage.call("POST", f"{running.intake}/v1/invitations", {"external_id": name}, proof)
        code = told["address"].partition("#")[2]
        holder = await stage.enter("intake", "/invitation", {"code": code}, "/invitation/assessment")
        if name == "employee":
            form = {"csrf": holder.token, "step": "hand-in", "occupation": CODE, "go": "hand-in"}
            await stage.send("intake", "/invitation/assessment", holder, form)
        stage.holders["intake", name] = holder
    claim = await told_claim(stage, stage.holders["intake", "employee"])
    stage.holders["consent", "employee"] = await stage.enter("consent", "/", {"claim": claim}, "/rights")


async def told_claim(stage: Stage, employee: Holder) -> str:
    """The claim code, which an employee reads once they have filled in the form."""

    async def told() -> re.Match[str] | None:
        address = f"{stage.running.intake}/invitation/result"
        async with stage.http.get(address, headers=employee.as_headers()) as answer:
            return _CLAIM.search(await answer.text())

    found = await until(told, bool)
    assert found
    return found[1].strip()


async def officers(stage: Stage, claim: str) -> None:
    """One of each role and one with a first password; a decision, a review, an incident and a dead letter."""
    running, audit = stage.running, stage.running.stack.urls["audit"]
    for role in (*_ROLES, "newcomer"):
        stage.holders["audit", role] = await appointed(stage, role)
    review = {"type": "review", "assessment": stage.holders["intake", "person"].places["id"], "statement": "Why?"}
    request = await requested(stage, claim, review)
    await groups(running)
    index = (await running.officer.newest("scored")).index
    act = (await running.officer.newest("officer-logged-in")).index
    incident = {"kind": "breach", "aware-day": "2026-01-10", "aware-time": "18:00", "what": "A backup was lost."}
    auditor, operator = stage.holders["audit", "auditor"], stage.holders["audit", "operator"]
    await stage.send("audit", "/incidents", auditor, {"csrf": auditor.token, **incident})
    async with stage.http.get(f"{audit}/incidents", headers=auditor.as_headers()) as answer:
        found = re.search(r"/incidents/([0-9a-f]{32})/", await answer.text())
    assert found
    letter = await poisoned(running)
    topic, _, offset = letter.rpartition("/")
    auditor.places |= {"index": str(index), "entry": found[1], "today": str(now().date())}
    operator.places |= {"topic": topic, "offset": offset}
    overseer = stage.holders["audit", "overseer"]
    overseer.places |= {"request": request, "index": str(act)}
    queue = f"{audit}/reviews/{request}"

    async def queued() -> int:
        async with stage.http.get(queue, headers=overseer.as_headers()) as answer:
            return answer.status

    await until(queued, lambda status: status == 200)


async def appointed(stage: Stage, name: str) -> Holder:
    """An officer in a session; a newcomer has yet to choose a password."""
    admin, role = stage.running.stack.place.admin_socket("audit"), name if name in _ROLES else "auditor"
    called = f"{name}-{uuid.uuid4().hex[:8]}"
    admission = await ask(admin, "POST", "/officers", {"name": called, "role": role})
    secret = b32decode(parse_qs(urlsplit(admission["uri"]).query)["secret"][0])
    code = totp.code(secret, int(time.time()) // totp.STEP_SECONDS)
    form = {"name": called, "password": admission["password"], "code": code}
    holder = await stage.enter("audit", "/login", form, "/password")
    if name in _ROLES:
        await stage.send("audit", "/password", holder, {"csrf": holder.token, "password": PASSWORD})
    return holder


async def groups(running: Running) -> None:
    """So many women and men who agreed to be counted."""
    people = [(number, sex) for sex in ("female", "male") for number in range(GROUP)]
    documents = [
        {
            "assessment": specimen(f"scene {sex} {number}"),
            "external_id": f"scene {sex} {number}",
            "statistics": {"sex": sex, "age_band": "35-44", "notice": "employees-3", "language": "en"},
        }
        for number, sex in people
    ]
    body = b"\n".join(json.dumps(one).encode() for one in documents)
    before = await counted(running)
    address = f"{running.intake}/v1/assessments/stream"
    async with running.http.post(address, data=body, headers=running.streaming()) as answer:
        assert {json.loads(line)["status"] for line in (await answer.text()).splitlines()} == {202}
    await until(lambda: counted(running), lambda told: told >= before + len(people))


async def poisoned(running: Running) -> str:
    """The place of a dead letter for an operator to look at: what came to people's requests was none."""
    came = Outgoing(PRIVACY_REQUESTS, "ab" * 16, b"no request", headers("cd" * 16, REVIEW_ORDERED_TYPE, "consent"))
    async with Producer(running.stack.bootstrap, "test", record_tags(running.stack.place.secrets)) as producer:
        await producer.send([came])
    letters = DeadLetters(running.stack.bootstrap)
    async with asyncio.timeout(30):
        while not (found := await letters.listed()):
            await asyncio.sleep(0.2)
    return found[0].id


def _proof(claim: str) -> dict[str, str]:
    return {"Authorization": f"Claim {claim}"}
