"""`careerpulse client stream` goes on by itself where a connection breaks, under one key that doubles nobody."""

import asyncio
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port
from click.testing import CliRunner, Result

from services.client import platform
from services.client.cli import client
from services.client.platform import PAUSES

LOGIN = {"CAREERPULSE_CLIENT_ID": "acme", "CAREERPULSE_CLIENT_SECRET": "secret"}
LINES = 5
Answered = dict[str, Any]
Breaks = Callable[[int, int], Answered | int | None]
"""What a try's line is answered instead of being accepted: a problem, or None, where the connection breaks before it.

A number is the status of the whole request.
"""


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "PAUSES", (0.001,) * len(PAUSES))


def accepted(number: int) -> Answered:
    return {"line": number, "status": 202}


def problem(number: int, status: int, title: str) -> Answered:
    return {"line": number, "status": status, "problem": {"title": title, "detail": "No more is known."}}


class Intake:
    """An intake that answers as `breaks` says; `keys` are those it was sent.

    `said` is the body of an answer to the whole request.
    """

    def __init__(self, breaks: Breaks, said: str) -> None:
        self.keys: list[str] = []
        self._breaks = breaks
        self._said = said

    async def token(self, _: web.Request) -> web.Response:
        return web.json_response({"access_token": "t"})

    async def stream(self, request: web.Request) -> web.StreamResponse:
        self.keys.append(request.headers["Idempotency-Key"])
        count = (await request.read()).count(b"\n")
        answers = [self._breaks(len(self.keys), number) for number in range(1, count + 1)]
        if isinstance(answers[0], int):
            return web.Response(status=answers[0], text=self._said, headers={"Retry-After": "0"})
        response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson"})
        await response.prepare(request)
        for answer in answers:
            if answer is None and request.transport is not None:
                request.transport.abort()
                break
            await response.write(json.dumps(answer).encode() + b"\n")
        return response

    def application(self) -> web.Application:
        app = web.Application()
        app.add_routes([web.post("/v1/oauth/token", self.token), web.post("/v1/assessments/stream", self.stream)])
        return app


async def run(address: str, file: Path, *more: str) -> Result:
    arguments = ["--intake", address, "stream", str(file), *more]
    return await asyncio.to_thread(CliRunner().invoke, client, arguments, env=LOGIN | {"COLUMNS": "200"})


async def sent(breaks: Breaks, place: Path, *more: str, said: str = "") -> tuple[Result, list[str]]:
    """What the client says of a file of five lines, and the keys under which it sent it."""
    intake, file = Intake(breaks, said), place / "staff.ndjson"
    file.write_text("{}\n" * LINES)
    async with TestServer(intake.application()) as server:
        return await run(str(server.make_url("/")), file, *more), intake.keys


async def test_a_stream_that_breaks_goes_on_under_the_same_key_and_each_line_is_told_once(tmp_path: Path) -> None:
    # Given a connection that breaks after one line more each time
    result, keys = await sent(lambda tried, number: accepted(number) if number <= tried else None, tmp_path)
    # Then all has been handed in as one request, under a key that was told before anything was sent
    assert (result.exit_code, len(keys), len(set(keys))) == (0, LINES, 1)
    assert f"--key {keys[0]}" in result.output.splitlines()[0]
    assert "5 accepted, 0 refused\n" in result.output
    # and the client says where it broke, and that it goes on
    broken = [re.search(r"after (\d) lines: intake does not answer: \w+; going on", one) for one in said(result)]
    assert [one[1] for one in broken if one] == ["1", "2", "3", "4"]


@pytest.mark.parametrize("status", [409, 503])
async def test_a_line_that_is_to_come_again_is_sent_again(tmp_path: Path, status: int) -> None:
    # Given that a line is under way still, or consent away, at first
    def breaks(tried: int, number: int) -> Answered:
        return problem(number, status, "Later") if (tried, number) == (1, 3) else accepted(number)

    result, keys = await sent(breaks, tmp_path)
    # Then it is not told as refused
    assert (result.exit_code, len(keys)) == (0, 2)
    assert "after 2 lines: line 3: Later. No more is known.; going on under the same key" in result.output
    assert "5 accepted, 0 refused\n" in result.output


@pytest.mark.parametrize("said", ["", "<html>", "[]", "null", "{}"])
async def test_a_request_that_is_to_come_again_is_sent_again_whatever_a_proxy_says(tmp_path: Path, said: str) -> None:
    result, keys = await sent(lambda tried, number: 503 if tried == 1 else accepted(number), tmp_path, said=said)
    assert (result.exit_code, len(keys)) == (0, 2)
    assert "after 0 lines: 503 Service Unavailable; going on" in result.output


async def test_a_line_that_is_wrong_is_told_once_and_not_sent_again(tmp_path: Path) -> None:
    def breaks(tried: int, number: int) -> Answered | None:
        if (tried, number) == (1, 4):
            return None
        return problem(number, 422, "Wrong") if number == 2 else accepted(number)

    result, keys = await sent(breaks, tmp_path)
    assert (result.exit_code, len(keys)) == (1, 2)
    assert result.output.count("line 2: Wrong. No more is known.") == 1
    assert "4 accepted, 1 refused\n" in result.output


async def test_after_so_many_tries_in_vain_it_gives_up_and_says_how_to_go_on(tmp_path: Path) -> None:
    # Given a connection that always breaks at the same line
    result, keys = await sent(
        lambda _, number: accepted(number) if number <= 2 else None, tmp_path, "--key", "staff-of-acme"
    )
    # Then it was tried once and as often again as there are pauses
    assert (result.exit_code, keys) == (1, ["staff-of-acme"] * (1 + len(PAUSES)))
    assert "gave up after 5 tries in vain: intake does not answer: " in result.output
    assert "send the file again within 48 hours with --key staff-of-acme" in result.output
    assert "2 accepted, 0 refused, 3 not answered\n" in result.output


async def test_where_nobody_listens_it_gives_up_as_well(tmp_path: Path) -> None:
    file = tmp_path / "staff.ndjson"
    file.write_text("{}\n")
    result = await run(f"http://127.0.0.1:{unused_port()}", file, "--key", "k")
    assert result.exit_code == 1
    assert "gave up after 5 tries in vain: intake does not answer: ClientConnectorError" in (result.output)


async def test_what_is_refused_for_good_ends_at_once(tmp_path: Path) -> None:
    result, keys = await sent(lambda _tried, _number: 400, tmp_path)
    assert (result.exit_code, len(keys)) == (1, 1)
    assert "Error: 400 Bad Request" in result.output


def said(result: Result) -> list[str]:
    return result.output.splitlines()
