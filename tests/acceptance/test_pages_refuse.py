"""What every page of every service refuses: frames, forms from elsewhere, ways to elsewhere, planted headers, markup.

The pages that are open to everybody in each run, all others with the slow tests. Where a secret is tried nothing is
sent more often than it may be tried.
"""

from collections.abc import Iterable

import pytest

from tests.running import Running
from tests.scene.cast import assessed
from tests.scene.pages import LEADING_ON, NOBODY, PAGES, Page
from tests.scene.stage import Stage

pytestmark = pytest.mark.parametrize("cluster", ["sqlite"], indirect=True, scope="session")
slow = pytest.mark.slow
OPEN = [one for one in PAGES if one.holder == NOBODY]
HELD = [one for one in PAGES if one.holder != NOBODY]
HOLDERS = {("intake", "person"), ("intake", "invited"), ("consent", "person"), ("audit", "auditor")}
LEADING = [
    Page(service, path, holder, {}, "leads on")
    for service, path in sorted(LEADING_ON)
    for of, holder in sorted(HOLDERS)
    if of == service
]
MARKUP = "<script>alert(1)</script>"
ELSEWHERE = "//evil.example"
PLANTED = "de\r\nX-Planted: 1"
FOREIGN = (
    {"Origin": "https://evil.example"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
)


async def kept_or_framed(stage: Stage, pages: Iterable[Page]) -> list[str]:
    """Pages that may be put into a frame, kept, sniffed, or given code."""
    found = []
    for page in pages:
        async with stage.ask(page, stage.form(page)) as answer:
            headers = answer.headers
        policy = headers.get("Content-Security-Policy", "")
        refused = (
            "frame-ancestors 'none'" in policy,
            "default-src 'none'" in policy,
            "unsafe" not in policy,
            headers.get("X-Frame-Options") == "DENY",
            headers.get("X-Content-Type-Options") == "nosniff",
            headers.get("Cache-Control") == "no-store",
        )
        found += [] if all(refused) else [f"{page.name}: {refused}"]
    return found


async def taken_from_elsewhere(stage: Stage, pages: Iterable[Page]) -> list[str]:
    """Forms that are taken although another site sends them, or without their session's token."""
    found = []
    for page in (one for one in pages if one.form is not None):
        sent = stage.form(page) or {}
        tries = [(sent, headers) for headers in FOREIGN]
        if stage.holder(page).token:
            tries += [(sent | {"csrf": token}, {}) for token in ("", "0" * 80)]
        for form, headers in tries:
            async with stage.ask(page, form, headers) as answer:
                found += [] if answer.status == 403 else [f"{page.name}: {answer.status} for {form} {headers}"]
    return found


async def led_or_planted(stage: Stage, pages: Iterable[Page]) -> list[str]:
    """Pages that show markup as such, that lead elsewhere, or that take a header over from what is sent."""
    found = []
    for page in (one for one in pages if not one.guesses):
        form = stage.form(page)
        asked = {"next": ELSEWHERE, "then": ELSEWHERE, "lang": PLANTED, "go": ELSEWHERE}
        tries = [] if form is None else [form | asked, *(form | {name: MARKUP} for name in form if name != "csrf")]
        for sent in tries or [None]:
            async with stage.ask(page, sent) as answer:
                text, to = await answer.text(), answer.headers.get("Location", "/")
                fine = MARKUP not in text and "X-Planted" not in answer.headers and "evil" not in to
                found += [] if fine and to.startswith("/") else [f"{page.name}: {sent} led to {to}"]
    return found


async def test_no_open_page_can_be_framed_kept_or_given_code(running: Running) -> None:
    assert await kept_or_framed(Stage(running, running.http), [one for one in OPEN if not one.guesses]) == []


async def test_no_open_form_is_taken_from_another_site(running: Running) -> None:
    assert await taken_from_elsewhere(Stage(running, running.http), OPEN) == []


async def test_no_open_form_leads_elsewhere_plants_a_header_or_shows_markup(running: Running) -> None:
    assert await led_or_planted(Stage(running, running.http), OPEN) == []


async def test_a_session_is_in_a_cookie_out_of_reach_of_scripts_and_its_forms_need_its_token(
    running: Running,
) -> None:
    # Given somebody who has entered the claim code at the pages of the result and of privacy
    stage = Stage(running, running.http)
    assessment, claim = await assessed(stage)
    for service, path, home in (("intake", "/result", f"/result/{assessment}"), ("consent", "/", "/rights")):
        async with running.http.post(
            running.stack.urls[service] + path, data={"claim": claim}, allow_redirects=False
        ) as answer:
            cookie = answer.cookies[f"careerpulse-{service}"]
        # Then no script reads it and no other site sends it
        assert (cookie["httponly"], cookie["samesite"], cookie["domain"]) == (True, "Lax", "")
        assert claim not in cookie.value
        # and no form of the session is taken without its token
        stage.holders[service, "person"] = await stage.enter(service, path, {"claim": claim}, home)
    mine = [one for one in LEADING if one.holder == "person"]
    assert await taken_from_elsewhere(stage, mine) == []


@slow
async def test_no_page_of_a_session_can_be_framed_kept_or_given_code(stage: Stage) -> None:
    assert await kept_or_framed(stage, HELD) == []


@slow
async def test_no_form_of_a_session_is_taken_from_elsewhere_or_without_its_token(stage: Stage) -> None:
    assert await taken_from_elsewhere(stage, [*HELD, *LEADING]) == []


@slow
async def test_no_form_of_a_session_leads_elsewhere_plants_a_header_or_shows_markup(stage: Stage) -> None:
    assert await led_or_planted(stage, HELD) == []
