"""The form of an assessment that is refused: what is wrong stands where its summary leads to."""

import asyncio
import re
from unittest.mock import AsyncMock, Mock

import pytest

from infra.http.problems import Problem, invalid
from infra.pages.visit import Visit
from services.intake.pages.assessment import Assessment
from services.intake.pages.correcting import Correcting
from services.intake.pages.filling import Desk, Filling
from services.intake.pages.own import Own
from services.methodology.version import load
from tests.unit.intake.pages.visiting import visit

DESK = Desk(Mock(), load(), Mock(), Mock(), Mock())
OWN = Mock(Own, to_change=AsyncMock(return_value=Mock(superseded_by=None)))
FORMS = {
    "assessment": Assessment(DESK, Mock()),
    "correction": Correcting(DESK, OWN),
}


async def refused(form: Filling, visiting: Visit, problem: Problem) -> str:
    answer = await form._refused(visiting, problem)
    assert isinstance(answer.text, str)
    return answer.text


@pytest.mark.parametrize(
    ("name", "problem"),
    [(name, invalid([])) for name in FORMS] + [("correction", Problem(403, "refused", "Refused", "Stopped."))],
)
def test_a_refusal_of_the_whole_is_linked_from_the_summary_to_the_button_that_it_is_told_beside(
    name: str, problem: Problem
) -> None:
    page = asyncio.run(refused(FORMS[name], visit(form={"occupation": "15-1252.00"}), problem))

    summary = re.search(r'<div class="mistakes".*?</div>', page, re.DOTALL)
    assert summary is not None
    assert re.findall(r'href="#([\w-]+)"', summary[0]) == ["hand-in"]
    assert re.findall(r'<button class="button" id="hand-in"[^>]*aria-describedby="([\w-]+)"', page) == [
        "hand-in-mistake"
    ]
    assert page.count('id="hand-in-mistake"') == 1
