"""An English title is a plural, or joins several; people search for one of them."""

import pytest

from services.methodology.english import names, singular


@pytest.mark.parametrize(
    ("plural", "found"),
    [
        ("roofers", "roofer"),
        ("secretaries", "secretary"),
        ("coaches", "coach"),
        ("waitresses", "waitress"),
        ("nurses", "nurse"),
        ("waitress", "waitress"),
        ("bus", "bus"),
        ("gas", "gas"),
        ("c++", "c++"),
    ],
)
def test_a_plural_is_searched_as_its_singular(plural: str, found: str) -> None:
    assert singular(plural) == found


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("Accountants and Auditors", ("Accountants", "Auditors")),
        ("Plumbers, Pipefitters, and Steamfitters", ("Plumbers", "Pipefitters", "Steamfitters")),
        ("Roofers", ()),
        ("Painters, Construction and Maintenance", ()),
        ("Bookkeeping, Accounting, and Auditing Clerks", ()),
        ("Broadcast Announcers and Radio Disc Jockeys", ()),
    ],
)
def test_a_title_is_taken_apart_where_each_part_is_a_name(title: str, found: tuple[str, ...]) -> None:
    assert names(title) == found
