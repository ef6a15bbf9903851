"""Occupations near one's own: in which order they stand, and to which of them a way is shown."""

import asyncio
import re
from typing import Any
from unittest.mock import Mock

import pytest

from schemas.advice import RANKINGS
from services.intake.pages.paths import PathPages
from services.methodology.specimen import specimen
from services.methodology.version import load
from tests.unit.intake.pages.visiting import own, visit

VERSION = load()
ANSWERS = specimen("paths shown", profile="core", codes=("15-1252.00",))


def page(**asked: str) -> str:
    """What is shown to whoever fills in the form so."""
    answer = asyncio.run(PathPages(Mock(), own(ANSWERS)).show(visit(form=asked)))
    assert isinstance(answer.text, str)
    return answer.text


def order(shown: str) -> tuple[list[str], list[str]]:
    """The orders that may be chosen, and the one that is."""
    (control,) = re.findall(r'<select id="ranked_by".*?</select>', shown, re.DOTALL)
    return re.findall(r'<option value="(\w+)"', control), re.findall(r'<option value="(\w+)" selected', control)


@pytest.mark.parametrize("ranked", ["", *RANKINGS])
def test_the_order_that_the_occupations_stand_in_is_the_one_that_is_chosen(ranked: str) -> None:
    offered, chosen = order(page(ranked_by=ranked))

    assert (offered, chosen) == (list(RANKINGS), [ranked or RANKINGS[0]])


def offered_ways(shown: str) -> list[str]:
    return re.findall(r'name="to" value="([\d.-]+)"', shown)


def statuses() -> dict[str, Any]:
    """The first occupation of each status."""
    return {one.status: one for one in reversed(VERSION.occupations())}


@pytest.mark.parametrize("status", ["direct", "estimated", "broader", "interval"])
def test_what_a_search_finds_is_offered_a_way_where_there_are_figures_of_it_measured_or_borrowed(status: str) -> None:
    one = statuses()[status]

    assert one.code in offered_ways(page(q=one.title))


def test_an_occupation_without_any_figures_is_offered_no_way() -> None:
    assert "55-1011.00" not in offered_ways(page(q="Air Crew Officers"))


@pytest.mark.parametrize("status", ["broader", "interval"])
def test_the_way_to_an_occupation_with_borrowed_figures_is_drawn(status: str) -> None:
    one = statuses()[status]
    assert VERSION.career_path(ANSWERS, one.code)["found"]

    assert '<ol class="paths way">' in page(to=one.code)
