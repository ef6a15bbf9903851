"""What is published is what is computed: the pages are generated, and the committed ones are the same
bytes.
"""

import json
import re
from pathlib import Path

import pytest

from services.methodology import load
from services.methodology.publication import documents
from services.methodology.v1 import definition as d
from services.methodology.v1.publication.measure import serialised
from services.methodology.v1.publication.measured import PATH, measured
from services.methodology.v1.publication.simulated import PAIRS, explained, simulated
from services.methodology.v1.publication.spread import drawn_weights, effect_of_weights, of_occupations, people
from services.methodology.v1.publication.ties import Shared, decided_by_id, shared
from services.methodology.v1.stream import Stream
from services.methodology.v1.tables import tables
from tests.twins import second_version

DOCS = Path(__file__).parents[3] / "docs" / "methodology"


def test_the_committed_pages_are_the_generated_ones() -> None:
    made = documents()
    assert {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")} == set(made)
    for name, text in made.items():
        assert (DOCS / name).read_text(encoding="utf-8") == text, (
            f"run python -m services.methodology.publication: {name}"
        )


def test_a_second_version_is_published_with_its_own_figures_and_the_first_stays_readable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given the pages of the first version
    first = documents()
    # When a second one is a directory and a line
    second_version.published(second_version.written(tmp_path), monkeypatch)
    made = documents()
    # Then its own pages stand in front: its hash, its weights, its example scored by it
    newest = load("2")
    assert newest.hash in made["README.md"]
    assert "| AI leverage | 20 | " in made["score.md"]
    units = newest.score(newest.publication().example()).low
    assert f"**{units:,}**" in made["score.md"]
    assert f"**{units:,}**" not in first["score.md"]
    # and those of the first version behind its id, with links that lead out of there
    assert set(made) == {*first, *(f"1/{name}" for name in first)}
    assert made["1/limits.md"] == first["limits.md"]
    assert "](../../../services/methodology/v1/standalone.py)" in made["1/README.md"]


def test_the_document_names_every_source_with_licence_and_date() -> None:
    published = load("1").published()
    assert json.loads(json.dumps(published)) == published
    assert all(entry["licence"] and entry["date"] for entry in published["sources"].values())
    assert [one["id"] for one in published["dimensions"]] == list(d.DIMENSIONS)
    assert sum(one["weights"]["core"] for one in published["dimensions"]) == 100
    assert sum(one["weights"]["core+income"] for one in published["dimensions"]) == 100


def test_the_document_says_of_each_dimension_what_the_page_says() -> None:
    page = (DOCS / "score.md").read_text(encoding="utf-8")
    for one in load("1").published()["dimensions"]:
        assert one["formula"] in page and one["symbols"] in page
        assert one["note"]["language"] == "en" and one["note"]["text"] in page


def test_the_document_has_the_prose_of_the_pages_word_for_word() -> None:
    prose = load("1").published()["prose"]
    pages = {path.stem: path.read_text(encoding="utf-8") for path in DOCS.glob("*.md")}
    sections = {(one["page"], one["title"]): one["text"] for one in prose["sections"]}
    assert prose["language"] == "en" and len(sections) == len(prose["sections"])
    assert all(text and text in pages[page] for (page, _), text in sections.items())
    # Arithmetic, response quality and the whole page of advice
    assert "one floor division" in sections["score", "Arithmetic"]
    assert "Two groups raise a flag" in sections["limits", "Response quality"]
    assert "`3,334 · " in sections["score", "A worked example"]
    for whole in ("advice", "figures"):
        told = "\n\n".join(text for (page, _), text in sections.items() if page == whole)
        assert told == re.sub(r"(?m)^(<!--.*\n|##? .*\n\n)", "", pages[whole]).strip()


def test_every_one_of_the_893_occupations_is_in_the_spread() -> None:
    assert len(people()) == 893
    assert {found.count for found in of_occupations().values()} == {893}


def test_what_is_published_as_measured_is_what_is_measured() -> None:
    assert PATH.read_text(encoding="utf-8") == serialised(), (
        "run python -m services.methodology.v1.publication.measure"
    )


def test_a_break_of_twelve_months_costs_points_and_one_that_is_told_costs_none() -> None:
    told, untold = measured()["pause"]["told"], measured()["pause"]["untold"]
    assert {told[key] for key in ("mean", "deviation", "low", "high")} == {0}
    assert 0 < untold["low"] < untold["high"]
    assert "| told as a pause of twelve months | 0.0 |" in (DOCS / "figures.md").read_text(encoding="utf-8")


def test_simulated_people_are_the_same_every_time_and_spread_as_published() -> None:
    found = simulated()
    page = (DOCS / "figures.md").read_text(encoding="utf-8")
    assert f"{2 * PAIRS:,} people" in page and f"reliability is .{found.reliability:03d}" in page
    # Neither noise nor a constant, and no dimension of which a tenth cannot be told apart at one end
    assert 500 < found.reliability < 1_000 and 0 < found.explained < 1_000
    assert max(*found.at_zero.values(), *found.at_full.values()) < PAIRS * 2 // 10


def test_what_two_people_share_by_chance_alone_is_not_explained_by_their_occupation() -> None:
    stream = Stream("explained")
    chance = [(stream.below(1_000), stream.below(1_000)) for _ in range(5_000)]
    same = [(one, one) for one, _ in chance]
    assert abs(explained(chance)) < 50
    assert explained(same) == 1_000


def test_the_choice_that_only_an_id_decides_is_counted_and_published() -> None:
    page = (DOCS / "figures.md").read_text(encoding="utf-8")
    for kind, count in decided_by_id().items():
        assert 0 < count < 893 and f"| {kind} | {count} |" in page
    assert shared([1, 1, 2, 3, 3, 3]) == Shared(values=3, sharing=5, most=3)


def test_the_ceiling_of_transferability_is_a_limit_of_every_result() -> None:
    at_two = sum(area.weight * area.values[2] for area in tables().transfer)
    assert at_two == 90_784_142
    assert any("nine tenths" in limit for limit in load("1").limits())


def test_drawn_weights_sum_to_the_whole_and_stay_around_the_published_ones() -> None:
    weights = d.WEIGHTS["core"][:6]
    stream = Stream("test")
    draws = [drawn_weights(stream, weights) for _ in range(400)]
    assert all(sum(draw) == 10**6 and min(draw) >= 0 for draw in draws)
    means = [sum(draw[number] for draw in draws) // 400 for number in range(6)]
    assert all(abs(mean - 10_000 * weight) < 5_000 for mean, weight in zip(means, weights, strict=True))


def test_the_weights_matter_less_than_the_band_in_most_cases() -> None:
    assert 0 < effect_of_weights().median < 7 * 10**8
