"""A reader recomputes the worked example."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.running import Running


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without"])
async def test_a_reader_changes_a_value_and_sees_the_sum_follow(
    running: Running, visit: Callable[..., Any], javascript: bool
) -> None:
    async with visit(javascript=javascript) as visitor:
        # Given the calculator with the example's values
        await visitor.open(running.stack.urls["intake"] + "/methodology")
        await visitor.press("Recompute the worked example")
        assert await visitor.sees("the same number as the engine gives for the example")
        # When a value is changed, and another is none
        await visitor.fill("Used AI on a real task", "10000")
        await visitor.press("Recompute")
        # Then the sum follows, 17 · 1,667 · 2,500 units higher
        assert await visitor.sees("54.0 points")
        assert await visitor.sees("the example itself has 5,324,889,819")
        await visitor.fill("Used AI on a real task", "a lot")
        await visitor.press("Recompute")
        assert await visitor.sees("A value is a whole number from 0 to 10,000.")
