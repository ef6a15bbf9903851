"""An income is reviewed for whoever asks, and nobody has to say who that is."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import structlog
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from infra.http.problems import problem_details
from services.intake.advice.income_review import IncomeReview
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


async def test_the_reminders_are_had_as_a_calendar_file(client: Client) -> None:
    async with client.post("/v1/income:review", json=INCOME, headers={"Accept": "text/calendar"}) as response:
        assert (response.content_type, await response.read()) == (
            "text/calendar",
            load().income(INCOME)["calendar"].encode(),
        )


async def test_form_and_meaning_are_answered_with_their_places(client: Client) -> None:
    assert await faults(client, {**INCOME, "expenses": 0, "name": "x"}) == {"/expenses", "/name"}
    assert await faults(client, {**INCOME, "sources": INCOME["sources"] * 2}) >= {"/sources/2/id", "/sources/3/id"}
