"""From the claim code to the verified receipt: with scripts and without, in each language and theme."""

import json
from collections.abc import Callable
from typing import Any

from tests.acceptance.waiting import until
from tests.browser.visitor import SCRIPTS_LAST, THEMES_AND_LANGUAGES, Visitor
from tests.running import Running

Visit = Callable[..., Any]


async def enter(visitor: Visitor, running: Running, claim: str) -> None:
    """Type the claim code, in capitals or not."""
    await visitor.open(f"{running.stack.urls['consent']}/")
    await visitor.write("#claim", claim.lower())
    await visitor.go("main form button")


async def erase(visitor: Visitor) -> None:
    """From the overview to the request: read, tick, press."""
    await visitor.go("a[href='/erasure']")
    await visitor.tick(visitor.page.locator("#sure"))
    await visitor.go("button.danger")


async def reached(visitor: Visitor, selector: str) -> None:
    """Load the page anew until it shows something."""

    async def seen() -> int:
        await visitor.page.reload()
        return await visitor.page.locator(selector).count()

    await until(seen, bool)


@SCRIPTS_LAST  # the last test here goes the same way with scripts in the fast suite
async def test_a_person_goes_from_the_claim_code_to_a_verified_receipt(
    running: Running, visit: Visit, javascript: bool
) -> None:
    # Given a person with a result
    assessed = await running.person.assess()
    async with visit(javascript=javascript) as visitor:
        # When everything is to be erased, and the page follows how it is carried out
        await enter(visitor, running, assessed.claim_code)
        await erase(visitor)
        if javascript:
            await visitor.page.wait_for_selector(".tag.good", timeout=60_000)
        else:
            await reached(visitor, ".tag.good")
        request = visitor.page.url
        number = await visitor.page.inner_text("code.number")
        await visitor.go("main .card .button >> nth=0")

        # Then the receipt is genuine and complete, it took a dozen interactions at most, and the code stood nowhere
        assert await visitor.sees("This receipt is genuine")
        assert await visitor.sees("every store has reported")
        assert visitor.interactions <= 12
        assert not any(part in visitor.page.url for part in assessed.claim_code.split("-"))
        assert await running.person.unreadable(assessed) == 401

        # and the file proves the same, until one character of it is another
        signed = await (await visitor.page.context.request.get(f"{request}/receipt.json")).body()
        assert json.loads(signed)["receipt"]["request"] == number
        await visitor.write("#receipt", signed.decode().replace('"complete"', '"revoked"'))
        await visitor.go("main form button")
        assert await visitor.sees("This receipt proves nothing")

        # and without code and session the number leads back to it
        await visitor.page.context.clear_cookies()
        await visitor.open(f"{running.stack.urls['consent']}/follow")
        await visitor.write("#number", number)
        await visitor.go("main form button")
        assert visitor.page.url == request
        assert visitor.troubles == []


@SCRIPTS_LAST
async def test_each_right_is_one_short_form_whose_request_shows_its_clock_and_can_be_taken_back(
    running: Running, visit: Visit, javascript: bool
) -> None:
    # Given a person with a result, on a telephone
    assessed = await running.person.assess()
    async with visit(javascript=javascript, width=360) as visitor:
        await enter(visitor, running, assessed.claim_code)
        # When they press a switch, a consent is given, and by the next press withdrawn
        await visitor.go(".tabs a[href='/consents']")
        for given in ("true", "false"):
            await visitor.go("#switch-research")
            assert await visitor.page.get_attribute("#switch-research", "aria-checked") == given
        # and by one form each they see everything, and take along what they handed in
        await _ask(visitor, "access")
        await reached(visitor, "a[href$='/report']")
        assert await visitor.sees("Answered on")
        await visitor.go("a[href$='/report']")
        assert await visitor.sees("Everything that is held")
        await _ask(visitor, "portability")
        await reached(visitor, "a[download]")
        taken = await (await visitor.page.context.request.get(f"{visitor.page.url}/file")).body()
        assert len(json.loads(taken)["hand_ins"]) == 1
        # and put processing on hold, and end that
        await _ask(visitor, "restriction")
        assert await visitor.sees("In force")
        await _ask(visitor, "restriction-lift")
        # and what a human has to do waits by a clock, until they take it back
        for right in ("review", "rectification"):
            await _ask(visitor, right)
            assert await visitor.sees("Answer due by")
            await visitor.go("#cancel")
            assert await visitor.sees("Cancelled")
        # Then all of it is listed, and nothing of it stood in an address
        await visitor.go(".tabs a[href='/requests']")
        assert await visitor.page.locator("li.request").count() == 6
        assert (visitor.queries, visitor.troubles) == (set(), [])


async def _ask(visitor: Visitor, right: str) -> None:
    await visitor.go(".tabs a[href='/rights']")
    await visitor.go(f"#right-{right} form button")


@THEMES_AND_LANGUAGES
async def test_no_privacy_page_has_a_barrier_or_overflows(
    running: Running, visit: Visit, language: str, dark: bool
) -> None:
    """The whole way in each language and theme; the narrow window has the longer language."""
    assessed = await running.person.assess()
    width = 320 if language == "de" else 1280
    async with visit(language=language, dark=dark, width=width) as visitor:

        async def examine(name: str) -> None:
            await visitor.look(f"privacy-{name}-{language}")
            assert await visitor.barriers() == [], name
            assert not await visitor.overflows(), name

        await visitor.open(f"{running.stack.urls['consent']}/")
        await examine("0-entrance")
        await enter(visitor, running, assessed.claim_code)
        await examine("1-overview")
        await visitor.go(".tabs a[href='/consents']")
        await visitor.go("#switch-statistics")
        assert await visitor.page.get_attribute("#switch-statistics", "aria-checked") == "true"
        await examine("2-consents")
        await visitor.go(".tabs a[href='/rights']")
        await examine("3-rights")
        await visitor.go("#right-access button")
        await reached(visitor, "a[href$='/report']")
        await examine("4-answered")
        await visitor.go("a[href$='/report']")
        await examine("5-report")
        await visitor.go(".tabs a[href='/requests']")
        await examine("6-requests")
        await visitor.go(".tabs a[href='/']")
        await visitor.go("a[href='/erasure']")
        await examine("7-erasure")
        await visitor.tick(visitor.page.locator("#sure"))
        await visitor.go("button.danger")
        await visitor.page.wait_for_selector(".tag.good", timeout=60_000)
        await examine("8-erased")
        await visitor.go("main .card .button >> nth=0")
        assert await visitor.page.locator(".notice.good").count() == 1
        await examine("9-verified")
        assert visitor.troubles == []
