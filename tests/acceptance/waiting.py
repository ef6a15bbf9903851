"""Waiting for what must come, without a fixed sleep."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

Value = TypeVar("Value")
_PAUSE_SECONDS = 0.05


async def until(ask: Callable[[], Awaitable[Value]], holds: Callable[[Value], bool], seconds: float = 60) -> Value:
    """Ask again and again until the answer holds; fails with the last answer."""
    last: Value | None = None
    try:
        async with asyncio.timeout(seconds):
            while not holds(last := await ask()):
                await asyncio.sleep(_PAUSE_SECONDS)
    except TimeoutError:
        raise AssertionError(f"not within {seconds} s; last: {str(last)[:500]}") from None
    return last
