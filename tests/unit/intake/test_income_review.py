"""An income is reviewed for whoever asks, and nobody has to say who that is."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import structlog
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from infra.http.problems import problem_details
from schemas.faults import Faulty
from services.intake.advice.income_review import IncomeReview, reviewed
from services.methodology.version import load

Client = TestClient[web.Request, web.Application]
CONTRACT = {"ends": "2027-03", "notice_months": 1, "renewal": "negotiated"}
INCOME = {
    "as_of": "2026-11",
    "currency": "EUR",
    "expenses": 250_000,
    "reserve": 900_000,
    "sources": [
        {"id": "client", "kind": "contract", "monthly": 320_000, "contract": CONTRACT},
        {"id": "teaching", "kind": "employment", "monthly": 60_000},
    ],
}


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    app = web.Application(middlewares=[problem_details])
    app.add_routes(IncomeReview(load()).table())
    async with TestClient(TestServer(app)) as opened:
        yield opened


async def faults(client: Client, document: Any) -> set[str]:
    async with client.post("/v1/income:review", json=document) as response:
        assert response.status == 422
        return {one["pointer"] for one in (await response.json())["errors"]}


async def test_a_review_is_what_the_version_gives_and_leaves_no_trace(client: Client) -> None:
    with structlog.testing.capture_logs() as logs:
        async with client.post("/v1/income:review", json=INCOME) as response:
            assert (response.status, response.headers["Cache-Control"]) == (200, "no-store")
            assert await response.json() == load().income(INCOME)
    assert logs == []


@pytest.mark.parametrize(
    "accept", ["text/calendar", "text/calendar, */*;q=0.1", "text/*", "application/json;q=0.2, text/calendar"]
)
async def test_the_reminders_are_had_as_a_calendar_file(client: Client, accept: str) -> None:
    async with client.post("/v1/income:review", json=INCOME, headers={"Accept": accept}) as response:
        assert (response.content_type, await response.read()) == (
            "text/calendar",
            load().income(INCOME)["calendar"].encode(),
        )
        assert "Accept" in response.headers["Vary"].split(", ")


@pytest.mark.parametrize("accept", ["*/*", "application/json, text/calendar;q=0.5", "text/calendar;q=0", "image/png"])
async def test_who_wants_json_or_nothing_that_there_is_gets_json(client: Client, accept: str) -> None:
    async with client.post("/v1/income:review", json=INCOME, headers={"Accept": accept}) as response:
        assert response.content_type == "application/json"


def test_a_review_is_a_plain_function_for_whoever_shows_it() -> None:
    assert reviewed(load(), json.dumps(INCOME).encode(), "de") == load().income(INCOME, "de")
    with pytest.raises(Faulty) as faulty:
        reviewed(load(), json.dumps({**INCOME, "sources": INCOME["sources"][:1] * 2}).encode(), "en")
    assert [fault.pointer for fault in faulty.value.faults] == ["/sources/1/id"]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Given twice. Give each source an id of its own."),
        ("de", "Zweimal angegeben. Geben Sie jeder Quelle eine eigene Kennung."),
    ],
)
async def test_what_is_wrong_is_told_in_the_language_that_is_asked_for(
    client: Client, language: str, said: str
) -> None:
    twice = {**INCOME, "sources": INCOME["sources"][:1] * 2}
    async with client.post(f"/v1/income:review?lang={language}", json=twice) as response:
        assert response.status == 422
        assert (await response.json())["errors"] == [{"pointer": "/sources/1/id", "detail": said}]


async def test_form_and_meaning_are_answered_with_their_places(client: Client) -> None:
    assert await faults(client, {**INCOME, "expenses": 0, "name": "x"}) == {"/expenses", "/name"}
    assert await faults(client, {**INCOME, "sources": INCOME["sources"] * 2}) >= {"/sources/2/id", "/sources/3/id"}
