"""Every page of the product: no barrier, no scrolling sideways, focus seen, nothing moving, from our own hosts alone.

A window of 1280 pixels at 400 % has 320 left (WCAG 1.4.10). That no page is forgotten,
`tests/unit/pages/test_every_page.py` sees to.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.browser.visitor import Visitor
from tests.running import Running
from tests.scene.pages import NOBODY, PAGES, Page
from tests.scene.stage import Stage

Visit = Callable[..., Any]
OPEN = [one for one in PAGES if one.holder == NOBODY and one.form is None]
NARROW, WIDE = 320, 1280


async def shown(visitor: Visitor, stage: Stage, page: Page) -> None:
    """Come to the page in its holder's session, by its address or by its form."""
    address, form = stage.address(page), stage.form(page)
    context = visitor.page.context
    await context.clear_cookies()
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(address))
    held = stage.holder(page).cookies.items()
    await context.add_cookies([{"name": name, "value": value, "url": origin} for name, value in held])
    await visitor.open(address)
    if form is not None:
        await visitor.send(address, form)
    await visitor.page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true; })")


async def barriers(visitor: Visitor, stage: Stage, pages: Iterable[Page], themes: Sequence[bool]) -> list[str]:
    """What stands in a person's way, one line for each; `themes` are the dark one, the light one or both."""
    found: list[str] = []
    for page in pages:
        await shown(visitor, stage, page)
        troubles = ["scrolls sideways"] if await visitor.overflows() else []
        troubles += await visitor.cut_tables()
        for dark in themes:
            await visitor.lit(dark=dark)
            await visitor.look(f"every-{_plain(page.name)}-{await visitor.language()}")
            troubles += await visitor.barriers()
        troubles += [*await visitor.unseen_focus(), *await visitor.moves()]
        found += [f"{page.name}: {trouble}" for trouble in troubles]
    return found


async def test_no_page_that_is_open_to_everybody_has_a_barrier(running: Running, visit: Visit) -> None:
    """A sample for every run: the longer language, the theme that is seldom looked at, the narrowest window."""
    async with visit(language="de", width=NARROW) as visitor:
        assert await barriers(visitor, Stage(running, running.http), OPEN, [True]) == []
        assert {host.partition(":")[0] for host in visitor.hosts} == {"127.0.0.1"}


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize(("language", "width"), [("de", NARROW), ("en", WIDE)])
@pytest.mark.parametrize("service", ["intake", "consent", "audit"])
async def test_no_page_of_a_service_has_a_barrier_in_either_theme(
    stage: Stage, visit: Visit, service: str, language: str, width: int
) -> None:
    async with visit(language=language, width=width) as visitor:
        pages = [one for one in PAGES if one.service == service]
        assert await barriers(visitor, stage, pages, [True, False]) == []
        assert {host.partition(":")[0] for host in visitor.hosts} == {"127.0.0.1"}
        assert visitor.queries == set()


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
