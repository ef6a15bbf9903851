"""Somebody lists where their money comes from, without scripts and on a telephone, and takes the reminders along."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.assessing import assessed
from tests.running import Running

Visit = Callable[..., Any]


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without"])
async def test_sources_and_contracts_are_reviewed_and_their_reminders_taken_along(
    running: Running, visit: Visit, tmp_path: Path, javascript: bool
) -> None:
    async with visit(javascript=javascript, width=360, language="de") as visitor:
        await visitor.open(f"{running.intake}/income")
        # When an amount is missing, the form says so beside the field and keeps what was filled in
        for field, value in (("label:1", "Kundin"), ("monthly:1", "3.200"), ("reserve", "9000")):
            await visitor.write(f"[name='{field}']", value)
        await visitor.select(visitor.page.locator("[name='kind:1']"), "contract")
        await visitor.page.locator("fieldset summary").first.click()
        await visitor.write("[name='ends:1']", "2099-03")
        await visitor.write("[name='notice:1']", "1")
        await visitor.go("button.button[value=review]")
        assert await visitor.page.locator(".mistakes li").count() == 1
        await visitor.write("#expenses", "2500")
        # and one more source is given room
        await visitor.go("button.button[value=row]")
        assert await visitor.page.locator("[name='monthly:4']").count() == 1
        await visitor.go("button.button[value=review]")
        # Then the months, the cases and what helps stand there, with the name that they gave
        assert await visitor.sees("Verlust von Kundin")
        assert await visitor.page.locator("figure svg").count() == 1
        await visitor.look("income")
        assert not await visitor.overflows()
        if javascript:  # which axe-core needs in the page, too
            assert await visitor.barriers() == []
        # and the reminders go along as a calendar
        async with visitor.page.expect_download() as coming:
            await visitor.page.locator("button.button[value=calendar]").click()
        await (await coming.value).save_as(tmp_path / "contracts.ics")
        assert "Kundin" in (tmp_path / "contracts.ics").read_text()
        # and nothing of it was kept or stood in an address
        assert await visitor.page.context.cookies() == []
        assert visitor.queries <= {"lang"}


async def test_the_figures_of_an_assessment_begin_the_list(running: Running, visit: Visit) -> None:
    async with visit() as visitor:
        result = await assessed(visitor, running.intake, typed=True, with_income=True)
        await visitor.open(f"{result}/income")
        shown = [
            await visitor.page.input_value(f"[name='{name}']") for name in ("monthly:1", "monthly:2", "expenses")
        ]
        assert shown == ["3000", "500", "2500.50"]
        assert await visitor.page.locator("figure svg").count() == 1
