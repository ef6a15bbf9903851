"""A person's whole way: from the first click of the assessment to the verified receipt of its erasure."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.assessing import assessed
from tests.browser.test_privacy import enter, erase, reached
from tests.running import Running

Visit = Callable[..., Any]


@pytest.mark.slow
@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without"])
async def test_a_person_goes_from_the_first_click_to_a_verified_receipt(
    running: Running, visit: Visit, javascript: bool
) -> None:
    async with visit(javascript=javascript, width=360) as visitor:
        # Given somebody who has taken the assessment, and reads each part of the result
        result = await assessed(visitor, running.intake, typed=javascript)
        claim = await visitor.page.inner_text("#claim-code")
        for part in ("outlook", "plan", "what-if", "paths"):
            await visitor.go(f".tabs a[href$='/{part}']")
            assert await visitor.page.locator(".source").count() > 0 or part == "what-if", part
        # and sees a way in several moves
        await visitor.open(f"{result}/paths")
        await visitor.write("#q", "nurse")
        await visitor.go("#way button[value=search]")
        await visitor.go("#way .found button >> nth=0")
        assert await visitor.page.locator("ol.way li, #way .notice").count() > 0
        await visitor.look("whole-way-1-paths")
        # When they have everything erased, with the code that they were shown
        await enter(visitor, running, claim)
        await erase(visitor)
        if javascript:
            await visitor.page.wait_for_selector(".tag.good", timeout=60_000)
        else:
            await reached(visitor, ".tag.good")
        await visitor.go("main .card .button >> nth=0")
        # Then the receipt is verified, and nothing of theirs opens any more
        assert await visitor.sees("This receipt is genuine")
        assert await visitor.sees("every store has reported")
        await visitor.look("whole-way-2-receipt")
        await visitor.open(result)
        assert not await visitor.sees("Your score is")
        assert visitor.queries <= {"q", "limit", "lang"}
