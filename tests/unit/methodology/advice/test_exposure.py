"""The forecast of exposure: never less with time, with speed or with more tools, and never called a risk."""

import json
from typing import Any

import pytest
from hypothesis import given

from services.methodology import load
from services.methodology.specimen import specimen
from services.methodology.v1.advice.build import serialised
from services.methodology.v1.advice.figures import PATH, figures
from tests.unit.methodology.advice.people import Document, people

VERSION = load("1")
SPEEDS = ("slow", "middle", "fast")


def paths(told: Any) -> list[Document]:
    """Every set of paths in a document, at any depth."""
    if isinstance(told, list):
        return [path for one in told for path in paths(one)]
    if not isinstance(told, dict):
        return []
    inner = [path for one in told.values() for path in paths(one)]
    return [told, *inner] if "potential" in told else inner


def test_the_committed_figures_are_what_the_sources_give() -> None:
    assert PATH.read_bytes() == serialised()


@pytest.mark.parametrize(
    ("year", "published"),
    [
        (2025, (200, 200, 200)),
        (2026, (262, 298, 335)),
        (2027, (335, 419, 503)),
        (2029, (503, 676, 804)),
        (2031, (671, 857, 943)),
    ],
)
def test_the_part_in_use_is_the_published_one(year: int, published: tuple[int, ...]) -> None:
    assert tuple((figures().in_use(speed, year) + 5) // 10 for speed in SPEEDS) == published


@given(people)
def test_exposure_never_falls_without_action(answers: Document) -> None:
    for path in paths(VERSION.forecast(answers)["exposure"]):
        for speed in SPEEDS:
            assert path[speed] == sorted(path[speed])
            assert path[speed][-1] <= path["potential"]


@given(people)
def test_faster_use_and_more_tools_never_lower_exposure(answers: Document) -> None:
    told = VERSION.forecast(answers)["exposure"]
    for path in paths(told):
        for slow, middle, fast in zip(*(path[speed] for speed in SPEEDS), strict=True):
            assert slow <= middle <= fast
    for speed in SPEEDS:
        for alpha, beta, gamma in zip(
            *(told["scenarios"][name][speed] for name in ("alpha", "beta", "gamma")), strict=True
        ):
            assert alpha <= beta <= gamma


@given(people)
def test_each_occupations_activities_are_the_whole_of_its_work(answers: Document) -> None:
    told = VERSION.forecast(answers)["exposure"]
    for occupation in told["occupations"]:
        shares = [one["share_per_mille"] for one in told["activities"] if one["occupation"] == occupation["code"]]
        assert sum(shares) == 1000


@given(people)
def test_it_speaks_of_exposure_and_never_of_losing_a_job(answers: Document) -> None:
    text = json.dumps(VERSION.forecast(answers)).lower()
    assert "exposure" in text
    assert not [word for word in ("probability", "replace", "lose", "loss", "risk", "safe") if word in text]


def test_an_activity_without_exposure_is_under_the_threshold() -> None:
    told = VERSION.forecast(specimen("hands", occupations=3))["exposure"]["activities"]
    for activity in told:
        nothing = activity["assistance"]["potential"] == activity["automation"]["potential"] == 0
        assert activity["under_threshold"] == nothing
    assert any(activity["under_threshold"] for activity in told)


def test_every_occupation_has_a_forecast() -> None:
    for occupation in VERSION.occupations():
        answers = {"as_of": "2026-11", "profile": "core", "occupations": [{"code": occupation.code, "share": 1000}]}
        told = VERSION.forecast(answers)["exposure"]
        assert told["scenarios"]["gamma"]["fast"][-1] > 0 or told["scenarios"]["gamma"]["potential"] < 2


def test_the_same_answers_give_the_same_bytes() -> None:
    answers = specimen("again", occupations=2)
    turned = {part: value[::-1] if isinstance(value, list) else value for part, value in answers.items()}
    assert json.dumps(VERSION.forecast(answers)) == json.dumps(VERSION.forecast(turned))
