"""The written explanation: plain words in both languages, the same numbers as the score, readable in the PDF too."""

import io
import re
from html import escape, unescape

import pytest
from pypdf import PdfReader

from infra.documents.pdf import pdf
from services.methodology.letter import LANGUAGES, letter
from services.methodology.specimen import specimen
from services.methodology.version import load

VERSION = load("1")
ANSWERS = specimen("letter", profile="core+income")
SAID = {
    "en": ("The main reasons", "What would change it", "Where to complain", "Art. 22(3)"),
    "de": ("Die wichtigsten Gründe", "Was ihn ändern würde", "Wo Sie sich beschweren können", "Art. 22 Abs. 3 DSGVO"),
}


def plain(html: str) -> str:
    return unescape(re.sub(r"<style>.*?</style>|<[^>]+>", " ", html))


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_what_why_what_would_change_it_and_where_to_complain(language: str) -> None:
    text = plain(letter(VERSION, ANSWERS, "7f" * 16, language))
    points = VERSION.score(ANSWERS).result()["points"]
    for said in (
        *SAID[language],
        str(points["low"]),
        str(points["band_low"]),
        str(points["band_high"]),
        VERSION.hash,
    ):
        assert said in text
    assert not re.search(r"\{\w+\}", text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_areas_in_the_letter_sum_to_the_score_but_for_rounding(language: str) -> None:
    html = letter(VERSION, ANSWERS, "7f" * 16, language)
    areas = html.partition("<h3>")[2].partition("</table>")[0]
    cells = re.findall(r"<td>([^<]+)</td>", areas)
    *parts, score = (int(re.sub(r"[.,+]", "", cell).replace("−", "-")) for cell in cells)
    assert abs(sum(parts) - score) <= len(parts)


def test_income_is_no_part_of_it() -> None:
    without = {name: value for name, value in ANSWERS.items() if name != "income"} | {"profile": "core"}
    assert letter(VERSION, ANSWERS, "1", "en") == letter(VERSION, without, "1", "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pdf_is_tagged_and_its_text_can_be_read_out(language: str) -> None:
    document = PdfReader(io.BytesIO(pdf(letter(VERSION, ANSWERS, "7f" * 16, language))))
    text = " ".join(page.extract_text() for page in document.pages)
    for said in SAID[language]:
        assert said in " ".join(text.split())
    root = document.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert str(root["/Lang"]).startswith(language)


def test_a_document_loads_nothing_from_elsewhere() -> None:
    html = letter(VERSION, ANSWERS, "1", "en")
    assert not re.search(r"(src|href)=|url\(", html)


@pytest.mark.parametrize(("language", "decimal"), [("en", "."), ("de", ",")])
def test_a_small_share_of_work_is_not_told_as_none(language: str, decimal: str) -> None:
    shares = [{"code": "15-1252.00", "share": 999}, {"code": "27-3042.00", "share": 1}]
    text = plain(letter(VERSION, {"as_of": "2026-11", "profile": "core", "occupations": shares}, "1", language))
    assert f"(99{decimal}9 %)" in text and f"(0{decimal}1 %)" in text
    whole = plain(letter(VERSION, ANSWERS, "1", language))
    assert "(100 %)" in whole


@pytest.mark.parametrize(("language", "done"), [("en", "Do a real task"), ("de", "Eine echte Aufgabe")])
def test_what_would_change_it_is_told_as_what_to_do_and_never_as_a_tick(language: str, done: str) -> None:
    # Given somebody who has used no AI
    answers = {**ANSWERS, "behaviours": [{**one, "level": 0} for one in ANSWERS["behaviours"]]}
    # When the letter says what would change the score
    html = letter(VERSION, answers, "1", language)
    steps = html.partition(f"<h2>{'What would' if language == 'en' else 'Was ihn'}")[2].partition("<h2>")[0]
    # Then steps of behaviour are behaviours, with how often
    core = {key: value for key, value in answers.items() if key != "income"} | {"profile": "core"}
    changes = VERSION.counterfactual(core, language=language)["changes"]
    told = [one["behaviour"] for one in changes if "behaviour" in one]
    assert told and all(escape(one[1:]) in steps for one in told)
    for item in (one["id"] for one in changes if "behaviour" in one):
        assert escape(VERSION.name(item, language)) not in steps
    assert done in steps or not any("real task" in one or "echte Aufgabe" in one for one in told)


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "the score lies between two ends"), ("de", "liegt der Wert zwischen zwei Grenzen")],
)
def test_where_much_was_left_open_no_change_is_told_as_a_rise(language: str, said: str) -> None:
    # Given somebody who answered one skill, so that the score is a wide interval
    answers = {**ANSWERS, "behaviours": [], "knowledge": [], "skills": ANSWERS["skills"][:1]}
    # Then the letter does not promise that one step would be seen
    assert said in plain(letter(VERSION, answers, "1", language))
