"""A German title is searched by the form for women and by the form for men."""

import pytest

from services.methodology.german import forms, names, without_endings, without_umlauts


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("Pflegefachkraft", ("Pflegefachkraft",)),
        ("Softwareentwickler/in", ("Softwareentwickler", "Softwareentwicklerin")),
        ("Arzt/Ärztin für Notfallmedizin", ("Arzt für Notfallmedizin", "Ärztin für Notfallmedizin")),
        ("Technische/r Redakteur/in", ("Technischer Redakteur", "Technische Redakteurin")),
        ("Feuerwehrmann/-frau", ("Feuerwehrmann", "Feuerwehrfrau")),
        ("Molekular- und Zellbiologe/-biologin", ("Molekular- und Zellbiologe", "Molekular- und Zellbiologin")),
        ("Astronom/in", ("Astronom", "Astronomin")),
    ],
)
def test_a_title_has_a_form_for_men_and_one_for_women_or_is_neutral(title: str, found: tuple[str, ...]) -> None:
    assert forms(title) == found


@pytest.mark.parametrize(
    "query", ["Lehrer/in", "Lehrer:in", "Lehrer*innen", "Lehrer_innen", "Lehrer (m/w/d)", "Lehrer/-in m/w", "Lehrer"]
)
def test_endings_for_both_say_nothing_of_the_work(query: str) -> None:
    assert without_endings(query).strip() == "Lehrer"


def test_a_word_that_ends_like_an_ending_stays_whole() -> None:
    assert without_endings("Disponent im Inland, Reinigung in Berlin") == "Disponent im Inland, Reinigung in Berlin"


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("baecker", "backer"),
        ("uebersetzer", "ubersetzer"),
        ("koechin", "kochin"),
        ("baeuerin", "bauerin"),
        ("bauer", "bauer"),
        ("steuer", "steuer"),
        ("quelle", "quelle"),
    ],
)
def test_an_umlaut_may_be_written_with_an_e(word: str, found: str) -> None:
    assert without_umlauts(word) == found


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("Buchhalter/in und Wirtschaftsprüfer/in", ("Buchhalter/in", "Wirtschaftsprüfer/in")),
        ("Kapitän/in, Schiffsoffizier/in und Lotse/Lotsin", ("Kapitän/in", "Schiffsoffizier/in", "Lotse/Lotsin")),
        ("Maler/in und Lackierer/in am Bau", ("Maler/in am Bau", "Lackierer/in am Bau")),
        ("Sekretär/in und Verwaltungsassistenz", ("Sekretär/in", "Verwaltungsassistenz")),
        ("Verkäufer/in von Wertpapieren und Finanzdienstleistungen", ()),
        ("Lager- und Transportarbeiter/in", ()),
        ("Handschleifer/in und -polierer/in", ()),
        ("Dachdecker/in", ()),
    ],
)
def test_a_title_is_taken_apart_where_each_part_is_a_name_and_what_follows_goes_with_each(
    title: str, found: tuple[str, ...]
) -> None:
    assert names(title) == found
