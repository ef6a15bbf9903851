"""Scores and answers of those who consented to statistics: counted once, sealed, compared, and told of."""

import json
from collections.abc import Sequence
from datetime import timedelta

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import select

from infra.clock import now
from infra.kafka.batch_loop import Unavailable
from schemas.topics import SCORED
from services.audit.statistics.histograms import SCORES, Place
from services.audit.statistics.stability import POINTS
from services.audit.statistics.windows import usual_windows
from services.audit.tables import day_counts
from tests.integration.audit.office import Office
from tests.unit.scoring.hand_ins import document

TODAY = now().date()
TOMORROW = str(TODAY + timedelta(days=1))


def drifted_metric(name: str) -> float | None:
    return REGISTRY.get_sample_value("careerpulse_audit_drifted", {"organisation": "acme", "of": name})


async def counted(office: Office) -> int:
    return sum(await scores(office, "acme", "2000-01-01", TOMORROW))


async def scores(office: Office, tenant: str, start: str, end: str) -> list[int]:
    return (await office.counts.between(tenant, start, end))[SCORES]


async def scored_at(office: Office, points: int, people: int, days_ago: int) -> None:
    """So many people with that score on that day, none of them read before."""
    await counted_at(office, [(SCORES, points)], people, days_ago)


async def counted_at(office: Office, places: Sequence[Place], people: int, days_ago: int) -> None:
    day = "acme", str(TODAY - timedelta(days=days_ago))
    before = (await office.counts.kept()).get("made/0", 0)
    people_of = {("made/0", before + number): (day, places) for number in range(people)}
    await office.counts.add(people_of, {"made/0": before + people})


async def test_each_decision_counts_once_however_often_its_record_is_read(office: Office) -> None:
    for seed in ("one", "two"):
        await office.decided(office.ledger.add(), document(seed))
    await office.tally()
    await office.tally()
    assert await counted(office) == 2


