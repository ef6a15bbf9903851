"""Occupations are found by what people call them, mistyped or not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.methodology.search import errors_between, index, search


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("Software Developers", "15-1252.00"),
        ("software developer", "15-1252.00"),
        ("sofware develper", "15-1252.00"),
        ("Data Scienst", "15-2051.00"),
        ("techincal writer", "27-3042.00"),
        ("truck drivr", "53-3032.00"),
        ("Électrician", "47-2111.00"),
        ("CEO", "11-1011.00"),
        ("c++ developer", "15-1252.00"),
        ("registered nur", "29-1141.00"),
    ],
)
def test_the_first_match_is_the_one_that_was_meant(query: str, code: str) -> None:
    assert search(query)[0].code == code


def test_titles_without_figures_are_found_and_said_to_be_so() -> None:
    found = search("computer occupations all other")[0]
    assert (found.title, found.status) == ("Computer Occupations, All Other", "without_figures")


def test_every_title_finds_its_own_occupation() -> None:
    for code, title in list(index().main.items())[::25]:
        assert code in {one.code for one in search(title, 3)}, title


def test_all_alternate_titles_are_searched() -> None:
    assert sum(not title.main for title in index().titles) == 56_558


def test_nothing_is_found_for_nothing() -> None:
    assert search("") == search("  ?!") == search("qqqqqqqq") == []


@given(st.text(max_size=300), st.integers(1, 5))
def test_any_query_gives_a_bounded_ranked_list(query: str, limit: int) -> None:
    found = search(query, limit)
    assert len(found) <= limit
    assert [one.rank for one in found] == sorted((one.rank for one in found), reverse=True)


@pytest.mark.parametrize(
    ("one", "other", "most", "close"),
    [
        ("nurse", "nurse", 0, True),
        ("nurse", "nures", 1, True),
        ("nurse", "nrse", 1, True),
        ("nurse", "nursse", 1, True),
        ("nurse", "purse", 1, True),
        ("nurse", "purge", 1, False),
        ("nurse", "purge", 2, True),
        ("nurse", "nursing", 2, False),
    ],
)
def test_a_typing_error_is_an_insertion_deletion_substitution_or_transposition(
    one: str, other: str, most: int, close: bool
) -> None:
    assert (errors_between(one, other, most) <= most) is close


WORDS = st.text("abc", max_size=8)


@given(WORDS, WORDS, st.integers(0, 3))
def test_errors_are_counted_alike_from_both_sides_and_within_what_they_share(one: str, other: str, most: int) -> None:
    errors = errors_between(one, other, most)
    assert errors == errors_between(other, one, most) == errors_between(f"ab{one}ca", f"ab{other}ca", most)
    assert (errors == 0) == (one == other)


@given(WORDS.filter(bool), st.data())
def test_one_typing_error_is_one(word: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(word) - 1))
    letter = data.draw(st.sampled_from("abcd"))
    swapped = word[:place] + word[place : place + 2][::-1] + word[place + 2 :]
    for mistyped in (word[:place] + word[place + 1 :], word[:place] + letter + word[place:], swapped):
        assert errors_between(word, mistyped, 2) <= 1
