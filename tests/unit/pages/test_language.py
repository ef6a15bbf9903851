"""Which language a page is in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.pages.language import LANGUAGES, choose


@pytest.mark.parametrize(
    ("asked", "kept", "accepted", "chosen"),
    [
        ("de", "en", "en", "de"),
        (None, "de", "en", "de"),
        ("fr", "de", "", "de"),
        (None, None, "de-AT,de;q=0.9,en;q=0.8", "de"),
        (None, None, "fr,en;q=0.5,de;q=0.7", "de"),
        (None, None, "de;q=0, en;q=0.1", "en"),
        (None, None, "de;q=x", "en"),
        (None, None, "", "en"),
    ],
)
def test_asked_goes_before_kept_and_kept_before_what_the_browser_prefers(
    asked: str | None, kept: str | None, accepted: str, chosen: str
) -> None:
    assert choose(asked, kept, accepted) == chosen


@given(st.text(), st.text(), st.text())
def test_whatever_is_sent_one_of_our_languages_is_spoken(asked: str, kept: str, accepted: str) -> None:
    assert choose(asked, kept, accepted) in LANGUAGES
