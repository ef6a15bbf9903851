"""What is on its way out says so in each answer and in the document, and when its day has come it has ended."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from infra.http.deprecation import after_sunset, deprecated, tell_deprecation
from infra.http.openapi import Interface
from infra.http.operation import json_of, operation
from infra.http.problems import problem_details

Client = TestClient[web.Request, web.Application]
SINCE, SUNSET = date(2026, 1, 1), date(2027, 2, 1)
LAST = datetime(2027, 1, 31, 23, 59, 59, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.at = LAST

    def __call__(self) -> datetime:
        return self.at


@operation(answers={200: json_of({"type": "object"})}, deprecated=deprecated(SINCE, SUNSET, "/v2/things"))
async def old(_: web.Request) -> web.Response:
    """The things as they were."""
    return web.json_response({})


@operation(answers={200: json_of({"type": "object"})})
async def new(_: web.Request) -> web.Response:
    """The things."""
    return web.json_response({})


ROUTES = [web.get("/v1/things", old), web.get("/v2/things", new)]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def client(clock: Clock) -> AsyncIterator[Client]:
    app = web.Application(middlewares=[problem_details, after_sunset(clock)])
    app.on_response_prepare.append(tell_deprecation)
    app.add_routes(ROUTES)
    async with TestClient(TestServer(app)) as opened:
        yield opened


async def test_until_its_last_second_it_answers_and_tells_when_it_ends_and_what_follows(client: Client) -> None:
    async with client.get("/v1/things") as response:
        told = {name: response.headers[name] for name in ("Deprecation", "Sunset", "Link")}
        assert response.status == 200
    assert told == {
        "Deprecation": "@1767225600",
        "Sunset": "Mon, 01 Feb 2027 00:00:00 GMT",
        "Link": '</v2/things>; rel="successor-version"',
    }


async def test_from_its_sunset_on_it_has_ended_and_still_names_what_follows(client: Client, clock: Clock) -> None:
    clock.at += timedelta(seconds=1)
    async with client.get("/v1/things") as response:
        problem = await response.json(content_type=None)
        assert (response.status, "Sunset" in response.headers) == (410, True)
    assert "/v2/things" in problem["detail"]
    async with client.get("/v2/things") as response:
        assert (response.status, "Sunset" in response.headers) == (200, False)


def test_the_document_marks_it_and_nothing_else() -> None:
    paths = Interface("Things", "Of things.").published(ROUTES)["paths"]
    assert [path for path, methods in paths.items() if methods["get"].get("deprecated")] == ["/v1/things"]


def test_less_than_a_year_is_no_notice() -> None:
    with pytest.raises(ValueError, match="fewer than 365 days"):
        deprecated(SINCE, SINCE + timedelta(days=364), "/v2/things")
