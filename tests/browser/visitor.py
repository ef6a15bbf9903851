"""A person at a browser: what they do is counted, what they see can be kept, and what goes wrong is remembered."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import ConsoleMessage, Locator, Page, Request

THEMES_AND_LANGUAGES = pytest.mark.parametrize(
    ("language", "dark"),
    [
        pytest.param("de", True, id="de-dark"),
        pytest.param("en", False, id="en-light", marks=pytest.mark.slow),
        pytest.param("en", True, id="en-dark", marks=pytest.mark.slow),
        pytest.param("de", False, id="de-light", marks=pytest.mark.slow),
    ],
)
"""The longer language in the theme that is seldom looked at each time; the others with the slow tests."""
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass
class Visitor:
    """`interactions` counts clicks, choices and filled fields; `troubles` what the console and the network told."""

    page: Page
    pictures: Path
    theme: str
    interactions: int = 0
    troubles: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)
    queries: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.troubles.append(f"script: {error}"))
        self.page.on("request", self._requested)

    async def open(self, address: str) -> None:
        """Type an address."""
        await self.page.goto(address)

    async def press(self, name: str, *, exact: bool = True) -> None:
        """Press a button or follow a link by its name, and wait for what comes."""
        self.interactions += 1
        button = self.page.get_by_role("button", name=name, exact=exact)
        found = button if await button.count() else self.page.get_by_role("link", name=name, exact=exact)
        await found.first.click()
        await self.page.wait_for_load_state()

    async def fill(self, label: str, words: str) -> None:
        """Write into the field of this label."""
        self.interactions += 1
        await self.page.get_by_label(label).first.fill(words)

    async def go(self, selector: str) -> None:
        """Press a button or follow a link, and wait for the page that comes."""
        self.interactions += 1
        await self.page.locator(selector).click()
        await self.page.wait_for_load_state()

    async def write(self, selector: str, words: str) -> None:
        """Write into a field."""
        self.interactions += 1
        await self.page.locator(selector).fill(words)

    async def tick(self, control: Locator) -> None:
        """Tick a box, or choose one of several."""
        self.interactions += 1
        await control.check()

    async def select(self, control: Locator, value: str) -> None:
        """Choose from a list."""
        self.interactions += 1
        await control.select_option(value)

    async def sees(self, words: str) -> bool:
        """Whether the page shows these words."""
        return words in await self.page.inner_text("main")

    async def look(self, name: str) -> None:
        """Keep a picture of the whole page."""
        self.pictures.mkdir(parents=True, exist_ok=True)
        width = (self.page.viewport_size or {"width": 0})["width"]
        await self.page.screenshot(path=self.pictures / f"{name}-{width}-{self.theme}.png", full_page=True)

    async def barriers(self) -> list[str]:
        """What axe-core finds: one line for each violation and place."""
        found = await Axe().run(self.page, options={"runOnly": _TAGS, "resultTypes": ["violations"]})
        return [
            f"{violation['id']}: {node['target']} {node.get('failureSummary', '')}"
            for violation in found.response["violations"]
            for node in violation["nodes"]
        ]

    async def overflows(self) -> bool:
        """Whether the page is wider than the window, so that reading needs two directions (WCAG 1.4.10)."""
        return bool(await self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.troubles.append(f"console: {message.text}")

    def _requested(self, request: Request) -> None:
        address = urlsplit(request.url)
        self.hosts.add(address.netloc)
        self.queries.update(parse_qs(address.query, keep_blank_values=True))
