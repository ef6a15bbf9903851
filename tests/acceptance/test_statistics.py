"""Who consents to statistics is counted by the running services, in the groups that they tell; others are not."""

import json
from datetime import timedelta
from typing import Any

from infra.clock import now
from services.methodology.specimen import specimen
from tests.acceptance.waiting import until
from tests.running import Running

COUNTED = "careerpulse_audit_scores_counted_total "


async def test_only_who_consents_to_statistics_is_counted(running: Running) -> None:
    before = await counted(running)
    # Given two people, of whom the second agrees to statistics
    await assess(running, "scoring")
    await assess(running, "scoring", "statistics")
    # Then one of the two is counted
    assert await until(lambda: counted(running), lambda now: now > before) == before + 1


async def test_what_employees_tell_reaches_an_officer_in_groups_only(running: Running) -> None:
    # Given a dozen employees in a stream, who consent to statistics and tell sex and age band, and one who does not
    told = {"sex": "female", "age_band": "65-or-over", "notice": "employees-1", "language": "en"}
    documents = [employee(number) | {"statistics": told} for number in range(12)] + [employee(12)]
    body = b"\n".join(json.dumps(one).encode() for one in documents)
    headers = running.streaming()
    async with running.http.post(f"{running.intake}/v1/assessments/stream", data=body, headers=headers) as response:
        answers = [json.loads(line) for line in (await response.text()).splitlines()]
    assert {one["status"] for one in answers} == {202}
    # Then an officer sees a group of them, rounded down, and nothing of one that nobody told
    groups = await until(lambda: by_age(running), lambda told: told["65-or-over"] is not None)
    assert (groups["65-or-over"], groups["55-64"]) == (10, None)


def employee(number: int) -> dict[str, Any]:
    return {"assessment": specimen(f"statistics {number}"), "external_id": f"statistics-{number}"}


async def by_age(running: Running) -> dict[str, int | None]:
    """About how many people of acme are counted in each age band."""
    token = await running.officers_token("auditor")
    tomorrow = now().date() + timedelta(days=1)
    url = f"{running.stack.urls['audit']}/v1/audit/fairness?organisation=acme&from=2026-01-01&to={tomorrow}"
    headers = {"Authorization": f"Bearer {token}", "Purpose": "the yearly report"}
    async with running.http.get(url, headers=headers) as response:
        assert response.status == 200, await response.text()
        (ages,) = (one for one in (await response.json())["compared"] if one["by"] == "age")
    return {one["group"]: one["people"] for one in ages["groups"]}


async def assess(running: Running, *purposes: str) -> None:
    consent = {"notice": "individuals-1", "language": "en", "purposes": purposes, "of_age": True}
    hand_in: dict[str, Any] = {"assessment": specimen("statistics"), "consent": consent}
    if "statistics" in purposes:
        hand_in["statistics"] = {"sex": "another", "age_band": "under-25"}
    url = f"{running.stack.urls['intake']}/v1/assessments?wait=20"
    async with running.http.post(url, json=hand_in) as response:
        assert response.status == 200, await response.text()


async def counted(running: Running) -> int:
    async with running.http.get(f"{running.stack.urls['audit']}/metrics") as response:
        lines = (await response.text()).splitlines()
    return sum(int(float(line.removeprefix(COUNTED))) for line in lines if line.startswith(COUNTED))
