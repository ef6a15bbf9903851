"""Groups as their people told them: counted with the score, sealed apart from the answers, compared on demand."""

from datetime import timedelta

import msgspec
import pytest

from infra.clock import now
from infra.crypto.sealed import Context, seal
from schemas.statistics import AGE_BANDS, SEXES, STATISTICS_SCHEMA, Counted
from schemas.topics import SUBMITTED
from services.audit.statistics.histograms import SCORES, places
from tests.integration.audit.office import Office
from tests.unit.scoring.hand_ins import document

TODAY = now().date()
WOMAN = Counted(1, 3, 1, 8, 2, 3, 2, 3, 3, 4)
MAN = Counted(2, 0, 0, 8, 2, 3, 2, 3, 3, 4)


async def decided(office: Office, told: Counted | None, seed: str) -> None:
    """Hand in and score for a person who told this."""
    alias = office.ledger.add()
    sealed = None
    if told is not None:
        place = Context(
            "acme", alias, SUBMITTED.name, STATISTICS_SCHEMA, f"{office.handed_in:032x}", office.ledger.key_id(alias)
        )
        sealed = seal(office.ledger.subkey(alias, "statistics"), msgspec.msgpack.encode(told), place)
    await office.decided(alias, document(seed), sealed)


async def people(office: Office, told: Counted, points: int, count: int, days_ago: int = 1) -> None:
    day = "acme", str(TODAY - timedelta(days=days_ago))
    before = (await office.counts.kept()).get("made/0", 0)
    made = {("made/0", before + number): (day, places(points, told)) for number in range(count)}
    await office.counts.add(made, {"made/0": before + count})


async def test_what_a_person_told_is_counted_with_the_score_and_nowhere_else(office: Office) -> None:
    # Given a person who told sex and age band, and one who told nothing
    await decided(office, WOMAN, "told")
    await decided(office, None, "untold")
    # When they are counted, twice
    await office.tally()
    await office.tally()
    # Then both are in the sample and one is in her groups
    found = await office.counts.between("acme", "2000-01-01", str(TODAY + timedelta(days=1)))
    assert {name: sum(counts) for name, counts in found.items() if any(counts) and "answers" not in name} == {
        SCORES: 2,
        f"sex/{SEXES[0]}": 1,
        f"age/{AGE_BANDS[2]}": 1,
        f"sex-age/{SEXES[0]}-{AGE_BANDS[2]}": 1,
        "break/told": 1,
    }
    assert found["answers/skills"][3] == sum(found["answers/skills"]) == 1


async def test_what_does_not_open_is_counted_in_no_group(office: Office) -> None:
    await office.decided(office.ledger.add(), document("forged"), b"\x01" * 80)
    await office.tally()
    found = await office.counts.between("acme", "2000-01-01", str(TODAY + timedelta(days=1)))
    assert {name for name, counts in found.items() if any(counts)} == {SCORES}


async def test_groups_are_compared_over_any_period_and_the_question_is_an_entry(office: Office) -> None:
    # Given a week in which 60 of 100 men and 40 of 100 women reach more than the median, and another week before it
    for told, above in ((WOMAN, 40), (MAN, 60)):
        await people(office, told, 70, above)
        await people(office, told, 30, 100 - above)
    await people(office, WOMAN, 90, 100, days_ago=20)
    # When an officer asks for that week
    status, told = await office.fairness(f"?organisation=acme&from={TODAY - timedelta(days=7)}&to={TODAY}")
    # Then rates, ratio and tests are told, who is in no group is counted, and what it is not is said
    assert (status, told["period"]["people"], told["median_tenths"]) == (200, 200, 500)
    by_sex, by_age, by_break = told["compared"]
    assert by_sex["groups"][0] == {
        "group": "female",
        "people": 100,
        "scoring_rate_thousandths": 400,
        "impact_ratio_thousandths": 667,
        "below_four_fifths": True,
        "deviations_hundredths": 283,
        "beyond_two_deviations": True,
        "fisher_millionths": 7060,
        "gap_hundredths": -800,
    }
    assert by_sex["groups"][1]["impact_ratio_thousandths"] is None
    assert set(by_sex["groups"][2].values()) == {"another", None}
    assert (by_age["untold"], by_break["groups"][0]["gap_hundredths"]) == (100, -800)
    by_both = told["crossed"]["groups"]
    assert {one["group"]: one["people"] for one in by_both if one["people"]} == {"female-35-44": 100}
    assert "not the yearly independent" in told["limits"]
    assert [one["type"] for one in await office.entries()] == ["search"]


async def test_of_nobody_there_is_nothing_but_the_limits(office: Office) -> None:
    status, told = await office.fairness()
    assert (status, told["organisation"], told["period"]["people"], told["median_tenths"]) == (
        200,
        "individuals",
        0,
        None,
    )


@pytest.mark.parametrize(("count", "people_told", "median"), [(1, 0, None), (19, 15, None), (20, 20, 570)])
async def test_the_score_of_few_is_not_told_as_their_median(
    office: Office, count: int, people_told: int, median: int | None
) -> None:
    await people(office, WOMAN, 57, count)
    _, told = await office.fairness("?organisation=acme")
    assert (told["period"]["people"], told["median_tenths"]) == (people_told, median)


async def test_of_one_person_nothing_at_all_is_told(office: Office) -> None:
    await people(office, WOMAN, 57, 1)
    _, told = await office.fairness("?organisation=acme")
    assert told["median_tenths"] is None
    assert {one["untold"] for one in (*told["compared"], told["crossed"])} == {0}
    groups = [group for one in (*told["compared"], told["crossed"]) for group in one["groups"]]
    assert {value for group in groups for name, value in group.items() if name != "group"} == {None}


async def test_a_question_that_is_none_is_refused(office: Office) -> None:
    for query in ("?from=2026-11-32", "?from=2026-11-02&to=2026-11-02", "?sex=female"):
        status, problem = await office.fairness(query)
        assert (status, len(problem["errors"])) == (422, 1), query
