"""Specialisations and certifications: exact gains, and hours that leave nothing out that has to be learned."""

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.methodology import load
from services.methodology.specimen import specimen
from services.methodology.v1.advice.bundle import bundle, learner
from services.methodology.v1.advice.changes import changeable
from services.methodology.v1.advice.credentials import credentials
from services.methodology.v1.advice.effort import RAISE_HOURS, REFRESH_HOURS
from services.methodology.v1.tables import tables
from tests.unit.methodology.advice.people import Document, after, half_answered, people

VERSION = load("1")
BARTENDER = {"as_of": "2026-11", "profile": "core", "occupations": [{"code": "35-3011.00", "share": 1000}]}


def bundles(answers: Document) -> list[Document]:
    """Every specialisation, and what every certification evidences."""
    told = VERSION.plan(answers, 10, 1)
    return [*told["specialisations"], *(one["evidences"] for one in told["certifications"])]


def asked_of(answers: Document) -> set[str]:
    codes = [one["code"] for one in answers["occupations"]]
    parts = VERSION.questionnaire(*codes)["parts"]
    return {item["id"] for part in parts for item in part["items"]}


@settings(max_examples=40)
@given(half_answered)
def test_the_hours_are_those_of_every_item_from_where_the_person_stands(answers: Document) -> None:
    held = {one["id"]: one for part in ("skills", "knowledge") for one in answers[part]}
    for told in bundles(answers):
        for item in told["items"]:
            # Given what was answered about an item, or nothing of it
            now = held.get(item["id"], {"level": 0})
            faded = now["level"] and now.get("months", 0) > answers.get("pause_months", 0)
            # Then its hours lead from there to its level, and an item held at its level costs a refreshing at most
            wanted = sum(RAISE_HOURS[now["level"] : item["level"]]) or (REFRESH_HOURS if faded else 0)
            assert item["hours"] == wanted
        assert told["effort"]["middle"] == sum(item["hours"] for item in told["items"])


@settings(max_examples=40)
@given(half_answered)
def test_every_item_says_whether_it_is_held_asked_open_or_not_asked(answers: Document) -> None:
    held = {one["id"]: one["level"] for part in ("skills", "knowledge") for one in answers[part]}
    asked = asked_of(answers)
    for told in bundles(answers):
        for item in told["items"]:
            if item["id"] in held:
                assert item["basis"] == ("held" if held[item["id"]] >= item["level"] else "asked")
            else:
                assert item["basis"] == ("open" if item["id"] in asked else "not_asked")
                assert item["gain"] == 0


@settings(max_examples=40)
@given(half_answered)
def test_hours_that_rest_on_no_answer_are_marked_as_an_upper_bound(answers: Document) -> None:
    for told in bundles(answers):
        effort = told["effort"]
        unknown = sum(item["hours"] for item in told["items"] if item["basis"] in ("open", "not_asked"))
        assert (effort["of_unknown"], effort["upper_bound"]) == (unknown, unknown > 0)
        assert effort["low"] == (effort["middle"] - unknown) // 2
        assert effort["high"] == 2 * effort["middle"]


@settings(max_examples=40)
@given(people, st.integers(0, 11), st.integers(1, 4))
def test_knowing_more_never_makes_a_bundle_longer(answers: Document, which: int, more: int) -> None:
    # Given the same person with one knowledge area known better
    knowledge = [dict(one) for one in answers["knowledge"]]
    if not knowledge:
        return
    one = knowledge[which % len(knowledge)]
    one["level"] = min(4, one["level"] + more)
    # Then nothing takes more hours
    before, then = bundles(answers), bundles({**answers, "knowledge": knowledge})
    for earlier, later in zip(before, then, strict=True):
        assert later["effort"]["middle"] <= earlier["effort"]["middle"]


