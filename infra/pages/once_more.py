"""A form that comes when its session is over. It is not lost: who sends it is asked once more, and what was filled in
goes along (WCAG 2.2, technique G181). It travels in the form alone; nothing of it is kept here in between.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from infra.pages.forgery import FIELD
from infra.pages.site import Draw
from infra.pages.visit import Visit


@dataclass(frozen=True, slots=True)
class OnceMore:
    """`template` asks for the fields `asked`, which no form behind it has. `enter` begins a session by what they
    hold, or tells their mistakes.
    """

    template: str
    asked: tuple[str, ...]
    enter: Callable[[Visit], Awaitable[Mapping[str, str]]]

    async def ask(self, visit: Visit, then: Draw, **values: Any) -> web.StreamResponse:
        """`then` with the form as it was, once its sender has entered; until then the question, the form in it."""
        entering = visit.form.has(self.asked[0]) and not visit.form.has("lang")
        mistakes = await self.enter(visit) if entering else {}
        visit.form = visit.form.without(*self.asked, FIELD, "lang").wrong(mistakes)
        if entering and not mistakes:
            return await then(visit)
        return visit.page(
            self.template,
            status=422 if mistakes else 200,
            asked=self.asked,
            carried=list(visit.form.values),
            **values,
        )
