"""A real browser on the running services: the system's Chromium, driven by Playwright; one for the session.

Screenshots go to the directory that SCREENSHOTS names, else to `.careerpulse/screenshots`.
"""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from tests.browser.visitor import Visitor
from tests.conftest import DATA, chromium


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One loop for all, which the services' supervisor shares."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
            item.add_marker("kafka")
            item.add_marker("browser")


@pytest.hookimpl(tryfirst=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The pages are the same over either database: one is enough here."""
    if "cluster" in metafunc.fixturenames:
        mark = pytest.mark.parametrize("cluster", ["sqlite"], indirect=True, scope="session")
        metafunc.definition.add_marker(mark)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """The browser that all tests share."""
    # Whoever runs this in a container is root there, and Chromium's own sandbox then refuses to start.
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    async with async_playwright() as driver:
        started = await driver.chromium.launch(executable_path=chromium(), args=options)
        try:
            yield started
        finally:
            await started.close()


@pytest.fixture
def visit(browser: Browser) -> Callable[..., object]:
    """`async with visit(language="de", dark=True, javascript=False, width=360) as visitor:` a person at a device."""
    pictures = Path(os.environ.get("SCREENSHOTS", DATA / "screenshots"))

    @asynccontextmanager
    async def begun(
        *, language: str = "en", dark: bool = False, javascript: bool = True, width: int = 1280
    ) -> AsyncIterator[Visitor]:
        context = await browser.new_context(
            locale={"en": "en-GB", "de": "de-DE"}[language],
            color_scheme="dark" if dark else "light",
            java_script_enabled=javascript,
            viewport={"width": width, "height": 800},
            reduced_motion="reduce",
        )
        context.set_default_timeout(15_000)
        try:
            yield Visitor(await context.new_page(), pictures, "dark" if dark else "light")
        finally:
            await context.close()

    return begun