async def test_a_displayed_score_is_counted_at_its_points(office: Office) -> None:
    index = await office.decided(office.ledger.add(), document("points"))
    await office.tally()
    _, opened = await office.open(index)
    (result,) = [json.loads(one["value"]) for one in opened["fields"] if one["name"] == "result"]
    counts = await scores(office, "acme", "2000-01-01", TOMORROW)
    assert counts[(result["points"]["low"] + result["points"]["high"]) // 2] == 1


async def test_periods_that_meet_are_read_at_once_and_each_has_all_its_days(office: Office) -> None:
    for people, days_ago in ((1, 0), (2, 1), (4, 2)):
        await scored_at(office, 50, people, days_ago)
    today, yesterday, before = (str(TODAY - timedelta(days=days)) for days in range(3))
    found = await office.counts.of_periods("acme", (before, today), (yesterday, TOMORROW), ("2000-01-01", before))
    assert [one[SCORES][50] for one in found] == [6, 3, 0]


async def test_who_gave_no_consent_to_statistics_is_not_counted(office: Office) -> None:
    office.ledger.release_refused = "statistics"
    await office.decided(office.ledger.add(), document("silent"))
    await office.tally()
    assert await counted(office) == 0
    (record,) = office.broker.of(SCORED.name)
    assert list((await office.counts.kept()).values()) == [record.offset + 1]


async def test_while_consent_is_away_nothing_is_passed_over(office: Office) -> None:
    await office.decided(office.ledger.add(), document("away"))
    office.ledger.away = True
    with pytest.raises(Unavailable):
        await office.tally()
    assert dict(await office.counts.kept()) == {}
    office.ledger.away = False
    await office.tally()
    assert await counted(office) == 1


async def test_what_retention_removed_before_it_was_counted_is_an_entry_and_passed_over(office: Office) -> None:
    place = f"{SCORED.name}/1"
    await office.counts.pass_over({place: (4, 9)})
    assert (await office.counts.kept())[place] == 9
    (entry,) = await office.entries()
    assert (entry["type"], entry["actor"]) == ("removed-unread", "service:audit")
    assert entry["cause"] == {"topic": SCORED.name, "partition": 1, "offset": 4}


async def test_what_is_stored_is_one_sealed_blob_a_day_without_an_alias(office: Office) -> None:
    alias = office.ledger.add()
    await office.decided(alias, document("sealed"))
    await office.tally()
    async with office.counts._database.read() as connection:
        (row,) = (await connection.execute(select(day_counts))).all()
    assert row.tenant == "acme"
    assert alias.encode() not in bytes(row.sealed)
    assert b"[0,0,0" not in bytes(row.sealed)


async def test_what_is_made_up_in_a_sandbox_is_not_counted(office: Office) -> None:
    await office.decided(office.ledger.add("sandbox-acme"), document("made up"))
    await office.tally()
    assert await office.counts.tenants() == []


async def test_a_period_counts_its_days_and_no_others(office: Office) -> None:
    await scored_at(office, 40, 3, days_ago=2)
    await scored_at(office, 40, 5, days_ago=1)
    day = str(TODAY - timedelta(days=1))
    assert (await scores(office, "acme", day, str(TODAY)))[40] == 5
    assert await scores(office, "other", day, str(TODAY)) == [0] * POINTS


async def test_scores_that_drift_are_one_entry_and_their_return_another(office: Office) -> None:
    # Given scores that were stable for weeks, and a week of others
    await scored_at(office, 40, 500, days_ago=30)
    await scored_at(office, 80, 500, days_ago=2)
    # When it is looked at twice
    await office.watch.look()
    await office.watch.look()
    # Then there is one entry, and the route tells the same
    (entry,) = await office.entries()
    assert (entry["type"], entry["actor"]) == ("drift", "service:audit")
    status, told = await office.drift("?organisation=acme")
    assert (status, told["verdict"], told["current"]["people"]) == (200, "drifted", 500)
    # When the scores lie as before again
    await scored_at(office, 40, 60_000, days_ago=1)
    await office.watch.look()
    assert [one["type"] for one in await office.entries()] == ["drift", "search", "drift"]


async def test_answers_that_drift_are_told_apart_from_scores(office: Office) -> None:
    # Given people whose scores stay as they were and whose skills rise
    await counted_at(office, [(SCORES, 40), ("answers/skills", 2)], 500, days_ago=30)
    await counted_at(office, [(SCORES, 40), ("answers/skills", 4)], 500, days_ago=2)
    # When it is looked at
    await office.watch.look()
    # Then there is one entry and one alert, of the answers, and the route says of which
    assert [one["type"] for one in await office.entries()] == ["drift"]
    alerts = {name: drifted_metric(name) for name in (SCORES, "answers/skills", "answers/ai")}
    assert alerts == {SCORES: 0, "answers/skills": 1, "answers/ai": 0}
    _, told = await office.drift("?organisation=acme")
    assert told["verdict"] == "stable"
    assert {one["answers"]: one["verdict"] for one in told["answers"]}["skills"] == "drifted"


async def test_while_consent_is_away_the_counts_stay_sealed(office: Office) -> None:
    await scored_at(office, 40, 60, days_ago=2)
    office.ledger.away = True
    assert [(await office.drift("?organisation=acme"))[0], (await office.fairness("?organisation=acme"))[0]] == [
        503
    ] * 2


async def test_of_few_people_nothing_is_told_but_that_they_are_few(office: Office) -> None:
    await scored_at(office, 40, 43, days_ago=30)
    await scored_at(office, 80, 49, days_ago=2)
    await office.watch.look()
    status, told = await office.drift("?organisation=acme")
    assert (status, told["verdict"], told["index_thousandths"]) == (200, "too-few", None)
    assert (told["reference"]["people"], told["current"]["people"]) == (40, 45)
    assert [one["type"] for one in await office.entries()] == ["search"]


async def test_any_two_periods_can_be_compared(office: Office) -> None:
    await scored_at(office, 40, 500, days_ago=30)
    current, reference = usual_windows(TODAY)
    periods = (
        f"from={reference.start}&to={reference.end}&reference-from={reference.start}&reference-to={reference.end}"
    )
    status, told = await office.drift(f"?organisation=acme&{periods}")
    assert (status, told["verdict"], told["index_thousandths"]) == (200, "stable", 0)
    assert told["current"]["end"] == str(current.start)


@pytest.mark.parametrize("query", ["?from=2026-11-32", "?from=2026-11-02&to=2026-11-02", "?since=2026-11-02"])
async def test_a_period_that_is_none_is_refused(office: Office, query: str) -> None:
    status, problem = await office.drift(query)
    assert (status, len(problem["errors"])) == (422, 1)
