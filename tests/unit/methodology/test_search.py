"""Occupations are found by what people call them, mistyped or not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.methodology.german import forms
from services.methodology.search import everyday, index, search
from services.methodology.typing_errors import errors_between


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
    for title in [title for title in index().titles if title.main][::25]:
        assert title.code in {one.code for one in search(title.text, 3)}, title.text


def test_all_alternate_titles_are_searched_and_a_few_of_ours() -> None:
    ours = sum(len(titles) for titles in everyday("en").values())
    assert sum(not title.main for title in index().titles) == 56_558 + ours


@pytest.mark.parametrize(
    ("query", "language", "code"),
    [
        ("prompt engineer", "en", "15-1252.00"),
        ("consultant", "en", "13-1111.00"),
        ("manager", "en", "11-1021.00"),
        ("KI-Entwicklerin", "de", "15-1252.00"),
        ("Beraterin", "de", "13-1111.00"),
        ("Manager", "de", "11-1021.00"),
        ("Chirurgin", "de", "29-1242.00"),
    ],
)
def test_everyday_titles_that_the_publisher_does_not_hold_are_found(query: str, language: str, code: str) -> None:
    assert search(query, language=language)[0].code == code


@pytest.mark.parametrize("query", ["Arzt", "Ärztin", "Ingenieur", "Ingenieurin", "Managerin", "Chirurg"])
def test_of_equal_ranks_those_that_can_be_scored_come_first(query: str) -> None:
    found = search(query, 50, "de")
    best = [one.status for one in found if one.rank == found[0].rank]
    assert "without_figures" in best and best.index("without_figures") == len(best) - 1


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("Softwareentwicklerin", "15-1252.00"),
        ("sofwareentwikler", "15-1252.00"),
        ("Softwareentwickler:innen (m/w/d)", "15-1252.00"),
        ("Krankenschwester", "29-1141.00"),
        ("Ärztin", "29-1215.00"),
        ("Kauffrau im Einzelhandel", "41-2031.00"),
        ("technischer Redakteur", "27-3042.00"),
        ("Software Developer", "15-1252.00"),
        ("registered nur", "29-1141.00"),
    ],
)
def test_who_searches_in_german_finds_by_german_and_by_english_titles(query: str, code: str) -> None:
    assert search(query, language="de")[0].code == code


def test_what_was_found_in_german_is_called_in_german_with_the_language_it_was_found_in() -> None:
    (german,) = search("Krankenschwester", 1, "de")
    (english,) = search("registered nurse", 1, "de")
    assert (german.title, german.found_by, german.found_in) == ("Pflegefachkraft", "Krankenschwester", "de")
    assert (english.title, english.found_by, english.found_in) == ("Pflegefachkraft", "Registered Nurses", "en")


def test_a_german_word_is_found_by_the_end_of_a_compound_after_those_that_are_the_word() -> None:
    found = {one.found_by: one.rank for one in search("Lehrer", 50, "de")}
    assert found["Lehrer/in"] > found["Grundschullehrer/in"] > 0


def test_every_german_title_finds_its_own_occupation_for_women_and_for_men() -> None:
    for title in [title for title in index("de").titles if title.main][::150]:
        for form in forms(title.text):
            assert title.code in {one.code for one in search(form, 3, "de")}, form


def test_a_german_title_is_not_searched_in_english() -> None:
    assert "29-1141.00" not in {one.code for one in search("Krankenschwester")}


def test_nothing_is_found_for_nothing() -> None:
    assert search("") == search("  ?!") == search("qqqqqqqq") == []


@given(st.text(max_size=300), st.integers(1, 5), st.sampled_from(("en", "de")))
def test_any_query_gives_a_bounded_ranked_list(query: str, limit: int, language: str) -> None:
    found = search(query, limit, language)
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
