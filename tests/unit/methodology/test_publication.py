"""What is published is what is computed: the pages are generated, and the committed ones are the same
bytes.
"""

import json
from pathlib import Path

from services.methodology import load
from services.methodology.publication import pages
from services.methodology.publication.spread import drawn_weights, effect_of_weights, of_occupations, people
from services.methodology.specimen import Stream
from services.methodology.v1 import definition as d

DOCS = Path(__file__).parents[3] / "docs" / "methodology"


def test_the_committed_pages_are_the_generated_ones() -> None:
    made = pages(load("1"))
    assert {path.name for path in DOCS.iterdir()} == set(made)
    for name, text in made.items():
        assert (DOCS / name).read_text(encoding="utf-8") == text, (
            f"run python -m services.methodology.publication: {name}"
        )


def test_the_document_names_every_source_with_licence_and_date() -> None:
    published = load("1").published()
    assert json.loads(json.dumps(published)) == published
    assert all(entry["licence"] and entry["date"] for entry in published["sources"].values())
    assert [one["id"] for one in published["dimensions"]] == list(d.DIMENSIONS)
    assert sum(one["weights"]["core"] for one in published["dimensions"]) == 100
    assert sum(one["weights"]["core+income"] for one in published["dimensions"]) == 100


def test_every_one_of_the_893_occupations_is_in_the_spread() -> None:
    assert len(people()) == 893
    assert {found.count for found in of_occupations().values()} == {893}


def test_drawn_weights_sum_to_the_whole_and_stay_around_the_published_ones() -> None:
    weights = d.WEIGHTS["core"][:6]
    stream = Stream("test")
    draws = [drawn_weights(stream, weights) for _ in range(400)]
    assert all(sum(draw) == 10**6 and min(draw) >= 0 for draw in draws)
    means = [sum(draw[number] for draw in draws) // 400 for number in range(6)]
    assert all(abs(mean - 10_000 * weight) < 5_000 for mean, weight in zip(means, weights, strict=True))


def test_the_weights_matter_less_than_the_band_in_most_cases() -> None:
    assert 0 < effect_of_weights().median < 7 * 10**8
