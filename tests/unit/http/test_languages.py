"""An answer is in the language that its address asks for, else in the one that the caller prefers."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import given
from hypothesis import strategies as st

from infra.http.cacheable import cacheable
from infra.http.languages import accepted, spoken_in
from infra.http.parameters import Parameters
from infra.http.problems import problem_details

Client = TestClient[web.Request, web.Application]
OURS = ("en", "de")


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("de", "de"),
        ("de-AT", "de"),
        ("DE", "de"),
        ("fr, de;q=0.4, en;q=0.3", "de"),
        ("fr, en;q=0.3, de;q=0.4", "de"),
        ("de-AT;q=0.2, en;q=0.5, de;q=0.8", "de"),
        ("de, en", "de"),
        ("*", "en"),
        ("en;q=0, *", "de"),
        ("de;q=0, *;q=0.1", "en"),
        ("fr", None),
        ("de;q=0", None),
        ("de;q=many", None),
        ("", None),
    ],
)
def test_the_language_wanted_most_is_spoken_if_it_is_among_ours(header: str, language: str | None) -> None:
    assert accepted(header, OURS) == language


@given(st.text())
def test_whatever_is_wanted_one_of_ours_or_none_is_chosen(header: str) -> None:
    assert accepted(header, OURS) in (*OURS, None)


async def handler(request: web.Request) -> web.Response:
    asked = Parameters(request, "lang")
    spoken = spoken_in(request, asked, OURS)
    asked.settle()
    return cacheable(request, {"language": spoken.language}, "v1", spoken=spoken)


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    app = web.Application(middlewares=[problem_details])
    app.add_routes([web.get("/", handler)])
    async with TestClient(TestServer(app)) as opened:
        yield opened


@pytest.mark.parametrize(
    ("path", "header", "language", "varies"),
    [
        ("/", None, "en", True),
        ("/", "de-CH, fr", "de", True),
        ("/", "fr", "en", True),
        ("/?lang=en", "de", "en", False),
        ("/?lang=de", None, "de", False),
    ],
)
async def test_the_address_goes_before_the_header_and_an_answer_says_what_it_depends_on(
    client: Client, path: str, header: str | None, language: str, varies: bool
) -> None:
    headers = {} if header is None else {"Accept-Language": header}
    async with client.get(path, headers=headers) as response:
        assert await response.json() == {"language": language}
        assert response.headers["Content-Language"] == language
        assert response.headers.get("Vary") == ("Accept-Language" if varies else None)


async def test_who_holds_the_answer_in_one_language_gets_the_other_when_it_is_asked_for(client: Client) -> None:
    # Given an answer in English, kept with its validator
    async with client.get("/") as response:
        held = {"If-None-Match": response.headers["ETag"]}
    # Then it is still right in English, with all that a cache has to know
    async with client.get("/", headers=held) as response:
        assert (response.status, response.headers["Vary"]) == (304, "Accept-Language")
        assert (response.headers["Content-Language"], response.headers["Cache-Control"]) == (
            "en",
            "public, max-age=3600",
        )
    # and no answer to who asks for German
    async with client.get("/", headers={**held, "Accept-Language": "de"}) as response:
        assert (response.status, await response.json()) == (200, {"language": "de"})


async def test_a_language_that_there_is_none_of_is_a_fault_in_the_address_only(client: Client) -> None:
    async with client.get("/?lang=fr") as response:
        assert response.status == 422
