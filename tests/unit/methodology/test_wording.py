"""A report for a terminal says the same in each language."""

import re
from collections import Counter

import pytest

from services.methodology import load
from services.methodology.wording import LANGUAGES, Wording, _words

PLACE = re.compile(r"{(\w+)}")
ENGLISH, GERMAN = (Wording(load(), language) for language in LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_every_sentence_is_there_with_the_values_of_the_english_one(language: str) -> None:
    english, other = _words("en"), _words(language)
    assert english.keys() == other.keys()
    for key, sentence in english.items():
        assert Counter(PLACE.findall(other[key])) == Counter(PLACE.findall(sentence)), key


def test_every_language_of_a_report_is_one_of_the_version() -> None:
    assert set(LANGUAGES) == set(load().languages)


def test_numbers_are_written_as_the_language_writes_them() -> None:
    assert (ENGLISH.points(1_250_000_000, signed=True), GERMAN.points(1_250_000_000, signed=True)) == (
        "+12.5",
        "+12,5",
    )
    assert (ENGLISH.grouped(1_234_567), GERMAN.grouped(1_234_567)) == ("1,234,567", "1.234.567")
    assert (ENGLISH.span("4", "9"), GERMAN.span("4", "9"), GERMAN.span("4", "4")) == ("4 to 9", "4 bis 9", "4")


def test_money_has_the_decimals_of_its_currency() -> None:
    assert (ENGLISH.money(300_000, "EUR"), GERMAN.money(300_000, "EUR")) == ("3,000.00 EUR", "3.000,00 EUR")
    assert (ENGLISH.money(-300_000, "JPY"), GERMAN.money(300_000, "JPY")) == ("-300,000 JPY", "300.000 JPY")
    assert (ENGLISH.money(300_050, "KWD"), GERMAN.money(-5, "KWD")) == ("300.050 KWD", "-0,005 KWD")
