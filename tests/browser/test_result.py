"""The parts of a result, one after the other by their tabs: with scripts and without."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from tests.browser.assessing import assessed
from tests.browser.visitor import SCRIPTS_LAST
from tests.running import Running

Visit = Callable[..., Any]


@SCRIPTS_LAST
async def test_each_part_is_reached_by_its_tab_and_answers_what_it_is_asked(
    running: Running, visit: Visit, javascript: bool
) -> None:
    async with visit(javascript=javascript, width=360) as visitor:
        # Given somebody who has a result, and goes from tab to tab
        result = await assessed(visitor, running.intake, typed=javascript, with_income=True)
        place, page = urlsplit(result).path, visitor.page
        visitor.queries.clear()

        async def part(name: str) -> None:
            await visitor.go(f".tabs a[href='{place}{name}']")

        # Then the outlook is drawn
        await part("/outlook")
        assert await page.locator("figure svg").count() >= 1
        # When the plan is asked for with other hours, a mistake is said, and the plan is for those
        await part("/plan")
        await visitor.write("#hours", "5000")
        await visitor.go("#plan-form > button")
        assert await page.locator(".mistakes li").count() == 1
        await visitor.write("#hours", "5")
        await visitor.go("#plan-form > button")
        assert (await page.locator(".mistakes").count(), await page.input_value("#hours")) == (0, "5")
        # When the smallest change that reaches a score is looked for, the score stays in its field
        await part("/smallest-change")
        await visitor.write("#target", "90")
        await visitor.go("#target-form > button")
        assert (await page.locator(".mistakes").count(), await page.input_value("#target")) == (0, "90")
        # When near occupations are ranked by wage, and the way to one that is nearly in reach is asked for
        await part("/paths")
        await visitor.select(page.locator("#ranked_by"), "wage")
        await visitor.go("#paths-form > button")
        assert await page.input_value("#ranked_by") == "wage"
        aim = await page.locator("#aim option").nth(1).get_attribute("value")
        await visitor.select(page.locator("#aim"), aim)
        await visitor.go("button[value=way]")
        # Then the way is drawn and listed
        assert await page.locator("#way figure svg").count() == 1
        assert await page.locator("#way .way > li").count() >= 1
        # and the income is drawn, and the first tab leads back to the score
        await part("/income")
        assert await page.locator("figure svg").count() >= 1
        await part("")
        assert page.url == result
        assert visitor.queries <= {"lang"}
        assert visitor.troubles == []
