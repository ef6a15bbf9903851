"""Anybody finds an occupation, its questionnaire and the methodology; what is wrong is told with what is right."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from yarl import URL

from infra.http.problems import problem_details
from services.intake.lookups import Lookups
from services.methodology.version import load
from tests.market_signal import SIGNAL

Client = TestClient[web.Request, web.Application]


@dataclass
class Added:
    """The operator's signals, in memory."""

    signals: list[dict[str, Any]] = field(default_factory=list)

    async def listed(self) -> list[dict[str, Any]]:
        return self.signals


@pytest.fixture
def added() -> Added:
    return Added()


@pytest.fixture
async def client(added: Added) -> AsyncIterator[Client]:
    app = web.Application(middlewares=[problem_details])
    app.add_routes(Lookups(load(), added).table())
    async with TestClient(TestServer(app)) as opened:
        yield opened


async def got(client: Client, path: str) -> tuple[int, Any]:
    async with client.get(path) as response:
        return response.status, await response.json()


async def faults(client: Client, path: str) -> dict[str, str]:
    status, problem = await got(client, path)
    assert status == 422
    return {one["pointer"]: one["detail"] for one in problem["errors"]}


async def test_an_occupation_is_found_by_a_mistyped_title(client: Client) -> None:
    status, body = await got(client, "/v1/occupations?q=sofware%20develper")
    first = body["occupations"][0]
    assert (status, first["code"], first["title"]) == (200, "15-1252.00", "Software Developers")
    assert first["links"] == {"questionnaire": "/v1/questionnaires/1?occupation=15-1252.00"}
    assert len(body["occupations"]) == 10


async def test_a_title_without_figures_is_found_with_what_can_be_said_of_it(client: Client) -> None:
    _, body = await got(client, "/v1/occupations?q=computer%20occupations%20all%20other&limit=1&lang=de")
    (found,) = body["occupations"]
    assert (found["status"], "links" in found) == ("without_figures", False)
    assert "keine Quelle" in found["note"]


async def test_a_word_that_stands_in_no_title_finds_nothing(client: Client) -> None:
    assert await got(client, "/v1/occupations?q=qqqqqqqq") == (200, {"version": "1", "occupations": []})


@pytest.mark.parametrize("query", ["", "?q=", "?q=%20%20", f"?q={'a' * 101}"])
async def test_a_search_needs_a_query(client: Client, query: str) -> None:
    assert set(await faults(client, f"/v1/occupations{query}")) == {"/q"}


async def test_every_bad_parameter_is_named(client: Client) -> None:
    assert set(await faults(client, "/v1/occupations?q=nurse&limit=0&lang=fr&page=2")) == {"/limit", "/lang", "/page"}


@pytest.mark.parametrize("profile", ["core+income", "core%2Bincome"])
async def test_a_questionnaire_is_what_the_version_asks(client: Client, profile: str) -> None:
    path = f"/v1/questionnaires/1?occupation=15-1252.00&occupation=29-1141.00&profile={profile}&lang=de"
    status, body = await got(client, path)
    asked = load().questionnaire("15-1252.00", "29-1141.00", profile="core+income", language="de")
    assert (status, body) == (200, asked)


async def test_the_profile_of_a_questionnaire_is_core_and_its_language_english(client: Client) -> None:
    _, body = await got(client, "/v1/questionnaires/1?occupation=29-1141.00")
    assert (body["profile"], body["language"]) == ("core", "en")


@pytest.mark.parametrize(
    ("query", "suggested"),
    [
        ("occupation=sofware+developer", "Software Developers (15-1252.00)"),
        ("occupation=15-1250.00", "Software Developers (15-1252.00)"),
        ("occupation=15-1299.00", "Web Administrators (15-1299.01)"),
        ("occupation=qqqq", "GET /v1/occupations?q="),
        ("profile=core", "Name one to three occupations"),
        ("occupation=29-1141.00&occupation=29-1141.00", "twice"),
    ],
)
async def test_an_occupation_that_is_not_asked_is_answered_with_the_nearest(
    client: Client, query: str, suggested: str
) -> None:
    assert suggested in (await faults(client, f"/v1/questionnaires/1?{query}"))["/occupation"]


