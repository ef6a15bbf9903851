"""A person at a browser: what they do is counted, what they see can be kept, and what goes wrong is remembered."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import ConsoleMessage, Locator, Page, Request

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
