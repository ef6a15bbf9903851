"""Why a score is what it is: what stands on the page adds up as it is written."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.pages.formats import Formats
from schemas.points import rounded
from services.intake.pages.reasons import dimensions, tenths, waterfall_of
from services.methodology.specimen import specimen
from services.methodology.version import load

EN = Formats.of("en")
WORDS = dict.fromkeys(("base", "open", "score", "title", "description", "part", "change", "reached"), "-")


def tenths_of(text: str) -> Decimal:
    return Decimal(text.replace("\u2212", "-"))


@given(st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=12))
def test_units_in_tenths_sum_to_the_rounded_sum(values: list[int]) -> None:
    total = rounded(sum(values), 1)
    shown = tenths(values, total)

    assert sum(shown) == total
    assert all(abs(10**7 * one - value) <= 10**7 for one, value in zip(shown, values, strict=True))


def test_a_total_that_the_values_cannot_reach_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot sum to 5"):
        tenths([10**7], 5)


@given(st.integers(0, 200))
def test_points_of_dimensions_sum_to_the_score_and_those_of_items_to_their_dimension(seed: int) -> None:
    version = load()
    explanation = version.score(specimen(f"reasons/{seed}")).detail()["explanation"]
    shown = dimensions(explanation, version, EN)

    reached = Decimal(50) + sum(tenths_of(one.points) for one in shown)
    assert reached == Decimal(rounded(explanation["score"]["low"], 1)) / 10
    for one in shown:
        if not any(item.open for item in one.items):
            assert sum(tenths_of(item.points) for item in one.items) == tenths_of(one.points)
    assert waterfall_of(explanation, version, EN, WORDS).table.rows[-1][1].startswith(str(reached))


def test_what_is_open_is_the_last_step_of_the_waterfall() -> None:
    version = load()
    answers = specimen("reasons/open")
    answers.pop("behaviours")
    explanation = version.score(answers).detail()["explanation"]
    chart = waterfall_of(explanation, version, EN, {**WORDS, "open": "open", "score": "score"})

    low, high = (EN.number(rounded(explanation["score"][end], 1), 1) for end in ("low", "high"))
    assert [row[0] for row in chart.table.rows[-2:]] == ["open", "score"]
    assert chart.table.rows[-1][1] == f"{low}–{high}"
