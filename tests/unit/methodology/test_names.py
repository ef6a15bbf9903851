"""Everything that has a name of a closed vocabulary has one in German, marked as our own translation."""

import re
from collections import defaultdict

import pytest

from services.methodology import load
from services.methodology.german import forms
from services.methodology.search import everyday
from services.methodology.source import rows
from services.methodology.v1.names import translation
from services.methodology.v1.tables import tables

VERSION = load("1")
TITLES = {row["code"]: row["title"] for row in rows("occupations")}
GERMAN = translation("de")
assert GERMAN is not None


def test_every_occupation_has_a_german_title() -> None:
    assert len(TITLES) == 1_016
    assert set(TITLES) <= set(GERMAN.names)
    assert all(VERSION.name(code, "de").strip() for code in TITLES)


def test_no_german_title_is_that_of_two_occupations_unless_the_english_one_is_too() -> None:
    called = defaultdict(set)
    for code, english in TITLES.items():
        called[VERSION.name(code, "de")].add(english)
    assert {title: found for title, found in called.items() if len(found) > 1} == {}


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_further_title_is_of_a_known_occupation_and_repeats_none_of_its_own(language: str) -> None:
    for code, titles in everyday(language).items():
        every = [VERSION.name(code, language), *titles]
        assert code in TITLES and all(every) and len(set(every)) == len(every), code


def test_further_english_titles_are_none_of_the_publishers() -> None:
    published = {(row["code"], title) for row in rows("alternate_titles") for title in row["titles"].split("|")}
    ours = {(code, title) for code, titles in everyday("en").items() for title in titles}
    assert ours.isdisjoint(published)


@pytest.mark.parametrize("kind", ["activity_names", "knowledge_names", "skill_names", "group_names"])
def test_every_name_of_a_closed_vocabulary_is_there_in_german(kind: str) -> None:
    english = getattr(tables(), kind)
    german = {item: VERSION.name(item, "de") for item in english}
    assert len(set(german.values())) == len(german)
    same = {item for item in english if german[item] == english[item]}
    assert {english[item] for item in same} <= {"Compliance software", "Data mining software"}


def test_nothing_is_translated_that_has_no_name_in_the_sources() -> None:
    known = tables()
    named = {*TITLES, *known.activity_names, *known.knowledge_names, *known.skill_names, *known.group_names}
    assert set(GERMAN.names) == named


def test_women_and_men_are_named_in_one_form_throughout() -> None:
    # Neither a star nor a colon nor two words with "or"; a slash makes two forms that differ
    every = [VERSION.name(code, "de") for code in TITLES] + [one for also in everyday("de").values() for one in also]
    assert [title for title in every if re.search(r"[*:_]in|[a-z]Innen|\boder -?\w+in\b", title)] == []
    assert [title for title in every if "/" in title and len(forms(title)) != 2] == []


def test_whoever_reads_translated_names_is_told_that_they_are_not_the_publishers() -> None:
    assert "nicht die des Herausgebers" in VERSION.attribution("de")
    assert VERSION.questionnaire("29-1141.00", language="de")["translation"] == VERSION.attribution("de")
    (told,) = VERSION.published()["translations"]
    assert (told["language"], told["licence"]) == ("de", "CC BY 4.0")
    assert "not the publisher's" in told["note"]


def test_english_names_are_the_sources_own_and_need_no_such_line() -> None:
    assert VERSION.attribution("en") == ""
    assert "translation" not in VERSION.questionnaire("29-1141.00")
    assert VERSION.name("29-1141.00") == TITLES["29-1141.00"]


def test_no_language_reaches_a_result() -> None:
    answers = {"as_of": "2026-11", "profile": "core", "occupations": [{"code": "29-1141.00", "share": 1000}]}
    assert VERSION.score(answers).detail()["occupations"][0]["title"] == "Registered Nurses"
