"""Every page that needs no entry: without barriers, without scrolling sideways, from our own hosts alone."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.visitor import THEMES_AND_LANGUAGES
from tests.running import Running

PAGES = [
    ("intake", "/accessibility"),
    ("intake", "/privacy-notice"),
    ("intake", "/result"),
    ("intake", "/methodology"),
    ("intake", "/methodology/calculator"),
    ("intake", "/methodology/score"),
    ("intake", "/no-such-page"),
    ("consent", "/employee"),
    ("consent", "/follow"),
    ("consent", "/receipt"),
    ("consent", "/notices/individuals-1"),
]


@THEMES_AND_LANGUAGES
async def test_a_page_has_no_barrier(running: Running, visit: Callable[..., Any], language: str, dark: bool) -> None:
    async with visit(language=language, dark=dark) as visitor:
        for service, path in PAGES:
            await visitor.open(running.stack.urls[service] + path)
            await visitor.look(f"{service}-{path.strip('/') or 'start'}-{language}")
            assert await visitor.barriers() == [], path
        assert {host.partition(":")[0] for host in visitor.hosts} == {"127.0.0.1"}


@pytest.mark.parametrize("width", [320, 360])
async def test_a_page_fits_a_narrow_window(running: Running, visit: Callable[..., Any], width: int) -> None:
    """320 pixels are what a window of 1280 has left at 400 % (WCAG 1.4.10)."""
    async with visit(language="de", width=width) as visitor:
        for service, path in PAGES:
            await visitor.open(running.stack.urls[service] + path)
            await visitor.look(f"{service}-{path.strip('/') or 'start'}-de")
            assert not await visitor.overflows(), path
