"""The assessment as somebody fills it in, from the first page to the result, with scripts or without."""

from typing import NamedTuple

from tests.browser.visitor import Visitor

INCOME = {
    "largest_source": "3000",
    "sources_total": "3500",
    "expenses": "2500.50",
    "reserve": "9000",
    "months_covered": "11",
    "sources": "2",
}


class Work(NamedTuple):
    """An occupation, and what somebody types who has it."""

    code: str
    typed: str


DEVELOPER = Work("15-1252.00", "sofware develper")
LONGEST = Work("17-2051.00", "civil engineer")
"""No occupation asks more questions."""


async def start(visitor: Visitor, intake: str, *, typed: bool, work: Work = DEVELOPER) -> None:
    """To the first question, and an occupation found by what people call it; `typed`: it appears as one types."""
    await visitor.open(f"{intake}/")
    await visitor.go("a.button.large")
    await find(visitor, work.typed, typed=typed)
    await visitor.go(f".found button[value='add:{work.code}']")


async def find(visitor: Visitor, words: str, *, typed: bool) -> None:
    """Occupations that people call so; `typed`: they appear as one types."""
    await visitor.write("#q", words)
    if typed:
        await visitor.page.wait_for_selector(".found button")
    else:
        await visitor.go(".search button")


async def skills(visitor: Visitor) -> None:
    """Every skill by one choice that says level and recency, every knowledge area by one."""
    for field in await visitor.page.locator("#answers select").all():
        await visitor.select(field, "3:18" if (await field.get_attribute("name") or "").startswith("s:") else "2")


async def habits(visitor: Visitor) -> None:
    """Every habit by one choice."""
    for question in await visitor.page.locator("#answers fieldset").all():
        await visitor.tick(question.locator("input").nth(2))


async def income(visitor: Visitor) -> None:
    """The figures of the optional part."""
    for name, amount in INCOME.items():
        await visitor.write(f'[name="i:{name}"]', amount)


async def agree(visitor: Visitor) -> None:
    """To the scoring, and to nothing else."""
    await visitor.tick(visitor.page.locator("input[value=scoring]"))
    await visitor.tick(visitor.page.locator("#of_age"))


async def onward(visitor: Visitor) -> None:
    """To the next page."""
    await visitor.go(".actions button >> nth=0")


async def assessed(
    visitor: Visitor, intake: str, *, typed: bool, with_income: bool = False, work: Work = DEVELOPER
) -> str:
    """The whole way, with every question answered; gives the address of the result."""
    await start(visitor, intake, typed=typed, work=work)
    await onward(visitor)
    await onward(visitor)
    await skills(visitor)
    await onward(visitor)
    await habits(visitor)
    await onward(visitor)
    if with_income:
        await income(visitor)
    await onward(visitor)
    await agree(visitor)
    await onward(visitor)
    return visitor.page.url