@settings(max_examples=40)
@given(people)
def test_a_bundle_gains_what_its_items_gain_together(answers: Document) -> None:
    told, held = (
        VERSION.plan(answers, 10, 1),
        {one["id"]: one["level"] for one in answers["skills"] + answers["knowledge"]},
    )
    for one in bundles(answers):
        # When its items are brought to their levels, and nothing else changes
        wanted = [
            {"id": item["id"], "to": {"level": max(item["level"], held[item["id"]]), "months": 0}}
            for item in one["items"]
            if item["id"] in held
        ]
        scored = VERSION.score(after(answers, [change for change in wanted if change["to"]["level"]])).parts
        # Then the score rises by the gain that was told, and by so much an hour
        assert scored.low(told["profile"]) - told["score"]["low"] == one["gain"]
        assert one.get("gain_per_hour", 0) == (
            one["gain"] // one["effort"]["middle"] if one["effort"]["middle"] else 0
        )


def test_a_bartender_is_not_told_that_cloud_computing_is_one_area_of_knowledge() -> None:
    # Given somebody whose occupation asks for one of six items
    answers = {**BARTENDER, "knowledge": [{"id": "2.C.3.a", "level": 0}]}
    cloud = next(one for one in VERSION.plan(answers, 10, 12)["specialisations"] if one["id"] == "cloud")
    # Then that one is counted, and the hours of the other five are not left out
    assert [item["basis"] for item in cloud["items"]] == ["asked", *["not_asked"] * 5]
    assert cloud["effort"] == {
        "low": 115,
        "middle": 1080,
        "high": 2160,
        "of_unknown": 850,
        "upper_bound": True,
        "basis": "assumption",
    }


def test_an_issuers_own_figure_goes_before_our_assumption() -> None:
    # Given an entry whose issuer states hours, with source and date
    scored = VERSION.score({**BARTENDER, "knowledge": [{"id": "2.C.3.a", "level": 0}]}).parts
    issuer = {"low": 30, "high": 50, "source": "https://issuer.example", "date": "2026-05", "checked": "2026-11-30"}
    # When its items are told to somebody
    told = bundle(learner(scored, changeable(scored)), {"2.C.3.a": 3}, issuer)
    # Then the issuer's hours come first, dated, and ours are marked as an assumption beside them
    assert told["effort"] == {
        "low": 30,
        "middle": 40,
        "high": 50,
        "basis": "issuer",
        "source": "https://issuer.example",
        "date": "2026-05",
        "checked": "2026-11-30",
    }
    assert (told["assumed_effort"]["basis"], told["assumed_effort"]["middle"]) == ("assumption", 230)
    assert told["gain_per_hour"] == told["gain"] // 40 > 0


def test_a_certification_gains_nothing_by_itself() -> None:
    told = VERSION.plan(specimen("papers"), 10, 12)["certifications"]
    assert len(told) == len(credentials()["certifications"])
    assert {one["gain_by_itself"] for one in told} == {0}


def test_every_credential_names_items_that_exist() -> None:
    known = tables()
    for entry in [*credentials()["specialisations"], *credentials()["certifications"]]:
        assert entry["items"] and entry["source"]
        assert all(item in known.knowledge_names or item in known.group_names for item in entry["items"])
    named = {entry["id"] for entry in credentials()["specialisations"]}
    assert {entry["specialisation"] for entry in credentials()["certifications"]} == named


@pytest.mark.parametrize("entry", credentials()["certifications"], ids=lambda entry: str(entry["id"]))
def test_every_certification_says_where_it_was_read_and_when(entry: Document) -> None:
    assert entry["name"] and entry["issuer"] and "issuer" in entry["read_from"], "what no issuer says is no entry"
    assert re.fullmatch(r"20\d\d-\d\d", entry["date"]) and date.fromisoformat(entry["checked"])
    for hours in filter(None, [entry.get("hours")]):
        assert 0 < hours["low"] <= hours["high"]
        assert hours["source"].startswith("https://")
        assert re.fullmatch(r"20\d\d-\d\d", hours["date"]) and date.fromisoformat(hours["checked"])
