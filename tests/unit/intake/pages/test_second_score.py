"""Where an income was given, the score that counts it is told as the first is: with its band and its reasons."""

import asyncio
import json
import re
from collections.abc import Callable
from html import unescape
from typing import Any
from unittest.mock import Mock

import pytest

from schemas.points import rounded
from services.intake.pages import result
from services.intake.pages.result import ResultPages
from services.methodology.specimen import specimen
from services.methodology.version import load
from tests.unit.intake.pages.visiting import own, visit

VERSION = load()
ANSWERS = specimen("second score", profile="core+income", codes=("15-1252.00",))
ANSWERS["income"] = {
    "currency": "CHF",
    "largest_source": 500_000,
    "sources_total": 620_000,
    "expenses": 410_000,
    "reserve": 1_750_000,
    "months_covered": 9,
}
WITHOUT = {name: given for name, given in ANSWERS.items() if name != "income"} | {"profile": "core"}
REASONS = VERSION.score(ANSWERS).trail()["explanations"][1]


def pages(answers: dict[str, Any]) -> ResultPages:
    return ResultPages(Mock(), own(answers), Mock(), Mock())


def shown(answers: dict[str, Any], language: str) -> str:
    """The page of the result."""
    answer = asyncio.run(pages(answers).show(visit(language)))
    assert isinstance(answer.text, str)
    return answer.text


def printed(answers: dict[str, Any], language: str) -> str:
    """What is laid out as a PDF."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(result, "pdf", str.encode)
        answer = asyncio.run(pages(answers).print_(visit(language)))
    assert isinstance(answer.body, bytes)
    return answer.body.decode()


def taken_along(answers: dict[str, Any]) -> dict[str, Any]:
    answer = asyncio.run(pages(answers).take_along(visit()))
    assert isinstance(answer.body, bytes)
    told: dict[str, Any] = json.loads(answer.body)
    return told


def words(markup: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", markup)).split())


@pytest.mark.parametrize("of", [shown, printed])
def test_the_score_with_income_stands_with_its_own_band(of: Callable[[dict[str, Any], str], str]) -> None:
    _, counted = words(of(ANSWERS, "en")).split("A second score beside the first.")

    band = " to ".join(str(rounded(REASONS["band"][end])) for end in ("low", "high"))
    assert f"With its band it reaches from {band}." in counted


@pytest.mark.parametrize("of", [shown, printed])
@pytest.mark.parametrize("language", ["en", "de"])
def test_the_figures_of_the_income_stand_behind_its_dimension_in_their_currency(
    of: Callable[[dict[str, Any], str], str], language: str
) -> None:
    told = words(of(ANSWERS, language))

    (income,) = [one for one in REASONS["dimensions"] if one["id"] == "income"]
    assert all(VERSION.name(item["id"], language) in told for item in income["items"])
    for figure in ("1,200", "4,100", "17,500") if language == "en" else ("1.200", "4.100", "17.500"):
        assert re.search(rf"(CHF\W*{re.escape(figure)}|{re.escape(figure)}\S*\W*CHF)", told)


def test_no_two_parts_of_the_page_have_one_id_or_one_name_of_a_table() -> None:
    page = shown(ANSWERS, "en")

    for attribute in (r' id="([^"]+)"', r'role="region" tabindex="0" aria-label="([^"]+)"'):
        names = re.findall(attribute, page)
        assert sorted(names) == sorted(set(names))


def test_what_is_taken_along_has_the_reasons_of_both_scores() -> None:
    told = taken_along(ANSWERS)

    assert told["with_income"] == REASONS
    assert told["detail"]["explanation"]["profile"] == "core"


def test_without_an_income_nothing_is_told_of_a_second_score() -> None:
    assert "A second score" not in shown(WITHOUT, "en") + printed(WITHOUT, "en")
    assert "with_income" not in taken_along(WITHOUT)