async def test_a_wrong_occupation_is_answered_in_the_language_that_is_asked_for(client: Client) -> None:
    found = await faults(client, "/v1/questionnaires/1?occupation=Krankenschwester&lang=de")
    assert "Am nächsten kommen Pflegefachkraft (29-1141.00)" in found["/occupation"]
    found = await faults(client, "/v1/questionnaires/1?occupation=15-1299.00&lang=de")
    assert "Wählen Sie den Beruf, der der Arbeit am nächsten kommt." in found["/occupation"]


async def test_an_unknown_profile_or_language_is_answered_with_those_there_are(client: Client) -> None:
    found = await faults(client, "/v1/questionnaires/1?occupation=29-1141.00&profile=rich&lang=fr")
    assert found == {"/profile": "Must be one of core, core+income.", "/lang": "Must be one of en, de."}


@pytest.mark.parametrize(
    "path",
    [
        "/v1/occupations?q=nurse",
        "/v1/questionnaires/1?occupation=29-1141.00",
        "/v1/market-signals",
        "/v1/methodology/1",
    ],
)
async def test_a_look_up_speaks_the_language_that_the_caller_accepts(client: Client, path: str) -> None:
    apart = "&" if "?" in path else "?"
    asked = await got(client, f"{path}{apart}lang=de")
    async with client.get(path, headers={"Accept-Language": "de-DE, en;q=0.5"}) as response:
        assert (response.status, await response.json()) == asked
        assert (response.headers["Content-Language"], response.headers["Vary"]) == ("de", "Accept-Language")


async def test_an_occupation_is_found_and_named_in_german(client: Client) -> None:
    _, body = await got(client, "/v1/occupations?q=Krankenschwster&lang=de")
    first = body["occupations"][0]
    assert (first["code"], first["title"]) == ("29-1141.00", "Pflegefachkraft")
    assert (first["found_by"], first["found_in"]) == ("Krankenschwester", "de")


async def test_the_versions_are_listed_and_each_tells_all_of_itself(client: Client) -> None:
    _, listed = await got(client, "/v1/methodology")
    (one,) = listed["versions"]
    _, told = await got(client, one["links"]["self"])
    assert listed["newest"] == one["version"] == told["version"]
    assert one["hash"] == told["hash"] == load().hash
    assert {"formulas", "dimensions", "sources", "prose", "limits", "not_claimed", "changes"} <= told.keys()
    example = told["worked_example"]
    assert load().score(example["answers"]).detail() == example["detail"]


async def test_a_reader_elsewhere_computes_a_score_with_what_the_service_gives(
    client: Client, tmp_path: Path
) -> None:
    # Given an empty directory with nothing of ours but what the service gives
    _, told = await got(client, "/v1/methodology/1")
    for name in ("standalone", "tables"):
        async with client.get(told["links"][name]) as response:
            assert response.status == 200
            (tmp_path / PurePosixPath(told["links"][name]).name).write_bytes(await response.read())
    answers = told["worked_example"]["answers"]
    (tmp_path / "answers.json").write_text(json.dumps(answers), encoding="utf-8")
    # When they run the reference implementation there, apart from everything that is installed here
    command = (sys.executable, "-I", "standalone.py", "answers.json")
    run = await asyncio.create_subprocess_exec(*command, cwd=tmp_path, stdout=asyncio.subprocess.PIPE)
    printed, _ = await run.communicate()
    # Then it is the score that the service tells
    (core,) = json.loads(printed)
    detail = told["worked_example"]["detail"]["explanation"]
    assert run.returncode == 0
    assert [core[part] for part in ("score", "band", "detectable_change")] == [
        detail[part] for part in ("score", "band", "detectable_change")
    ]


