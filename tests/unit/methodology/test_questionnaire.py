"""The questionnaire asks exactly what the methodology scores, in two languages."""

import pytest

from services.methodology import load
from services.methodology.v1 import definition as d
from services.methodology.v1.advice.credentials import credentials
from services.methodology.v1.advice.profiles import profiles
from services.methodology.v1.text import texts

VERSION = load("1")


def test_one_occupation_has_at_most_sixty_interactions() -> None:
    for entry in VERSION.occupations():
        parts = VERSION.questionnaire(entry.code, profile="core+income")["parts"]
        assert sum(len(part["items"]) for part in parts) <= 60, entry.code


def test_answering_everything_that_is_asked_gives_a_complete_score() -> None:
    # Given the questionnaire of two occupations
    codes = ("15-1252.00", "27-3042.00")
    asked = VERSION.questionnaire(*codes)
    answers: dict[str, list[dict[str, int | str]]] = {}
    # When every item is answered
    for part in asked["parts"]:
        for item in part["items"]:
            answer = {"id": item["id"], part["field"]: part["anchors"][-1]["value"]}
            answer |= {"occupation": item["occupation"]} if "occupation" in item else {}
            answer |= {"months": 0} if "months" in part else {}
            answers.setdefault(part["part"], []).append(answer)
    occupations = [{"code": code, "share": 500} for code in codes]
    scored = VERSION.score({"as_of": "2026-11", "profile": "core", "occupations": occupations, **answers})
    # Then nothing is left open
    assert scored.low == scored.high
    assert scored.result()["marks"] == ["estimated_from_related"]


def test_both_languages_have_every_text() -> None:
    english, german = texts("en"), texts("de")
    assert set(english) <= set(german)
    # beside it German words what the tables word in English
    tables, signals = credentials(), VERSION.signals()
    assert set(german) - set(english) == {
        *(f"specialisation.{one['id']}" for one in tables["specialisations"]),
        *(f"certification.{one['id']}" for one in tables["certifications"] if "status" in one),
        *(f"profession.{one}" for one in profiles().professions),
        *(f"signal.{one['id']}" for one in signals["signals"]),
        *(f"publisher.{one['id']}" for one in signals["signals"] if one["publisher"] != "Business Insider"),
        *(f"grade.{one}" for one in signals["grades"]),
        "regulated",
    }


def test_an_unknown_language_or_occupation_is_named() -> None:
    with pytest.raises(KeyError, match="fr"):
        VERSION.questionnaire("15-1252.00", language="fr")
    with pytest.raises(KeyError, match=r"99-9999\.00"):
        VERSION.questionnaire("99-9999.00")


def test_german_items_have_german_names() -> None:
    parts = VERSION.questionnaire("15-1252.00", language="de")["parts"]
    names = {item["id"]: item["name"] for part in parts for item in part["items"]}
    assert names["2.C.4.a"] == "Mathematik"
    assert names["ai.used"] == "KI für eine echte Aufgabe eingesetzt"


@pytest.mark.parametrize("language", ["en", "de"])
def test_each_item_of_ai_leverage_can_be_read_alone(language: str) -> None:
    # Reasons and advice show an item without the ones before it, so none may begin with "it" of another
    named = {"en": "AI", "de": "KI"}[language]
    assert all(named in VERSION.name(item, language) for item in d.AI_ITEMS)


@pytest.mark.parametrize(("language", "only"), [("en", "Only a form of"), ("de", "Das fragt nur ein Formular")])
def test_an_instructed_item_is_not_offered_to_forms_of_others(language: str, only: str) -> None:
    asked = VERSION.questionnaire("15-1252.00", language=language)
    assert asked["instructed"]["only"].startswith(only)
    assert set(asked["json_schema"]["properties"]["response"]["properties"]) == {"seconds"}
    assert all(item["id"] != "instructed" for part in asked["parts"] for item in part["items"])


def test_its_json_schema_names_exactly_the_items_that_are_asked() -> None:
    asked = VERSION.questionnaire("15-1252.00", "27-3042.00")
    properties = asked["json_schema"]["properties"]
    for part in ("skills", "knowledge", "activities"):
        ids = {item["id"] for one in asked["parts"] if one["part"] == part for item in one["items"]}
        assert set(properties[part]["items"]["properties"]["id"]["enum"]) == ids
    assert properties["occupations"]["items"]["properties"]["code"] == {"enum": ["15-1252.00", "27-3042.00"]}
    assert "income" not in properties
    assert "income" in VERSION.questionnaire("15-1252.00", profile="core+income")["json_schema"]["properties"]
