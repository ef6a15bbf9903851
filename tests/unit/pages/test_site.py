"""What goes round every page: headers, languages, sessions, forms from elsewhere, errors that people read."""

from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient

from infra.http.problems import Problem, problem_details
from infra.pages.site import Site
from infra.pages.visit import Visit

MARKUP = "<script>alert(1)</script>"
WITH_MARKUP = {"Accept": "text/html", "Accept-Language": "en"}


class Pages:
    """A small service with pages of its own."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def table(self) -> list[web.RouteDef]:
        site = self._site
        return [
            site.get("/", self.start),
            site.post("/enter", self.enter, self.start),
            site.post("/leave", self.leave),
            site.get("/refuses", self.refuse),
            site.get("/breaks", self.break_),
        ]

    async def start(self, visit: Visit) -> web.Response:
        return visit.page("start.html", name=visit.session.get("name") or "")

    async def enter(self, visit: Visit) -> web.Response:
        visit.session.begin(name=visit.form.get("name"))
        return visit.see_other(visit.form.get("then", "/"))

    async def leave(self, visit: Visit) -> web.Response:
        visit.session.end()
        return visit.see_other("/")

    async def refuse(self, visit: Visit) -> web.Response:
        raise Problem(429, "too-many", "Too many", headers={"Retry-After": "7"})

    async def break_(self, visit: Visit) -> web.Response:
        raise RuntimeError("secret-of-somebody")


@pytest.fixture
async def client(aiohttp_client, tmp_path: Path) -> TestClient:
    return await aiohttp_client(service(tmp_path, "http://127.0.0.1"))


def service(place: Path, address: str) -> web.Application:
    (place / "templates").mkdir()
    (place / "locale").mkdir()
    (place / "locale" / "de.po").write_text('msgid ""\nmsgstr ""\n\nmsgid "Welcome"\nmsgstr "Willkommen"\n')
    (place / "templates" / "start.html").write_text(
        '{% extends "layout.html" %}{% block title %}T{% endblock %}'
        '{% block main %}{{ _("Welcome") }} [{{ name }}] {{ form.get("name") }} csrf={{ csrf }}.{% endblock %}'
    )
    addresses = dict.fromkeys(("intake", "consent", "audit"), address)
    site = Site("test", address, bytes(32), [place], {"addresses": addresses})
    application = web.Application(middlewares=[problem_details])
    application.add_routes(Pages(site).table())
    site.join(application)
    return application


async def token(client: TestClient) -> str:
    text = await (await client.get("/")).text()
    return text.split("csrf=")[1].split(".")[0]


async def test_every_page_refuses_inline_code_frames_sniffing_and_keeping(client: TestClient) -> None:
    for path in ("/", "/refuses", "/nowhere"):
        answer = await client.get(path, headers=WITH_MARKUP)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"


async def test_the_language_is_the_browsers_until_another_is_asked_for_and_then_kept(client: TestClient) -> None:
    assert "Welcome" in await (await client.get("/")).text()
    assert "Willkommen" in await (await client.get("/", headers={"Accept-Language": "de"})).text()
    assert not client.session.cookie_jar

    assert "Willkommen" in await (await client.get("/?lang=de")).text()
    assert "Willkommen" in await (await client.get("/")).text()


async def test_another_language_is_spoken_in_the_middle_of_a_form_which_stays_and_does_nothing(
    client: TestClient,
) -> None:
    answer = await client.post("/enter", data={"name": "Ada", "lang": "de"}, allow_redirects=False)
    text = await answer.text()

    assert (answer.status, "Willkommen [] Ada" in text) == (200, True)
    assert list(answer.cookies) == ["careerpulse-language"]


async def test_a_session_cookie_is_out_of_reach_of_scripts_and_other_sites(client: TestClient) -> None:
    answer = await client.post("/enter", data={"name": "Ada"}, allow_redirects=False)

    cookie = answer.cookies["careerpulse-test"]
    assert (answer.status, answer.headers["Location"]) == (303, "/")
    assert (cookie["httponly"], cookie["samesite"], cookie["secure"]) == (True, "Lax", "")
    assert "[Ada]" in await (await client.get("/")).text()


async def test_over_tls_the_cookie_is_secure_and_bound_to_its_host(aiohttp_client, tmp_path: Path) -> None:
    client = await aiohttp_client(service(tmp_path, "https://example.org"))
    answer = await client.post("/enter", data={"name": "Ada"}, allow_redirects=False)

    cookie = answer.cookies["__Host-test"]
    assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", "")
    assert "Strict-Transport-Security" in answer.headers


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}],
)
async def test_a_form_that_another_site_sends_is_refused(client: TestClient, headers: dict[str, str]) -> None:
    answer = await client.post("/enter", data={"name": "Ada"}, headers=headers, allow_redirects=False)

    assert answer.status == 403
    assert not answer.cookies


async def test_within_a_session_a_form_needs_the_sessions_own_token(client: TestClient) -> None:
    await client.post("/enter", data={"name": "Ada"})
    stale = await token(client)

    assert (await client.post("/leave", data={"csrf": "0" * 80})).status == 403
    assert (await client.post("/leave", data={"csrf": ""})).status == 403
    assert (await client.post("/enter", data={"csrf": stale, "name": "Eve"}, allow_redirects=False)).status == 303
    assert (await client.post("/leave", data={"csrf": stale})).status == 403
    assert "[Eve]" in await (await client.get("/")).text()
    left = await client.post("/leave", data={"csrf": await token(client)})
    assert "[]" in await left.text()


async def test_what_people_write_is_shown_as_text(client: TestClient) -> None:
    answer = await client.post("/enter", data={"name": MARKUP})
    text = await answer.text()

    assert MARKUP not in text
    assert "&lt;script&gt;" in text


@pytest.mark.parametrize(
    "place", ["//evil.example", "https://evil.example", "/\\evil.example", "/a\r\nSet-Cookie: x=1"]
)
async def test_a_redirect_stays_here_and_carries_no_header(client: TestClient, place: str) -> None:
    answer = await client.post("/enter", data={"then": place}, allow_redirects=False)

    assert answer.status == 500
    assert "Location" not in answer.headers


async def test_an_error_is_a_page_that_says_what_to_do_and_nothing_of_the_defect(client: TestClient) -> None:
    refused = await client.get("/refuses")
    broken = await client.get("/breaks")

    assert (refused.status, refused.headers["Retry-After"]) == (429, "7")
    assert "Wait a few minutes" in await refused.text()
    assert (broken.status, "secret-of-somebody" in await broken.text()) == (500, False)


async def test_an_unknown_address_is_a_page_for_a_browser_and_a_document_for_a_program(client: TestClient) -> None:
    page = await client.get("/nowhere", headers=WITH_MARKUP)
    document = await client.get("/nowhere")

    assert (page.status, page.content_type) == (404, "text/html")
    assert (document.status, document.content_type) == (404, "application/problem+json")


async def test_static_files_are_kept_for_ever_under_an_address_with_their_hash(client: TestClient) -> None:
    text = await (await client.get("/")).text()
    address = text.split('rel="stylesheet" href="')[1].split('"')[0]
    sheet = await client.get(address)

    assert (sheet.status, sheet.content_type) == (200, "text/css")
    assert "immutable" in sheet.headers["Cache-Control"]
    assert sheet.headers["Content-Encoding"] == "gzip"
    assert (await client.get(address, headers={"If-None-Match": sheet.headers["ETag"]})).status == 304
    assert (await client.get("/static/careerpulse.000000000000.css")).status == 404
    assert (await client.get("/static/..%2fsite.py")).status == 404
