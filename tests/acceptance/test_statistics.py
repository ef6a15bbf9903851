"""Who consents to statistics is counted by the running services, and who does not is not."""

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


async def assess(running: Running, *purposes: str) -> None:
    consent = {"notice": "individuals-1", "language": "en", "purposes": purposes, "of_age": True}
    hand_in = {"assessment": specimen("statistics"), "consent": consent}
    url = f"{running.stack.urls['intake']}/v1/assessments?wait=20"
    async with running.http.post(url, json=hand_in) as response:
        assert response.status == 200, await response.text()


async def counted(running: Running) -> int:
    async with running.http.get(f"{running.stack.urls['audit']}/metrics") as response:
        lines = (await response.text()).splitlines()
    return sum(int(float(line.removeprefix(COUNTED))) for line in lines if line.startswith(COUNTED))
