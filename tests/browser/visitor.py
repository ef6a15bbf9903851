"""A person at a browser: what they do is counted, what they see can be kept, and what goes wrong is remembered."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import ConsoleMessage, Error, JSHandle, Locator, Page, Request

THEMES_AND_LANGUAGES = pytest.mark.parametrize(
    ("language", "dark"),
    [
        pytest.param("de", True, id="de-dark"),
        pytest.param("en", False, id="en-light", marks=pytest.mark.slow),
    ],
)
"""The longer language in the theme that is seldom looked at each time, the opposite of both with the slow tests.

Each page by itself is looked at in all four: `test_every_page.py`.
"""
SCRIPTS_FIRST = pytest.mark.parametrize(
    "javascript",
    [pytest.param(True, id="with-javascript"), pytest.param(False, id="without", marks=pytest.mark.slow)],
)
"""With scripts each time, without them with the slow tests."""
SCRIPTS_LAST = pytest.mark.parametrize(
    "javascript",
    [pytest.param(True, id="with-javascript", marks=pytest.mark.slow), pytest.param(False, id="without")],
)
"""Without scripts each time, with them with the slow tests."""
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

_PATIENCE_SECONDS = 20
_STOPS = 200
_UNSEEN_FOCUS = """() => [...document.querySelectorAll(
    "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")]
  .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.disabled && one.tabIndex >= 0)
  .filter((one) => {
    one.focus();
    const style = getComputedStyle(one);
    return document.activeElement === one && (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2);
  }).map((one) => one.outerHTML.slice(0, 120))"""
_MOVING = """() => [...document.querySelectorAll("*")]
  .filter((one) => {
    const style = getComputedStyle(one);
    const lasts = (times) => times.split(",").some((time) => parseFloat(time) > 0);
    return lasts(style.transitionDuration) || lasts(style.animationDuration) || style.scrollBehavior === "smooth";
  }).map((one) => one.outerHTML.slice(0, 120))"""
_CUT_TABLES = """() => [...document.querySelectorAll(".table")]
  .filter((one) => one.scrollWidth > one.clientWidth + 1)
  .map((one) => `${one.scrollWidth} > ${one.clientWidth}: ${one.ariaLabel}`)"""
_SEND = """([address, fields]) => {
  const form = document.createElement("form");
  form.action = address;
  form.method = "post";
  for (const [name, value] of Object.entries(fields)) {
    const field = document.createElement("input");
    [field.type, field.name, field.value] = ["hidden", name, value];
    form.append(field);
  }
  document.body.append(form);
  form.submit();
}"""


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
        """Press a button or follow a link, and wait for what comes: another page, or another content of this one."""
        self.interactions += 1
        await self._until_another(self.page.locator(selector).click())

    async def back(self) -> None:
        """Press the browser's own Back, and wait for what comes."""
        self.interactions += 1
        await self._until_another(self.page.evaluate("history.back()"))

    async def forward(self) -> None:
        """Press the browser's own Forward, and wait for what comes."""
        self.interactions += 1
        await self._until_another(self.page.evaluate("history.forward()"))

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

    async def lit(self, *, dark: bool) -> None:
        """Look at the same page in the other theme."""
        self.theme = "dark" if dark else "light"
        await self.page.emulate_media(color_scheme="dark" if dark else "light")

    async def sees(self, words: str) -> bool:
        """Whether the page shows these words."""
        return words in await self.page.inner_text("main")

    async def language(self) -> str:
        """The page's."""
        return str(await self.page.get_attribute("html", "lang"))

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

    async def tab_to(self, selector: str) -> None:
        """Press Tab until the focus is there. Raises AssertionError where Tab never comes to it."""
        for _ in range(_STOPS):
            await self.page.keyboard.press("Tab")
            if await self.page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
                return
        raise AssertionError(f"{_STOPS} times Tab on {self.page.url} never came to {selector}")

    async def type_into(self, selector: str, words: str) -> None:
        """Come to a field by Tab, and type."""
        await self.tab_to(selector)
        await self.page.keyboard.type(words)

    async def enter(self, selector: str) -> None:
        """Come to a button or link by Tab and press Enter, and wait for what comes."""
        await self.tab_to(selector)
        await self._until_another(self.page.keyboard.press("Enter"))

    async def choose(self, selector: str, value: str) -> None:
        """Come to a list or a group of choices by Tab, and go down to this one with the arrow key."""
        await self.tab_to(selector)
        if await self.page.evaluate("document.activeElement.type === 'radio'"):
            await self.page.keyboard.press("Space")
        for _ in range(_STOPS):
            if await self.page.evaluate("document.activeElement.value") == value:
                return
            await self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"no arrow led to {value} of {selector} on {self.page.url}")

    async def unseen_focus(self) -> list[str]:
        """What takes the focus of the keyboard without showing it (WCAG 2.4.7)."""
        await self.page.keyboard.press("Tab")  # from here on the browser shows the focus
        found: list[str] = await self.page.evaluate(_UNSEEN_FOCUS)
        return found

    async def moves(self) -> list[str]:
        """What moves or fades although the visitor asked for less of that."""
        found: list[str] = await self.page.evaluate(_MOVING)
        return found

    async def send(self, address: str, fields: dict[str, str]) -> None:
        """Send a form from the page that is open to an address, and wait for the page that comes."""
        async with self.page.expect_navigation():
            await self.page.evaluate(_SEND, [address, fields])

    async def overflows(self) -> bool:
        """Whether the page is wider than the window, so that reading needs two directions (WCAG 1.4.10)."""
        return bool(await self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))

    async def cut_tables(self) -> list[str]:
        """Tables that are wider than their frame, so that what they say is read by scrolling sideways in it."""
        found: list[str] = await self.page.evaluate(_CUT_TABLES)
        return found

    async def _until_another(self, pressing: Coroutine[Any, Any, None]) -> None:
        shown = await self.page.evaluate_handle("document.body")
        await pressing
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while await self._is_shown(shown):
                await asyncio.sleep(0.02)
            while not await self._has_body():
                await asyncio.sleep(0.02)
        await self.page.wait_for_load_state()

    async def _has_body(self) -> bool:
        """Asked from outside: a question that waits in the page is what its Content-Security-Policy forbids."""
        try:
            return bool(await self.page.evaluate("document.body !== null"))
        except Error:  # between two pages
            return False

    async def _is_shown(self, body: JSHandle) -> bool:
        try:
            return bool(await body.evaluate("body => body.isConnected"))
        except Error:  # with its page
            return False

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.troubles.append(f"console: {message.text}")

    def _requested(self, request: Request) -> None:
        address = urlsplit(request.url)
        self.hosts.add(address.netloc)
        self.queries.update(parse_qs(address.query, keep_blank_values=True))
