"""One real thing of each kind that a path names, so that what is sent to it reaches more than "not found"."""

import uuid
from collections.abc import Mapping
from typing import Any

from services.methodology.specimen import specimen
from services.methodology.version import load
from tests.acceptance.test_employees import told
from tests.acceptance.waiting import until
from tests.running import Running

Places = Mapping[str, Mapping[str, str]]
"""The parts of paths by the beginning of the path, the longest that fits."""


async def of_intake(running: Running, mine: dict[str, Any]) -> Places:
    """Mine are an assessment's id and its person's claim code."""
    organisation = running.headers
    _, webhook = await told(
        running, "POST", f"{running.intake}/v1/webhooks", organisation, {"url": "http://127.0.0.1:9/hooks"}
    )
    _, invitation = await told(
        running, "POST", f"{running.intake}/v1/invitations", organisation, {"external_id": uuid.uuid4().hex}
    )
    request, notice = await forwarded(running)
    version = load().id
    return {
        "/v1/assessments": {"id": mine["id"]},
        "/v1/webhooks": {"id": webhook["id"]},
        "/v1/invitations": {"id": invitation["id"]},
        "/v1/employees/requests": {"id": request},
        "/v1/privacy/notices": {"id": notice},
        "/v1/boundaries": {"use": "training"},
        "/v1/questionnaires": {"version": version},
        "/v1/methodology": {"version": version, "file": "standalone.py"},
    }


async def of_consent(running: Running, mine: dict[str, Any]) -> Places:
    consent, proof = running.stack.urls["consent"], {"Authorization": f"Claim {mine['claim_code']}"}
    _, listed = await told(running, "GET", f"{consent}/v1/consents", proof)
    _, request = await told(running, "POST", f"{consent}/v1/privacy/requests", proof, {"type": "access"})
    return {
        "/v1/consents": {"id": listed["consents"][0]["id"]},
        "/v1/privacy/requests": {"id": request["id"]},
        "/v1/notices": {"name": "individuals-1"},
    }


async def of_audit(running: Running, mine: dict[str, Any]) -> Places:
    consent, proof = running.stack.urls["consent"], {"Authorization": f"Claim {mine['claim_code']}"}
    asked = {"type": "review", "assessment": mine["id"], "statement": "Look again, please."}
    _, review = await told(running, "POST", f"{consent}/v1/privacy/requests", proof, asked)
    return {
        "/logs": {"log": "0"},
        "/logs/{log}/tile": {"log": "0", "level": "0", "place": "000"},
        "/v1/audit/entries": {"index": "0"},
        "/v1/audit/logs": {"log": "0", "index": "0"},
        "/v1/audit/reviews": {"request": review["id"]},
    }


async def of_scoring(_running: Running, _mine: dict[str, Any]) -> Places:
    return {}


OF = {"intake": of_intake, "consent": of_consent, "audit": of_audit, "scoring": of_scoring}


async def forwarded(running: Running) -> tuple[str, str]:
    """An employee's request that waits for the organisation's word, and a notice of another that was carried out."""
    consent, organisation, name = running.stack.urls["consent"], running.headers, f"E-{uuid.uuid4()}"
    document = {"external_id": name, "assessment": specimen("real places")}
    _, assessed = await told(running, "POST", f"{running.intake}/v1/assessments?wait=30", organisation, document)
    _, issued = await told(
        running, "POST", f"{running.intake}/v1/employees/codes", organisation, {"external_id": name}
    )
    _, taken = await told(running, "POST", f"{consent}/v1/claims", {}, {"code": issued["code"]})
    proof, place = {"Authorization": f"Claim {taken['claim_code']}"}, f"{running.intake}/v1/employees/requests"

    async def asked(kind: str) -> str:
        await told(running, "POST", f"{consent}/v1/privacy/requests", proof, {"type": kind})
        _, listed = await told(running, "GET", place, organisation)
        mine = (one for one in listed["requests"] if (one["type"], one["state"]) == (kind, "waiting"))
        return str(next(one for one in mine if assessed["id"] in one["assessments"])["links"]["instruction"])

    word = await asked("restriction")
    await told(running, "POST", running.intake + word, organisation, {"decision": "carry-out"})
    _, notices = await until(
        lambda: told(running, "GET", f"{running.intake}/v1/privacy/notices", organisation),
        lambda got: bool(got[1]["notices"]),
    )
    waiting = await asked("objection")
    return waiting.split("/")[-2], notices["notices"][0]["id"]
