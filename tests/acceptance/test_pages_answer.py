"""Every page of every service answers its holder, in both languages, and none of them by failing."""

import pytest

from tests.scene.pages import PAGES, Page
from tests.scene.stage import Stage

pytestmark = pytest.mark.parametrize("cluster", ["sqlite"], indirect=True, scope="session")


def due(page: Page) -> set[int]:
    """A page may lead on or say why it is closed to its holder, and a form come again with what is wrong in it."""
    if page.path.endswith("/no-such-page"):
        return {404}
    return {200, 303, 409} if page.form is None else {200, 303, 409, 422}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("language", ["en", "de"])
async def test_every_page_is_shown_to_its_holder(stage: Stage, language: str) -> None:
    answered = [(page, (await stage.get(page, language))[0]) for page in PAGES if not page.guesses]
    assert [f"{page.name}: {status}" for page, status in answered if status not in due(page)] == []
