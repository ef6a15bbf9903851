"""The review of an income as it is shown: a chart from the reserve on, every month and every case in its tables."""

from typing import Any

from aiohttp import web
from aiohttp.test_utils import make_mocked_request

import services.intake.pages.site as intake
from infra.pages.site import Site
from infra.pages.visit import Visit
from services.intake.pages.income_shown import Shown, shown
from services.methodology.version import load

CLIENT = {
    "id": "source-1",
    "kind": "contract",
    "monthly": 320_000,
    "contract": {"ends": "2027-03", "notice_months": 1, "renewal": "negotiated"},
}
JOB = {"id": "source-2", "kind": "employment", "monthly": 60_000}
INCOME: dict[str, Any] = {
    "as_of": "2026-11",
    "currency": "EUR",
    "expenses": 250_000,
    "reserve": 900_000,
    "sources": [CLIENT, JOB],
}
NAMES = {"source-1": "Main client", "source-2": "Job"}


def visit(language: str) -> Visit:
    site = Site("intake", "http://here", bytes(32), [intake.PLACE], {"addresses": {}})
    site.join(web.Application())
    return site._visit(make_mocked_request("GET", f"/?lang={language}"))


def review(language: str = "en", **changed: Any) -> Shown:
    document = INCOME | changed
    return shown(visit(language), load(), load().income(document, language), document["reserve"], NAMES.__getitem__)


def test_the_chart_begins_with_the_reserve_and_its_table_has_every_month() -> None:
    cover = review().cover.table

    assert [row[0] for row in cover.rows] == [
        *("December 2026", "January 2027", "February 2027", "March 2027", "April 2027", "May 2027"),
        *("June 2027", "July 2027", "August 2027", "September 2027", "October 2027", "November 2027"),
    ]
    assert cover.rows[0][5] == "€10,300"  # 9,000 + 3,200 + 600 - 2,500
    assert ">€0<" in str(review().cover.svg)


def test_an_income_in_yen_is_drawn_and_told_in_whole_yen() -> None:
    told = review(currency="JPY")

    assert told.cover.table.rows[0][5] == "JP¥1,030,000"
    assert {row[2] for row in told.helps.rows if "reserve" in row[0].lower()} == {"JP¥100"}


def test_all_cases_are_told_with_the_sources_as_the_person_calls_them() -> None:
    told = review()
    cases = [row[0] for row in told.cases.rows]

    assert cases == [
        *("The year as it is", "The loss of Main client", "The loss of Job", "Contractors replace employees"),
        *("A cut of all rates", "Two months of illness"),
    ]
    assert told.ranges is not None and told.helps.rows and told.reminders
    assert any("Main client" in row[0] for row in told.target.rows)
    assert not [text for row in (*told.cases.rows, *told.target.rows) for text in row if "source-" in text]


def test_where_nothing_is_worse_than_the_year_itself_one_line_is_drawn() -> None:
    benefit = {"id": "source-1", "kind": "benefit", "monthly": 0}
    assert len(review(sources=[benefit]).cover.table.head) == 6


def test_the_review_is_told_in_german() -> None:
    assert [row[0] for row in review("de").cases.rows][:2] == ["Das Jahr, wie es ist", "Verlust von Main client"]