@pytest.mark.parametrize(
    "path", ["/v1/methodology/1/engine.py", "/v1/methodology/1/..", "/v1/methodology/9/tables.json"]
)
async def test_no_other_file_and_no_other_version_is_given(client: Client, path: str) -> None:
    async with client.get(URL(path, encoded=True)) as response:
        assert response.status == 404


async def test_the_document_tells_weights_coverage_errors_and_the_constants_of_advice(client: Client) -> None:
    _, told = await got(client, "/v1/methodology/1?lang=de")
    for one in told["dimensions"]:
        assert one["errors_from"]
        assert not one["items"] or sum(item["weight"] for item in one["items"]) == 10_000
    assert [one["id"] for one in told["dimensions"] if not one["items"]] == ["skills"]
    assert sum(told["coverage"].values()) == 1_016
    assert told["measured"]["occupations"]["tasks"]["count"] == 893
    assert {"effort_hours", "qualification_parts_of_10000", "stress", "adoption_parts_of_10000"} <= told[
        "advice"
    ].keys()
    # What is told in English alone says so
    assert {told["changes_language"], told["credentials"]["language"], told["prose"]["language"]} == {"en"}


async def test_market_signals_are_told_with_date_publisher_and_grade(client: Client) -> None:
    status, body = await got(client, "/v1/market-signals")
    assert (status, body) == (200, load().signals())


async def test_a_signal_of_the_operator_is_told_to_those_too_who_hold_an_older_answer(
    client: Client, added: Added
) -> None:
    async with client.get("/v1/market-signals") as response:
        held = {"If-None-Match": response.headers["ETag"]}
    async with client.get("/v1/market-signals", headers=held) as response:
        assert response.status == 304
    added.signals = [SIGNAL | {"added_at": "2026-11-23T18:00:00Z"}]
    async with client.get("/v1/market-signals", headers=held) as response:
        assert (response.status, response.headers["Cache-Control"]) == (200, "public, max-age=60")
        assert {**added.signals[0], "added": True} in (await response.json())["signals"]


async def test_market_signals_are_told_in_german_but_for_the_names_of_publishers(client: Client) -> None:
    _, english = await got(client, "/v1/market-signals")
    _, german = await got(client, "/v1/market-signals?lang=de")
    for one, other in zip(english["signals"], german["signals"], strict=True):
        assert one["statement"] != other["statement"]
        told = {"statement": "", "publisher": ""}
        assert {**one, **told} == {**other, **told}
    # What is a name stays one; what only describes a publisher is told in German
    publishers = {one["id"]: one["publisher"] for one in german["signals"]}
    assert publishers["software-openings"] == "Business Insider"
    assert (publishers["contractors"], publishers["budgets"]) == ("eine Analyse auf YouTube", "nicht genannt")


@pytest.mark.parametrize("path", ["/v1/methodology/9", "/v1/questionnaires/9?occupation=29-1141.00"])
async def test_a_version_that_never_was_is_answered_with_those_that_were(client: Client, path: str) -> None:
    status, problem = await got(client, path)
    assert (status, problem["type"]) == (404, "urn:careerpulse:problem:unknown-version")
    assert problem["detail"].endswith("published are 1.")


@pytest.mark.parametrize(
    "path", ["/v1/occupations?q=nurse", "/v1/questionnaires/1?occupation=29-1141.00", "/v1/methodology/1"]
)
async def test_an_answer_is_held_until_the_methodology_changes(client: Client, path: str) -> None:
    async with client.get(path) as response:
        tag = response.headers["ETag"]
    assert load().hash[7:23] in tag and load().edition[7:23] in tag
    async with client.get(path, headers={"If-None-Match": tag}) as response:
        assert (response.status, await response.read()) == (304, b"")


async def test_a_fault_is_told_even_to_who_holds_a_validator(client: Client) -> None:
    async with client.get("/v1/questionnaires/1", headers={"If-None-Match": "*"}) as response:
        assert response.status == 422
