"""The laws of the score, on generated answers of one to three occupations."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.answers import Answers
from schemas.result import Detail, Result, Trail
from services.methodology import Refused, load
from services.methodology.specimen import drawable, specimen
from services.methodology.v1.plan import plan_for

VERSION = load("1")
SEEDS = st.integers(0, 10**6).map(str)
PROFILES = st.sampled_from(["core", "core+income"])
INTERVALS = {one.code for one in VERSION.occupations() if one.status == "interval"}
UNUSUAL = [one.code for one in VERSION.occupations() if one.status in ("broader", "interval")]
"""Those that no specimen is drawn from by itself: a figure stands in, or is missing."""
FIGURES = ("largest_source", "sources_total", "expenses", "reserve", "months_covered")
usual = st.builds(specimen, SEEDS, profile=PROFILES, occupations=st.integers(1, 3))
unusual = st.builds(
    lambda seed, profile, codes: specimen(seed, profile=profile, codes=tuple(codes)),
    SEEDS,
    PROFILES,
    st.lists(st.sampled_from([*UNUSUAL, "15-1252.00", "29-1141.00"]), min_size=1, max_size=3, unique=True),
)
people = st.one_of(usual, unusual)


def thinned(answers: dict[str, Any], keep: int) -> dict[str, Any]:
    """The same person with some answers left open, chosen by the bits of ``keep``: skills, knowledge, behaviours and
    figures of income.
    """
    less, kept = dict(answers), keep
    for part in ("skills", "knowledge", "behaviours"):
        less[part] = [one for number, one in enumerate(answers[part]) if kept >> number & 1]
        kept >>= len(answers[part])
    if "income" in answers:
        left_open = {figure for number, figure in enumerate(FIGURES) if not kept >> number & 1}
        less["income"] = {key: value for key, value in answers["income"].items() if key not in left_open}
    return less


KEPT = st.integers(0, 2**66 - 1)
half_answered = st.builds(thinned, people, KEPT)


def test_thirty_occupations_have_a_figure_that_stands_in_or_is_missing() -> None:
    assert (len(UNUSUAL), len(INTERVALS)) == (30, 12)


def encoded(document: dict[str, Any]) -> str:
    return json.dumps(document)


@given(half_answered)
def test_contributions_sum_to_the_score_exactly(answers: dict[str, Any]) -> None:
    for told in VERSION.score(answers).trail()["explanations"]:
        low = high = told["base"]
        for dimension in told["dimensions"]:
            items = dimension["items"]
            least = sum(item.get("contribution", item.get("bounds", {}).get("low")) for item in items)
            most = sum(item.get("contribution", item.get("bounds", {}).get("high")) for item in items)
            assert dimension["contribution"] == {"low": least, "high": most}
            assert sum(item["weight"] for item in items) == 10_000
            low, high = low + least, high + most
        assert told["score"] == {"low": low, "high": high}


@given(st.lists(half_answered, min_size=2, max_size=5))
def test_a_batch_gives_the_bytes_that_one_by_one_would(batch: list[dict[str, Any]]) -> None:
    together = [encoded({"all": VERSION.score(one).documents()}) for one in batch]
    alone = []
    for one in reversed(batch):
        plan_for.cache_clear()
        alone.append(encoded({"all": VERSION.score(one).documents()}))
    assert together == alone[::-1]


@given(half_answered)
def test_every_document_has_its_schema(answers: dict[str, Any]) -> None:
    scored = VERSION.score(Answers().load(answers))
    for schema, document in zip((Result, Detail, Trail), scored.documents(), strict=True):
        assert schema().load(document) == document
    assert scored.documents() == (scored.result(), scored.detail(), scored.trail())


@given(half_answered, st.randoms(use_true_random=False))
def test_the_order_of_answers_changes_no_byte(answers: dict[str, Any], random: Any) -> None:
    shuffled = {}
    for part in random.sample(sorted(answers), len(answers)):
        value = answers[part]
        shuffled[part] = random.sample(value, len(value)) if isinstance(value, list) else value
    assert encoded(VERSION.score(answers).trail()) == encoded(VERSION.score(shuffled).trail())


@given(people, KEPT)
def test_bounds_contain_the_completed_score_in_each_profile_and_dimension(answers: dict[str, Any], keep: int) -> None:
    # Given somebody who answered everything, so that only a missing figure of an occupation leaves an interval
    whole, part = VERSION.score(answers).parts, VERSION.score(thinned(answers, keep)).parts
    missing = any(one["code"] in INTERVALS for one in answers["occupations"])
    assert missing or whole.low("core") == whole.high("core")
    # Then the bounds of whoever left answers open contain it, with an open income too
    for profile in {"core", part.profile}:
        assert part.low(profile) <= whole.low(profile) <= whole.high(profile) <= part.high(profile)
    for number in range(7 if part.profile == "core+income" else 6):
        assert part.dimensions_low[number] <= whole.dimensions_low[number]
        assert whole.dimensions_high[number] <= part.dimensions_high[number]


@given(people)
def test_a_replay_gives_the_same_bytes(answers: dict[str, Any]) -> None:
    trail = VERSION.score(answers).trail()
    assert encoded(VERSION.score(trail["answers"]).trail()) == encoded(trail)


@given(people, st.integers(0, 60))
def test_a_higher_level_never_lowers_a_score(answers: dict[str, Any], which: int) -> None:
    part = ("skills", "knowledge", "behaviours")[which % 3]
    items = [dict(one) for one in answers[part]]
    one = items[which % len(items)] if items else {"level": 4}
    one["level"] = min(4, one["level"] + 1)
    assert VERSION.score({**answers, part: items}).low >= VERSION.score(answers).low


@given(people, st.integers(0, 35))
def test_fresher_use_never_lowers_a_score(answers: dict[str, Any], which: int) -> None:
    items = [dict(one) for one in answers["skills"]]
    items[which % len(items)]["months"] //= 2
    assert VERSION.score({**answers, "skills": items}).low >= VERSION.score(answers).low


@given(people, st.integers(0, 100))
def test_a_pause_never_lowers_a_score(answers: dict[str, Any], months: int) -> None:
    assert VERSION.score({**answers, "pause_months": months}).low >= VERSION.score(answers).low


@given(usual, st.integers(0, 26), st.sampled_from([0, 500, 1000, 2000]))
def test_more_of_the_least_exposed_and_less_of_the_most_exposed_work_never_lowers_a_score(
    answers: dict[str, Any], which: int, factor: int
) -> None:
    plan = VERSION.score(answers).parts.plan
    mix = plan.mixes[which % len(plan.mixes)]
    mixed = [
        {"occupation": mix.occupation, "id": item, "factor": 1000 if number else factor}
        for number, item in enumerate(sorted(mix.ids, key=lambda one: -mix.values[mix.ids.index(one)]))
    ]
    more = [{**mixed[0], "factor": 4000}, *mixed[1:-1], {**mixed[-1], "factor": 500}]
    before, after = ({**answers, "activities": one} for one in (mixed, more))
    assert VERSION.score(after).low >= VERSION.score(before).low


@given(usual, st.integers(0, 26))
def test_more_of_work_less_exposed_than_the_mix_never_lowers_a_score(answers: dict[str, Any], which: int) -> None:
    # Given the typical mix, and an activity of it that is less exposed than the mix as a whole
    typical = {key: value for key, value in answers.items() if key != "activities"}
    plan = VERSION.score(typical).parts.plan
    mix = plan.mixes[which % len(plan.mixes)]
    assert mix.typical is not None
    better = [
        item for item, value in zip(mix.ids, mix.values, strict=True) if value * mix.weight >= mix.typical.units
    ]
    # When more of the work is that activity
    more = {"occupation": mix.occupation, "id": better[which % len(better)], "factor": 2000}
    # Then the score is not lower
    assert VERSION.score({**typical, "activities": [more]}).low >= VERSION.score(typical).low


@given(SEEDS, st.sampled_from(["sources_total", "reserve", "months_covered"]))
def test_more_income_more_reserve_and_more_covered_months_never_lower_a_score(seed: str, figure: str) -> None:
    answers = specimen(seed, profile="core+income")
    income = dict(answers["income"])
    income[figure] = 12 if figure == "months_covered" else income[figure] + 50_000
    before, after = (VERSION.score(one).parts for one in (answers, {**answers, "income": income}))
    assert after.low("core+income") >= before.low("core+income")


@given(SEEDS, st.lists(st.integers(0, 500_000), min_size=1, max_size=6), st.integers(0, 5), st.integers(0, 2_000_000))
def test_more_income_from_any_source_never_lowers_a_score(
    seed: str, sources: list[int], which: int, more: int
) -> None:
    # Given several sources, of which one gives more: the largest, or a smaller one that may overtake it
    answers = specimen(seed, profile="core+income")
    raised = [source + more * (number == which % len(sources)) for number, source in enumerate(sources)]
    before, after = (
        {**answers, "income": {**answers["income"], "largest_source": max(one), "sources_total": sum(one)}}
        for one in (sources, raised)
    )
    # Then the score is not lower
    assert VERSION.score(after).parts.low("core+income") >= VERSION.score(before).parts.low("core+income")


@given(people)
def test_neither_technology_nor_response_time_changes_the_result(answers: dict[str, Any]) -> None:
    named = [{**one, "technology": "Python"} for one in answers["skills"]]
    other = {
        **answers,
        "skills": named,
        "response": {"seconds": 1, "instructed": 0},
        "as_of": answers["as_of"],
    }
    assert encoded(VERSION.score(other).result()) == encoded(VERSION.score(answers).result())


@given(people)
def test_no_attribute_outside_the_items_changes_a_byte(answers: dict[str, Any]) -> None:
    other = {**answers, "name": "Ada", "age": 36, "sex": "f", "external_id": "7"}
    assert encoded(VERSION.score(other).trail()) == encoded(VERSION.score(answers).trail())


@given(people)
def test_the_core_result_and_its_reasons_tell_nothing_of_income(answers: dict[str, Any]) -> None:
    without = {key: value for key, value in answers.items() if key != "income"}
    without["profile"] = "core"
    if "income" in answers:
        del answers["income"]["reserve"]
    with_income, core = VERSION.score(answers), VERSION.score(without)
    assert encoded(with_income.result()) == encoded(core.result())
    assert encoded(with_income.detail()) == encoded(core.detail())


def test_every_occupation_that_can_be_drawn_computes_in_every_dimension() -> None:
    assert len(drawable()) == 893
    for entry in VERSION.occupations():
        scored = VERSION.score(
            {
                "as_of": "2026-11",
                "profile": "core",
                "occupations": [{"code": entry.code, "share": 1000}],
            }
        )
        dimensions = scored.result()["dimensions"]
        assert 0 <= scored.low < scored.high <= 10**10
        exact = [one["value"]["low"] == one["value"]["high"] for one in dimensions]
        assert (exact[0] and exact[4]) == (entry.status != "interval")


@pytest.mark.parametrize("income", [None, {"currency": "EUR"}, {"currency": "EUR", "sources": 2}])
def test_no_income_answer_that_is_scored_means_core(income: dict[str, Any] | None) -> None:
    answers = specimen("1", profile="core+income")
    del answers["income"]
    if income is not None:
        answers["income"] = income
    trail = VERSION.score(answers).trail()
    assert [one["profile"] for one in trail["explanations"]] == ["core"]
    assert not any(mark.get("dimension") == "income" for mark in trail["marks"])


def test_an_income_part_left_open_means_an_interval() -> None:
    answers = specimen("1", profile="core+income")
    del answers["income"]["reserve"]
    core, full = VERSION.score(answers).trail()["explanations"]
    assert core["score"]["low"] == core["score"]["high"]
    assert full["score"]["high"] - full["score"]["low"] == 10 * 3_500 * 10_000


def test_an_untouched_mix_is_marked_and_widens_the_band() -> None:
    answers = {key: value for key, value in specimen("2").items() if key != "activities"}
    code = answers["occupations"][0]["code"]
    mix = VERSION.score(answers).parts.plan.mixes[0]
    own = {**answers, "activities": [{"id": mix.ids[0], "factor": 1000}]}
    typical_result, own_result = VERSION.score(answers).result(), VERSION.score(own).result()
    assert "typical_mix" in typical_result["marks"] and "typical_mix" not in own_result["marks"]
    assert typical_result["score"] == own_result["score"]
    assert typical_result["band"]["low"] < own_result["band"]["low"]
    assert code == mix.occupation


def test_a_band_is_about_seven_points_to_each_side() -> None:
    halves = [VERSION.score(specimen(str(seed))).parts.plan.errors.own["core"].half for seed in range(200)]
    assert 650 < sum(halves) // len(halves) // 10**6 < 850


def test_refusals_carry_the_findings_of_validate() -> None:
    answers = {**specimen("3"), "occupations": [{"code": "15-1252.00", "share": 900}]}
    with pytest.raises(Refused) as caught:
        VERSION.score(answers)
    assert list(caught.value.findings) == VERSION.validate(answers)
