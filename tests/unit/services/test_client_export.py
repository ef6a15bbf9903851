"""`client export` gives an organisation back what is its own, and closes with what it counted."""

from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from services.client.export import export
from services.client.platform import Platform, Refused

LISTS = {
    "/v1/employees/requests": {"requests": [{"id": "r", "state": "refused", "reason": "A lawsuit is pending."}]},
    "/v1/privacy/notices": {"notices": [{"id": "n", "kind": "erased"}]},
    "/v1/boundaries": {"boundaries": [{"use": "training"}], "uses": ["training"]},
    "/v1/webhooks": {"webhooks": []},
}
PAGES = {
    0: [{"sequence": 1, "id": "open", "status": "scored"}, {"sequence": 2, "id": "held", "status": "withheld"}],
    2: [{"sequence": 3, "id": "unchosen", "status": "scored"}],
    3: [],
}
REASONS = {"open": {"dimensions": []}}
"""Of whom the organisation is told the reasons as well."""


def intake(broken: str = "") -> TestServer:
    """An intake with two results on two pages; at the place `broken` it fails."""

    async def token(_: web.Request) -> web.Response:
        return web.json_response({"access_token": "t"})

    async def results(request: web.Request) -> web.Response:
        after = int(request.query["after"])
        return web.json_response({"results": PAGES[after], "next": after + len(PAGES[after])})

    async def reasons(request: web.Request) -> web.Response:
        told = REASONS.get(request.match_info["id"])
        return web.json_response({"title": "Refused"}, status=403) if told is None else web.json_response(told)

    async def listed(request: web.Request) -> web.Response:
        if request.path == broken:
            return web.json_response({"title": "Gone", "detail": "Not here."}, status=404)
        return web.json_response(LISTS[request.path])

    app = web.Application()
    app.add_routes([web.post("/v1/oauth/token", token), web.get("/v1/results", results)])
    app.add_routes([web.get("/v1/assessments/{id}/explanation", reasons)])
    app.add_routes([web.get(place, listed) for place in LISTS])
    return TestServer(app)


async def exported(server: TestServer) -> list[dict[str, Any]]:
    async with Platform(str(server.make_url("/")), "acme", "secret") as platform:
        return [one async for one in export(platform)]


async def test_everything_is_given_back_and_counted_at_the_end() -> None:
    async with intake() as server:
        *lines, end = await exported(server)
    assert [one["told"] for one in lines if one["of"] == "result"] == [*PAGES[0], *PAGES[2]]
    assert [one["told"]["id"] for one in lines if one["of"] in ("request", "notice")] == ["r", "n"]
    assert end == {"of": "end", "counts": {"result": 3, "reasons": 1, "request": 1, "notice": 1, "boundary": 1}}


async def test_the_reasons_follow_the_result_whose_person_has_chosen_so_and_no_other() -> None:
    async with intake() as server:
        lines = await exported(server)
    place = [one["of"] for one in lines].index("reasons")
    assert lines[place] == {"of": "reasons", "id": "open", "told": REASONS["open"]}
    assert lines[place - 1]["told"]["id"] == "open"


async def test_what_breaks_off_has_no_end() -> None:
    async with intake("/v1/boundaries") as server, Platform(str(server.make_url("/")), "acme", "secret") as platform:
        lines = export(platform)
        got = [(await anext(lines))["of"] for _ in range(6)]
        with pytest.raises(Refused, match="Not here"):
            await anext(lines)
    assert got == ["result", "reasons", "result", "result", "request", "notice"]
