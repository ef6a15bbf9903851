"""The stand-alone reference implementation and the engine agree to the byte, and share nothing but the
tables.
"""

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from services.methodology import load
from services.methodology.specimen import specimen
from services.methodology.standalone import REFERENCES
from services.methodology.v1 import standalone
from services.methodology.v1.stream import Stream
from services.methodology.version import PUBLISHED

VERSION = load("1")
PATH = Path(standalone.__file__)
SHOWN = ("id", "occupation", "contribution", "bounds")


def generated(seed: str) -> dict[str, Any]:
    """A person with one to three occupations, either profile, one in three with answers left open."""
    stream = Stream(f"generated/{seed}")
    profile = ("core", "core+income")[stream.below(2)]
    answers = specimen(seed, profile=profile, occupations=1 + stream.below(3))
    if len(answers["occupations"]) > 1 and stream.below(2):
        first = answers["occupations"][0]
        first["share"] += answers["occupations"][1]["share"] - 1
        answers["occupations"][1]["share"] = 1
    if stream.below(2):
        answers["pause_months"] = stream.below(24)
    if stream.below(3) == 0:
        for part in ("skills", "knowledge", "behaviours", "activities"):
            if part in answers:
                answers[part] = [one for one in answers[part] if stream.below(4)]
        if "income" in answers and stream.below(2):
            del answers["income"][("reserve", "expenses", "months_covered", "sources_total")[stream.below(4)]]
        elif "income" in answers and stream.below(4) == 0:
            answers["income"] = {"currency": "EUR", "sources": stream.below(5)}
    return answers


def by_engine(answers: dict[str, Any]) -> list[dict[str, Any]]:
    """What the trail says of score, contributions, bounds and band."""
    told = VERSION.score(answers).trail()["explanations"]
    for one in told:
        for dimension in one["dimensions"]:
            del dimension["contribution"]
            dimension["items"] = [{key: item[key] for key in SHOWN if key in item} for item in dimension["items"]]
    return list(told)


def agree(seeds: range) -> None:
    for seed in seeds:
        answers = generated(str(seed))
        assert json.dumps(standalone.assess(answers)) == json.dumps(by_engine(answers)), seed


def test_it_agrees_to_the_byte_on_500_generated_assessments() -> None:
    agree(range(500))


@pytest.mark.slow
def test_it_agrees_to_the_byte_on_10_000_generated_assessments() -> None:
    agree(range(10_000))


def test_it_agrees_on_every_occupation_even_unanswered() -> None:
    for entry in VERSION.occupations():
        answers = {
            "as_of": "2026-11",
            "profile": "core",
            "occupations": [{"code": entry.code, "share": 1000}],
        }
        assert json.dumps(standalone.assess(answers)) == json.dumps(by_engine(answers)), entry.code


def test_it_has_under_300_lines_and_imports_nothing_of_the_engine() -> None:
    source = PATH.read_text(encoding="utf-8")
    assert len(source.splitlines()) < 300
    imported = {
        alias.name if isinstance(node, ast.Import) else node.module
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert imported == {"json", "math", "sys", "pathlib", "typing"}


def test_every_published_version_has_its_reference_in_the_registry() -> None:
    assert set(REFERENCES) == set(PUBLISHED)
    answers = generated("registry")
    tables, assess = REFERENCES["1"]
    assert (tables, json.dumps(assess(answers))) == (standalone.TABLES, json.dumps(by_engine(answers)))
